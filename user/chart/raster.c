/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/raster.h"

#include "base/array.h"
#include "chart/raster_sort.h"
#include "chart/raster_steps.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void raster_init(struct raster *raster, size_t budget, unsigned int inner_bits)
{
	memset(raster, 0, sizeof(*raster));
	raster->budget = budget;
	raster->inner_bits = inner_bits;
	raster->from_ns = UINT64_MAX;
}

void raster_free(struct raster *raster)
{
	free(raster->items);
	free(raster->scratch);
	free(raster->steps);
	memset(raster, 0, sizeof(*raster));
}

static uint64_t column_mask(const struct raster *raster)
{
	return (((uint64_t)1 << RASTER_COLUMN_BITS) - 1) << raster->inner_bits;
}

uint64_t raster_group(const struct raster *raster, const struct raster_cell *cell)
{
	return cell->key >> (raster->inner_bits + RASTER_COLUMN_BITS);
}

uint64_t raster_column(const struct raster *raster, const struct raster_cell *cell)
{
	return (cell->key & column_mask(raster)) >> raster->inner_bits;
}

uint64_t raster_inner(const struct raster *raster, const struct raster_cell *cell)
{
	return cell->key & (((uint64_t)1 << raster->inner_bits) - 1);
}

uint64_t raster_column_start_ns(const struct raster *raster, uint64_t column)
{
	return (raster->first_column + column) * raster->column_ns;
}

uint64_t raster_sum(uint64_t a, uint64_t b)
{
	return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

/* Sums neighbours of one key in place; returns how many cells are left. */
static size_t sum_neighbours(struct raster_cell *items, size_t count)
{
	size_t kept = 0;

	for (size_t i = 1; i < count; i++) {
		if (items[i].key != items[kept].key) {
			items[++kept] = items[i];
			continue;
		}
		for (int value = 0; value < RASTER_VALUES; value++)
			items[kept].values[value] =
				raster_sum(items[kept].values[value], items[i].values[value]);
	}
	return count ? kept + 1 : 0;
}

static void swap_with_scratch(struct raster *raster)
{
	struct raster_cell *items = raster->items;
	size_t capacity = raster->capacity;

	raster->items = raster->scratch;
	raster->capacity = raster->scratch_capacity;
	raster->scratch = items;
	raster->scratch_capacity = capacity;
}

static void sum_all(struct raster *raster)
{
	raster->count = sum_neighbours(raster->items, raster->count);
	raster->sorted = raster->count;
}

/* Sorts the tail that was added since and merges it with the sorted part. */
static int settle(struct raster *raster)
{
	struct raster_cell *tail = raster->items + raster->sorted;
	size_t tail_count = raster->count - raster->sorted;
	int error;

	if (tail_count == 0)
		return 0;
	error = ARRAY_RESERVE(raster->scratch, raster->scratch_capacity, raster->count);
	if (error)
		return error;
	raster_steps_apply(raster, tail, tail_count);
	raster_sort(tail, tail_count, raster->scratch);
	if (raster->sorted) {
		raster_merge(raster->items, raster->sorted, tail, tail_count, raster->scratch);
		swap_with_scratch(raster);
	}
	sum_all(raster);
	return 0;
}

/* The first cell from `i` on whose key, without its inner part, is another. */
static size_t column_end(const struct raster *raster, size_t i)
{
	uint64_t key = raster->items[i].key >> raster->inner_bits;

	while (i < raster->count && raster->items[i].key >> raster->inner_bits == key)
		i++;
	return i;
}

/* In order: most columns hold a few cells only. */
#define FEW_CELLS 48

static void insert_cells(struct raster_cell *cells, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		struct raster_cell cell = cells[i];
		size_t to = i;

		for (; to && cells[to - 1].key > cell.key; to--)
			cells[to] = cells[to - 1];
		cells[to] = cell;
	}
}

int raster_order_columns(struct raster *raster)
{
	int error = ARRAY_RESERVE(raster->scratch, raster->scratch_capacity, raster->count);

	for (size_t i = 0, end; i < raster->count && !error; i = end) {
		end = column_end(raster, i);
		if (end - i <= FEW_CELLS)
			insert_cells(raster->items + i, end - i);
		else
			raster_sort(raster->items + i, end - i, raster->scratch);
	}
	if (!error)
		sum_all(raster);
	return error;
}

/* Two columns that became one lie one after the other, each sorted: merges such pairs. */
static void merge_pairs(struct raster *raster, uint64_t odd)
{
	const struct raster_cell *items = raster->items;
	uint64_t mask = column_mask(raster);

	for (size_t i = 0, end; i < raster->count; i = end) {
		size_t middle = column_end(raster, i);
		uint64_t column = (raster_column(raster, &items[i]) + odd) >> 1;

		end = middle;
		if (middle < raster->count &&
		    raster_group(raster, &items[middle]) == raster_group(raster, &items[i]) &&
		    (raster_column(raster, &items[middle]) + odd) >> 1 == column)
			end = column_end(raster, middle);
		for (size_t j = i; j < end; j++)
			raster->items[j].key =
				(items[j].key & ~mask) | column << raster->inner_bits;
		raster_merge(items + i, middle - i, items + middle, end - middle,
			     raster->scratch + i);
	}
}

/* Columns twice as wide, on the grid that begins at zero. */
static int halve(struct raster *raster)
{
	uint64_t odd = raster->first_column & 1;
	int error = settle(raster);

	if (!error)
		error = ARRAY_RESERVE(raster->scratch, raster->scratch_capacity, raster->count);
	if (error)
		return error;
	raster->first_column >>= 1;
	raster->column_ns *= 2;
	raster_steps_halved(raster);
	merge_pairs(raster, odd);
	swap_with_scratch(raster);
	sum_all(raster);
	return 0;
}

int raster_widen(struct raster *raster, uint64_t bucket_ns, uint64_t from_ns)
{
	if (bucket_ns == 0 || bucket_ns > UINT64_MAX / 4)
		return -EBADMSG;
	if (bucket_ns > raster->bucket_ns)
		raster->bucket_ns = bucket_ns;
	if (raster->column_ns == 0) {
		raster->column_ns = bucket_ns;
		raster->first_column = from_ns / bucket_ns;
	}
	while (raster->column_ns < bucket_ns) {
		int error = halve(raster);

		if (error)
			return error;
	}
	return 0;
}

/* Makes room: sums what waits, and halves the resolution while there are too many cells. */
static int make_room(struct raster *raster)
{
	int error = settle(raster);

	while (!error && raster->by_group && raster->count > raster->budget)
		error = raster_steps_widen(raster, raster->budget / 8 * 7);
	if (error == -ERANGE)
		error = 0;
	while (!error && raster->count > raster->budget && raster->column_ns < UINT64_MAX / 4) {
		error = halve(raster);
		raster->coarsened++;
	}
	return error;
}

static int fit_column(struct raster *raster, uint64_t at_ns, uint64_t *column)
{
	for (;;) {
		uint64_t absolute = at_ns / raster->column_ns;
		int error;

		if (absolute < raster->first_column)
			return -ERANGE;
		*column = absolute - raster->first_column;
		if (*column < RASTER_COLUMNS_MAX)
			return 0;
		if (raster->column_ns >= UINT64_MAX / 4)
			return -ERANGE;
		error = halve(raster);
		if (error)
			return error;
		raster->coarsened++;
	}
}

int raster_add(struct raster *raster, uint64_t group, uint64_t at_ns, uint64_t inner,
	       uint64_t value, uint64_t second)
{
	unsigned int group_bits = 64 - RASTER_COLUMN_BITS - raster->inner_bits;
	uint64_t end_ns = raster_sum(at_ns, raster->bucket_ns);
	uint64_t column;
	int error;

	if (group >> group_bits || inner >> raster->inner_bits)
		return -ERANGE;
	if (raster->count >= raster->budget + raster->budget / 2 + 1) {
		error = make_room(raster);
		if (error)
			return error;
	}
	error = fit_column(raster, at_ns, &column);
	if (!error)
		error = ARRAY_RESERVE(raster->items, raster->capacity, raster->count + 1);
	if (error)
		return error;
	raster->items[raster->count++] = (struct raster_cell){
		.key = group << (raster->inner_bits + RASTER_COLUMN_BITS) |
		       column << raster->inner_bits | inner,
		.values = { value, second },
	};
	if (at_ns < raster->from_ns)
		raster->from_ns = at_ns;
	if (end_ns > raster->to_ns)
		raster->to_ns = end_ns;
	return 0;
}

int raster_finish(struct raster *raster)
{
	int error = make_room(raster);

	free(raster->scratch);
	raster->scratch = NULL;
	raster->scratch_capacity = 0;
	return error;
}
