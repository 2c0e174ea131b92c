/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cells of the heat maps that are not written yet: how many intervals of a task and kind fell
 * into a bin. Those of the current bucket are kept by octaves, which a hash finds: lengths of one
 * task lie close together, and so do their counts.
 */
#ifndef ACCOUNT_CELLS_H
#define ACCOUNT_CELLS_H

#include "account/sort.h"
#include "capture/histogram.h"

#include <stddef.h>
#include <stdint.h>

enum cell_kind { CELL_RUN, CELL_SLEEP, CELL_WAIT, CELL_GUEST, CELL_HOST, CELL_KINDS };

/* Sorted by kind first: long runs of one kind deflate to a sixth less, and quicker. */
#define CELL_KEY(task, kind, bin) ((uint64_t)(kind) << 48 | (uint64_t)(task) << 12 | (bin))
#define CELL_KIND(key) ((key) >> 48)
#define CELL_TASK(key) ((key) >> 12 & 0xffffffff)
#define CELL_BIN(key) ((key)&0xfff)

/* The bins of one task, kind and octave. */
struct cell_octave {
	uint64_t key;			  /* of its first bin */
	uint16_t counts[HISTOGRAM_STEPS]; /* what does not fit is moved to the older ones */
};

struct cells {
	struct cell_octave *octaves; /* the current bucket's */
	size_t octave_count;
	size_t octave_capacity;
	size_t count;	 /* cells among them */
	uint32_t *slots; /* hash of the octaves: index + 1 */
	size_t slot_count;
	uint64_t start_ns;	 /* the current bucket */
	struct sort_item *older; /* high: start of the bucket, low: key, value: count */
	size_t older_count;
	size_t older_capacity;
};

/* 0 or -ENOMEM. */
int cells_init(struct cells *cells);
void cells_free(struct cells *cells);

/* One more interval in the bucket that starts at start_ns. */
int cells_add(struct cells *cells, uint64_t start_ns, uint64_t key);

/* Moves the current bucket's cells to the older ones; the hash serves another from now on. */
int cells_advance(struct cells *cells, uint64_t start_ns);

#endif
