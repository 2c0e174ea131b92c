/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/raster.h"

#include "base/array.h"
#include "chart/raster_sort.h"
#include "chart/raster_steps.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static size_t and_half_as_many(size_t cells)
{
	return cells + cells / 2 + 1;
}

void raster_init(struct raster *raster, size_t budget, unsigned int inner_bits)
{
	memset(raster, 0, sizeof(*raster));
	raster->budget = budget;
	raster->limit = and_half_as_many(budget);
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

uint64_t raster_column_start_ns(const struct raster *raster, uint64_t column)
{
	return (raster->first_column + column) * raster->column_ns;
}

uint64_t raster_sum(uint64_t a, uint64_t b)
{
	return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

static void add_values(struct raster_cell *to, const struct raster_cell *cell)
{
	for (int value = 0; value < RASTER_VALUES; value++)
		to->values[value] = raster_sum(to->values[value], cell->values[value]);
}

/* Moves sorted cells down to `kept`, those of one key as one; returns where they end. */
static size_t sum_down(struct raster *raster, size_t begin, size_t end, size_t kept)
{
	struct raster_cell *items = raster->items;
	size_t first = kept;

	for (size_t i = begin; i < end; i++) {
		if (kept > first && items[kept - 1].key == items[i].key)
			add_values(&items[kept - 1], &items[i]);
		else
			items[kept++] = items[i];
	}
	return kept;
}

static void all_sorted(struct raster *raster, size_t count)
{
	raster->count = raster->sorted = count;
	raster->last_column = 0;
	raster->disordered = false;
}

/* The first cell from `i` on, or `end`, whose key without its inner part is another. */
static size_t column_end(const struct raster *raster, size_t i, size_t end)
{
	uint64_t key = raster->items[i].key >> raster->inner_bits;

	while (i < end && raster->items[i].key >> raster->inner_bits == key)
		i++;
	return i;
}

/* Most columns hold a few cells only. */
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

/* Where keys begin to descend, from `i` on; `count` where they never do. */
static size_t sorted_end(const struct raster_cell *cells, size_t i, size_t count)
{
	for (i++; i < count && cells[i - 1].key <= cells[i].key; i++)
		;
	return i < count ? i : count;
}

/* Many are mostly what was sorted once: one run, or two that became one column. */
static void sort_runs(struct raster_cell *cells, size_t count, struct raster_cell *scratch)
{
	size_t first = sorted_end(cells, 0, count);

	if (first == count)
		return;
	if (sorted_end(cells, first, count) < count) {
		raster_sort(cells, count, scratch, 0);
		return;
	}
	raster_merge(cells, first, cells + first, count - first, scratch);
	memcpy(cells, scratch, count * sizeof(*cells));
}

size_t raster_tidy(struct raster *raster, size_t begin, size_t end, size_t kept)
{
	for (size_t i = begin, next; i < end; i = next) {
		next = column_end(raster, i, end);
		if (next - i <= FEW_CELLS)
			insert_cells(raster->items + i, next - i);
		else
			sort_runs(raster->items + i, next - i, raster->scratch);
		kept = sum_down(raster, i, next, kept);
	}
	return kept;
}

/* Sorts and sums what was added since; returns where it ends. */
static size_t settle_tail(struct raster *raster)
{
	struct raster_cell *tail = raster->items + raster->sorted;
	size_t tail_count = raster->count - raster->sorted;

	raster_steps_apply(raster, tail, tail_count);
	if (raster->disordered) {
		raster_sort(tail, tail_count, raster->scratch, 0);
		return sum_down(raster, raster->sorted, raster->count, raster->sorted);
	}
	/* rows come in the order of time: only the groups need to be brought together */
	raster_sort(tail, tail_count, raster->scratch, raster->inner_bits + RASTER_COLUMN_BITS);
	return raster_tidy(raster, raster->sorted, raster->count, raster->sorted);
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

/* Sorts the tail that was added since and merges it with the sorted part. */
static int settle(struct raster *raster)
{
	size_t sorted = raster->sorted;
	size_t end;

	if (raster->count == sorted)
		return 0;
	if (ARRAY_RESERVE(raster->scratch, raster->scratch_capacity, raster->count))
		return -ENOMEM;
	end = settle_tail(raster);
	if (sorted) {
		raster_merge(raster->items, sorted, raster->items + sorted, end - sorted,
			     raster->scratch);
		swap_with_scratch(raster);
		end = sum_down(raster, 0, end, 0);
	}
	all_sorted(raster, end);
	return 0;
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
	for (size_t i = 0; i < raster->count; i++) {
		struct raster_cell *cell = &raster->items[i];

		raster_move_cell(raster, cell, (raster_column(raster, cell) + odd) >> 1);
	}
	all_sorted(raster, raster_tidy(raster, 0, raster->count, 0));
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

/* Then wider columns would take no cell away. */
static bool is_one_column(const struct raster *raster)
{
	return raster->from_ns / raster->column_ns == (raster->to_ns - 1) / raster->column_ns ||
	       raster->column_ns >= UINT64_MAX / 4;
}

/* Makes room: sums what waits, and halves the resolution while there are too many cells. */
static int make_room(struct raster *raster)
{
	int error = settle(raster);

	while (!error && raster->by_group && raster->count > raster->budget)
		error = raster_steps_widen(raster);
	if (error == -ERANGE)
		error = 0;
	while (!error && raster->count > raster->budget && !is_one_column(raster)) {
		error = halve(raster);
		raster->coarsened++;
	}
	/* what no width of columns brings within the budget must not be sorted anew for each cell */
	raster->limit =
		and_half_as_many(raster->count > raster->budget ? raster->count : raster->budget);
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
	if (raster->count >= raster->limit) {
		error = make_room(raster);
		if (error)
			return error;
	}
	error = fit_column(raster, at_ns, &column);
	if (!error)
		error = ARRAY_RESERVE(raster->items, raster->capacity, raster->count + 1);
	if (error)
		return error;
	raster->disordered |= column < raster->last_column;
	raster->last_column = column;
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
