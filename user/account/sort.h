/* SPDX-License-Identifier: Apache-2.0 */
/* Sorts by numbers, in time that grows with the count only (radix). */
#ifndef ACCOUNT_SORT_H
#define ACCOUNT_SORT_H

#include <stddef.h>
#include <stdint.h>

struct sort_item {
	uint64_t high;
	uint64_t low;
	uint64_t value;
};

/* By high, then low; equal ones keep their order. `scratch` has room for `count` items. */
void sort_items(struct sort_item *items, struct sort_item *scratch, size_t count);

struct sort_key {
	uint64_t key;
	uint64_t count;
};

/* The same by one number. */
void sort_keys(struct sort_key *keys, struct sort_key *scratch, size_t count);

#endif
