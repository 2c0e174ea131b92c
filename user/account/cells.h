/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cells of the heat maps that are not written yet: how many intervals of a task and kind fell
 * into a bin. The current bucket's intervals are logged by key, one after the other, and summed by
 * sorting: that touches less memory than looking each of them up. Where the same few keys come again
 * and again, they are counted before they are logged.
 */
#ifndef ACCOUNT_CELLS_H
#define ACCOUNT_CELLS_H

#include "account/sort.h"
#include "capture/histogram.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum cell_kind { CELL_RUN, CELL_SLEEP, CELL_WAIT, CELL_GUEST, CELL_HOST, CELL_KINDS };

/* Sorted by kind first: long runs of one kind deflate to a sixth less, and quicker. */
#define CELL_KEY(task, kind, bin) ((uint64_t)(kind) << 41 | (uint64_t)(task) << 9 | (bin))
#define CELL_KIND(key) ((key) >> 41)
#define CELL_TASK(key) ((key) >> 9 & 0xffffffff)
#define CELL_BIN(key) ((key)&0x1ff)
_Static_assert(HISTOGRAM_LAST_BIN <= 0x1ff, "9 bits for a bin");

#define CELLS_RECENT 1024

struct cells {
	uint64_t start_ns;	  /* the current bucket */
	struct sort_key *log;	  /* its intervals that are not among the sums yet, and ... */
	struct sort_key *scratch; /* ... as much room for sorting them */
	size_t log_count;
	size_t log_capacity;
	struct sort_key *recent; /* found by the key's hash; not logged yet */
	bool dense;		 /* `recent` is in use */
	struct sort_item *sums;	 /* of the current bucket: each key once, sorted; as `older` */
	size_t count;
	size_t capacity;
	uint64_t intervals;	 /* in the sums */
	struct sort_item *older; /* high: start of the bucket, low: key, value: count */
	size_t older_count;
	size_t older_capacity;
};

/* 0 or -ENOMEM. */
int cells_init(struct cells *cells);
void cells_free(struct cells *cells);

/* One more interval in the bucket that starts at start_ns. */
int cells_add(struct cells *cells, uint64_t start_ns, uint64_t key);

/* Sums the current bucket's cells: they are `count` now. */
int cells_settle(struct cells *cells);

/* Moves the current bucket's cells to the older ones; another is the current one from now on. */
int cells_advance(struct cells *cells, uint64_t start_ns);

#endif
