/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/raster_steps.h"

#include "base/array.h"
#include "chart/raster_sort.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static int compare_groups(const void *a, const void *b)
{
	uint64_t x = ((const struct raster_step *)a)->group;
	uint64_t y = ((const struct raster_step *)b)->group;

	return (x > y) - (x < y);
}

static struct raster_step *find(const struct raster *raster, uint64_t group)
{
	struct raster_step wanted = { .group = group };

	return raster->step_count ? bsearch(&wanted, raster->steps, raster->step_count,
					    sizeof(*raster->steps), compare_groups)
				  : NULL;
}

unsigned int raster_shift(const struct raster *raster, uint64_t group)
{
	const struct raster_step *step = find(raster, group);

	return step ? step->shift : 0;
}

/* Counts each group's cells anew; a group keeps its shift. */
static int count_groups(struct raster *raster)
{
	struct raster_step *steps = NULL;
	size_t count = 0;
	size_t capacity = 0;

	for (size_t i = 0; i < raster->count; i++) {
		uint64_t group = raster_group(raster, &raster->items[i]);

		if (count && steps[count - 1].group == group) {
			steps[count - 1].cells++;
			continue;
		}
		if (ARRAY_RESERVE(steps, capacity, count + 1)) {
			free(steps);
			return -ENOMEM;
		}
		steps[count++] = (struct raster_step){ group, 1, raster_shift(raster, group) };
	}
	free(raster->steps);
	raster->steps = steps;
	raster->step_count = count;
	return 0;
}

/* The column that a cell of this shift lies in: on the grid that begins at 0, as time does. */
static uint64_t wide_column(const struct raster *raster, uint64_t column, unsigned int shift)
{
	uint64_t absolute = (raster->first_column + column) >> shift << shift;

	return absolute > raster->first_column ? absolute - raster->first_column : 0;
}

static uint64_t widened_key(const struct raster *raster, const struct raster_cell *cell,
			    unsigned int shift)
{
	uint64_t mask = (((uint64_t)1 << RASTER_COLUMN_BITS) - 1) << raster->inner_bits;

	return (cell->key & ~mask) | wide_column(raster, raster_column(raster, cell), shift)
					     << raster->inner_bits;
}

/* Shifts of the groups seen last: a search for each cell would take longer than sorting it. */
#define SEEN 4096

struct seen {
	uint64_t group;
	unsigned int shift;
	bool valid;
};

static unsigned int seen_shift(const struct raster *raster, struct seen *seen, uint64_t group)
{
	struct seen *place = &seen[group * 0x9e3779b97f4a7c15ULL >> 52];

	if (!place->valid || place->group != group)
		*place = (struct seen){ group, raster_shift(raster, group), true };
	return place->shift;
}

void raster_steps_apply(struct raster *raster, struct raster_cell *cells, size_t count)
{
	struct seen seen[SEEN];

	if (raster->step_count == 0)
		return;
	memset(seen, 0, sizeof(seen));
	for (size_t i = 0; i < count; i++) {
		unsigned int shift = seen_shift(raster, seen, raster_group(raster, &cells[i]));

		if (shift)
			cells[i].key = widened_key(raster, &cells[i], shift);
	}
}

/* All cells were sorted when their groups had narrower columns. */
static int widen_all(struct raster *raster)
{
	const struct raster_step *step = raster->steps;

	for (size_t i = 0; i < raster->count; i++) {
		struct raster_cell *cell = &raster->items[i];
		uint64_t group = raster_group(raster, cell);

		while (step->group != group)
			step++;
		if (step->shift)
			cell->key = widened_key(raster, cell, step->shift);
	}
	return raster_order_columns(raster);
}

static int compare_cells(const void *a, const void *b)
{
	size_t x = *(const size_t *)a;
	size_t y = *(const size_t *)b;

	return (x > y) - (x < y);
}

/* How many cells each group may have, so that all of them are within the budget. */
static int fair_share(const struct raster *raster, size_t budget, size_t *share)
{
	size_t *cells = calloc(raster->step_count + 1, sizeof(*cells));
	size_t left = raster->step_count;

	if (!cells)
		return -ENOMEM;
	for (size_t i = 0; i < raster->step_count; i++)
		cells[i] = raster->steps[i].cells;
	qsort(cells, raster->step_count, sizeof(*cells), compare_cells);
	/* what small groups leave over is for the others */
	for (size_t i = 0; left && cells[i] <= budget / left; i++, left--)
		budget -= cells[i];
	*share = left ? budget / left : SIZE_MAX;
	free(cells);
	return 0;
}

int raster_steps_widen(struct raster *raster, size_t budget)
{
	size_t share;
	int widened = 0;
	int error = count_groups(raster);

	if (!error)
		error = fair_share(raster, budget, &share);
	for (size_t i = 0; i < raster->step_count && !error; i++) {
		struct raster_step *step = &raster->steps[i];

		/* twice as wide leaves half of the cells at least, so this is never too much */
		for (size_t cells = step->cells; cells > share && step->shift < RASTER_COLUMN_BITS;
		     cells /= 2) {
			step->shift++;
			widened = 1;
			if (cells / 2 <= share)
				break;
		}
		if (step->shift > raster->coarsened)
			raster->coarsened = step->shift;
	}
	if (error)
		return error;
	return widened ? widen_all(raster) : -ERANGE;
}

void raster_steps_halved(struct raster *raster)
{
	for (size_t i = 0; i < raster->step_count; i++)
		raster->steps[i].shift -= raster->steps[i].shift > 0;
}
