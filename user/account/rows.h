/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows of `samples` that are not written yet. Those of the current bucket are found by a hash;
 * later additions to older buckets are rows of their own, and add up when they are written.
 */
#ifndef ACCOUNT_ROWS_H
#define ACCOUNT_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WAIT_KNOWN 1u
#define WAIT_UNKNOWN 2u

/* One cache line. */
struct row {
	uint64_t start_ns; /* of its bucket */
	uint32_t task;
	uint16_t cpu;
	uint16_t wait_flags;
	uint64_t run_ns;
	uint64_t wait_ns;
	uint64_t wait_max_ns; /* of waits that ended here */
	uint64_t wait_max_at_ns;
	uint32_t switches;
	uint32_t voluntary;
	uint32_t involuntary;
	uint32_t migrations;
};
_Static_assert(sizeof(struct row) == 64, "row");

struct rows {
	struct row *items;
	size_t count;
	size_t capacity;
	size_t current;	 /* the current bucket's rows are from here on, among others */
	uint32_t *slots; /* hash of the current bucket's rows: index + 1 */
	size_t slot_count;
	size_t slots_used;
	uint64_t start_ns; /* the current bucket */
};

/* 0 or -ENOMEM. */
int rows_init(struct rows *rows);
void rows_free(struct rows *rows);

/* The row of this key, found or new: its index, or UINT32_MAX without memory. */
uint32_t rows_find(struct rows *rows, uint64_t start_ns, uint32_t task, uint16_t cpu);

/* The hash serves another bucket from now on. */
void rows_advance(struct rows *rows, uint64_t start_ns);

/* Adds up what two rows of one key say. */
void row_add(struct row *sum, const struct row *more);

/* Drops the rows of all buckets that start before `until_ns`. */
void rows_drop(struct rows *rows, uint64_t until_ns);

/* The same where it was last, which is right nearly always; else NULL. */
static inline struct row *rows_hinted(const struct rows *rows, uint32_t hint, uint64_t start_ns,
				      uint32_t task, uint16_t cpu)
{
	struct row *row = &rows->items[hint];

	if (hint < rows->count && row->start_ns == start_ns && row->task == task && row->cpu == cpu)
		return row;
	return NULL;
}

#endif
