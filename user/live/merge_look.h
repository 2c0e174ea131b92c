/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Looks at a block in progress, which its CPU may be writing meanwhile: what of it is whole is kept
 * aside. See merge_look().
 */
#ifndef LIVE_MERGE_LOOK_H
#define LIVE_MERGE_LOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Both kinds of blocks begin with their word, and have samples of one size behind their header. */
struct merge_block_kind {
	size_t header_bytes;
	size_t sample_bytes;
	uint32_t samples_max;
	bool empty_tells; /* its header alone, before the first sample */
};

struct merge_look {
	bool looked; /* before: */
	uint32_t sequence;
	uint32_t count;
	bool has_copy;	     /* kept aside: */
	uint32_t copy_count; /* samples of it that can be trusted */
	void *copy;	     /* NULL: never needed; its word is as it was when it was looked at */
};

void merge_look_free(struct merge_look *look);

/* `final`: nobody writes any more. 0 or -ENOMEM. */
int merge_look_at(struct merge_look *look, const void *block, const struct merge_block_kind *kind,
		  bool final);

/* Memory in use. */
size_t merge_look_bytes(const struct merge_look *look, const struct merge_block_kind *kind);

#endif
