/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sums in a sparse grid over time: (group, column, inner) -> two sums, columns as wide as the
 * buckets. A group is what stands alone (a core, a task and a kind), inner what lies within one
 * column (a bin, a task). Memory is bounded by a budget of cells: when it is passed, the columns
 * become twice as wide and pairs are summed, so nothing is dropped, and `coarsened` says so. With
 * `by_group` this happens to the groups with most cells, and quiet ones stay as fine as they were.
 */
#ifndef CHART_RASTER_H
#define CHART_RASTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RASTER_VALUES 2
/* More columns than this are never kept, whatever the budget: nobody has so many pixels. */
#define RASTER_COLUMNS_MAX ((uint64_t)1 << 17)
#define RASTER_COLUMN_BITS 20

struct raster_cell {
	uint64_t key; /* group, column, inner from high to low bits */
	uint64_t values[RASTER_VALUES];
};

/* A group whose columns are wider than column_ns: column_ns << shift. */
struct raster_step {
	uint64_t group;
	size_t cells;
	unsigned int shift;
};

struct raster {
	struct raster_cell *items; /* sorted by key, each key once, after raster_finish */
	size_t count;
	size_t budget;
	size_t limit; /* with so many cells room is made */
	unsigned int inner_bits;
	uint64_t column_ns;    /* width of a column; 0 before the first bucket */
	uint64_t bucket_ns;    /* the widest bucket that was added */
	uint64_t first_column; /* columns are counted from this one of the grid that begins at 0 */
	uint64_t from_ns; /* where the buckets that were added begin and end; from > to: none */
	uint64_t to_ns;
	unsigned int coarsened; /* how often the budget halved the resolution, of a group at most */

	/* Set after raster_init: only the groups with most cells become coarser. */
	bool by_group;
	struct raster_step *steps; /* sorted by group */
	size_t step_count;

	struct raster_cell *scratch;
	size_t capacity;
	size_t scratch_capacity;
	size_t sorted;	      /* items before this one are sorted, each key once */
	uint64_t last_column; /* of the items behind them */
	bool disordered;      /* they are not in the order of time */
};

/*
 * `budget` cells at most are kept, unless there are more groups and inner parts than that; while
 * filling, half as many again wait to be summed.
 */
void raster_init(struct raster *raster, size_t budget, unsigned int inner_bits);
void raster_free(struct raster *raster);

/*
 * Call before the buckets of a batch are added: widens the grid to bucket_ns, and places its first
 * column at from_ns, the start of the window. 0, or -EBADMSG for a bucket of no length.
 */
int raster_widen(struct raster *raster, uint64_t bucket_ns, uint64_t from_ns);

/*
 * Adds to one cell; at_ns is the bucket's start. 0 or -ENOMEM, -ERANGE for a group, an inner or a
 * time that no capture can have.
 */
int raster_add(struct raster *raster, uint64_t group, uint64_t at_ns, uint64_t inner,
	       uint64_t value, uint64_t second);

/* Sorts and sums what is left; items may be read after that. 0 or -ENOMEM. */
int raster_finish(struct raster *raster);

/*
 * Sorts and sums within each column the items from `begin` up to `end`, where what lies in one column
 * stands together; they move down to `kept`. `scratch` must have room for as many. Returns the end of
 * what is kept.
 */
size_t raster_tidy(struct raster *raster, size_t begin, size_t end, size_t kept);

/* The columns of this group are column_ns << raster_shift() wide. */
unsigned int raster_shift(const struct raster *raster, uint64_t group);

/* a + b, or the largest number there is. */
uint64_t raster_sum(uint64_t a, uint64_t b);

static inline uint64_t raster_group(const struct raster *raster, const struct raster_cell *cell)
{
	return cell->key >> (raster->inner_bits + RASTER_COLUMN_BITS);
}

static inline uint64_t raster_column(const struct raster *raster, const struct raster_cell *cell)
{
	return cell->key >> raster->inner_bits & (((uint64_t)1 << RASTER_COLUMN_BITS) - 1);
}

static inline uint64_t raster_inner(const struct raster *raster, const struct raster_cell *cell)
{
	return cell->key & (((uint64_t)1 << raster->inner_bits) - 1);
}

/* Puts the cell into another column. */
static inline void raster_move_cell(const struct raster *raster, struct raster_cell *cell,
				    uint64_t column)
{
	uint64_t mask = (((uint64_t)1 << RASTER_COLUMN_BITS) - 1) << raster->inner_bits;

	cell->key = (cell->key & ~mask) | column << raster->inner_bits;
}

/* When a column begins, in ns since the capture's zero. */
uint64_t raster_column_start_ns(const struct raster *raster, uint64_t column);

#endif
