/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/cells.h"

#include "base/array.h"
#include "chart/cells_sort.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void cells_init(struct cells *cells, size_t budget, unsigned int inner_bits)
{
	memset(cells, 0, sizeof(*cells));
	cells->budget = budget;
	cells->inner_bits = inner_bits;
	cells->from_ns = UINT64_MAX;
}

void cells_free(struct cells *cells)
{
	free(cells->items);
	free(cells->scratch);
	memset(cells, 0, sizeof(*cells));
}

static uint64_t column_mask(const struct cells *cells)
{
	return (((uint64_t)1 << CELLS_COLUMN_BITS) - 1) << cells->inner_bits;
}

uint64_t cells_group(const struct cells *cells, const struct cell *cell)
{
	return cell->key >> (cells->inner_bits + CELLS_COLUMN_BITS);
}

uint64_t cells_column(const struct cells *cells, const struct cell *cell)
{
	return (cell->key & column_mask(cells)) >> cells->inner_bits;
}

uint64_t cells_inner(const struct cells *cells, const struct cell *cell)
{
	return cell->key & (((uint64_t)1 << cells->inner_bits) - 1);
}

uint64_t cells_column_ns(const struct cells *cells, uint64_t column)
{
	return (cells->first_column + column) * cells->grid_ns;
}

static uint64_t sum(uint64_t a, uint64_t b)
{
	return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

/* Sums neighbours of one key in place; returns how many cells are left. */
static size_t sum_neighbours(struct cell *items, size_t count)
{
	size_t kept = 0;

	for (size_t i = 1; i < count; i++) {
		if (items[i].key != items[kept].key) {
			items[++kept] = items[i];
			continue;
		}
		for (int value = 0; value < CELLS_VALUES; value++)
			items[kept].values[value] =
				sum(items[kept].values[value], items[i].values[value]);
	}
	return count ? kept + 1 : 0;
}

/* Sorts the tail that was added since and merges it with the sorted part. */
static int settle(struct cells *cells)
{
	size_t tail = cells->count - cells->sorted;
	int error;

	if (tail == 0)
		return 0;
	error = ARRAY_RESERVE(cells->scratch, cells->scratch_capacity, cells->count);
	if (error)
		return error;
	cells_sort(cells->items + cells->sorted, tail, cells->scratch);
	if (cells->sorted) {
		struct cell *items = cells->items;
		size_t capacity = cells->capacity;

		cells_merge(items, cells->sorted, items + cells->sorted, tail, cells->scratch);
		cells->items = cells->scratch;
		cells->capacity = cells->scratch_capacity;
		cells->scratch = items;
		cells->scratch_capacity = capacity;
	}
	cells->count = sum_neighbours(cells->items, cells->count);
	cells->sorted = cells->count;
	return 0;
}

/* Columns twice as wide, on the grid that begins at zero; the order of the keys stays. */
static int halve(struct cells *cells)
{
	uint64_t mask = column_mask(cells);
	uint64_t odd = cells->first_column & 1;
	int error = settle(cells);

	if (error)
		return error;
	cells->first_column >>= 1;
	cells->grid_ns *= 2;
	for (size_t i = 0; i < cells->count; i++) {
		struct cell *cell = &cells->items[i];
		uint64_t column = (cells_column(cells, cell) + odd) >> 1;

		cell->key = (cell->key & ~mask) | column << cells->inner_bits;
	}
	/* the inner parts of two columns that became one lie one after the other */
	cells->sorted = 0;
	return settle(cells);
}

int cells_widen(struct cells *cells, uint64_t bucket_ns, uint64_t from_ns)
{
	if (bucket_ns == 0 || bucket_ns > UINT64_MAX / 4)
		return -EBADMSG;
	if (bucket_ns > cells->bucket_ns)
		cells->bucket_ns = bucket_ns;
	if (cells->grid_ns == 0) {
		cells->grid_ns = bucket_ns;
		cells->first_column = from_ns / bucket_ns;
	}
	while (cells->grid_ns < bucket_ns) {
		int error = halve(cells);

		if (error)
			return error;
	}
	return 0;
}

/* Makes room: sums what waits, and halves the resolution while there are too many cells. */
static int make_room(struct cells *cells)
{
	int error = settle(cells);

	while (!error && cells->count > cells->budget && cells->grid_ns < UINT64_MAX / 4) {
		error = halve(cells);
		cells->coarsened++;
	}
	return error;
}

static int fit_column(struct cells *cells, uint64_t at_ns, uint64_t *column)
{
	for (;;) {
		uint64_t absolute = at_ns / cells->grid_ns;
		int error;

		if (absolute < cells->first_column)
			return -ERANGE;
		*column = absolute - cells->first_column;
		if (*column < CELLS_COLUMNS_MAX)
			return 0;
		if (cells->grid_ns >= UINT64_MAX / 4)
			return -ERANGE;
		error = halve(cells);
		if (error)
			return error;
		cells->coarsened++;
	}
}

int cells_add(struct cells *cells, uint64_t group, uint64_t at_ns, uint64_t inner, uint64_t value,
	      uint64_t second)
{
	unsigned int group_bits = 64 - CELLS_COLUMN_BITS - cells->inner_bits;
	uint64_t end_ns = sum(at_ns, cells->bucket_ns);
	uint64_t column;
	int error;

	if (group >> group_bits || inner >> cells->inner_bits)
		return -ERANGE;
	if (cells->count >= cells->budget + cells->budget / 2 + 1) {
		error = make_room(cells);
		if (error)
			return error;
	}
	error = fit_column(cells, at_ns, &column);
	if (!error)
		error = ARRAY_RESERVE(cells->items, cells->capacity, cells->count + 1);
	if (error)
		return error;
	cells->items[cells->count++] = (struct cell){
		.key = group << (cells->inner_bits + CELLS_COLUMN_BITS) |
		       column << cells->inner_bits | inner,
		.values = { value, second },
	};
	if (at_ns < cells->from_ns)
		cells->from_ns = at_ns;
	if (end_ns > cells->to_ns)
		cells->to_ns = end_ns;
	return 0;
}

int cells_finish(struct cells *cells)
{
	int error = make_room(cells);

	free(cells->scratch);
	cells->scratch = NULL;
	cells->scratch_capacity = 0;
	return error;
}
