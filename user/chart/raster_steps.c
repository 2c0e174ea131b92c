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

/* Finds all groups and counts their cells anew; a group keeps its shift. */
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

/* Of one group: how many cells become part of another one when its shift becomes the place's. */
struct merging {
	uint32_t cells[RASTER_COLUMN_BITS + 1];
};

/* Where an inner part was seen last. */
struct last_seen {
	uint64_t group; /* its number plus 1; 0: nowhere */
	uint64_t column;
};

/*
 * Two cells of one inner part, one after the other in time, are one when their columns, counted from
 * 0 as time does, are equal but for the lowest `shift` bits.
 */
static void find_merging(const struct raster *raster, struct merging *merging,
			 struct last_seen *seen)
{
	size_t step = 0;

	for (size_t i = 0; i < raster->count; i++) {
		const struct raster_cell *cell = &raster->items[i];
		struct last_seen *last = &seen[raster_inner(raster, cell)];
		uint64_t column = raster->first_column + raster_column(raster, cell);

		if (raster->steps[step].group != raster_group(raster, cell))
			step++;
		if (last->group == step + 1) {
			uint64_t different = last->column ^ column;
			int shift = different ? 64 - __builtin_clzll(different) : 0;

			if (shift <= RASTER_COLUMN_BITS)
				merging[step].cells[shift]++;
		}
		*last = (struct last_seen){ step + 1, column };
	}
}

/* A place for each step; the caller frees them. NULL without memory. */
static struct merging *merging_of(const struct raster *raster)
{
	struct merging *merging = calloc(raster->step_count + 1, sizeof(*merging));
	struct last_seen *seen = calloc((size_t)1 << raster->inner_bits, sizeof(*seen));

	if (merging && seen) {
		find_merging(raster, merging, seen);
	} else {
		free(merging);
		merging = NULL;
	}
	free(seen);
	return merging;
}

/* The column that a cell of this shift lies in: on the grid that begins at 0, as time does. */
static uint64_t wide_column(const struct raster *raster, uint64_t column, unsigned int shift)
{
	uint64_t absolute = (raster->first_column + column) >> shift << shift;

	return absolute > raster->first_column ? absolute - raster->first_column : 0;
}

static void widen_cells(const struct raster *raster, struct raster_cell *cells, size_t count,
			unsigned int shift)
{
	for (size_t i = 0; i < count; i++)
		raster_move_cell(raster, &cells[i],
				 wide_column(raster, raster_column(raster, &cells[i]), shift));
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
			widen_cells(raster, &cells[i], 1, shift);
	}
}

static size_t group_end(const struct raster *raster, size_t begin)
{
	uint64_t group = raster_group(raster, &raster->items[begin]);
	size_t end = begin + 1;

	while (end < raster->count && raster_group(raster, &raster->items[end]) == group)
		end++;
	return end;
}

/* All cells were sorted when their groups had narrower columns. */
static int widen_all(struct raster *raster)
{
	size_t end = 0;
	size_t kept = 0;

	if (ARRAY_RESERVE(raster->scratch, raster->scratch_capacity, raster->count))
		return -ENOMEM;
	for (size_t i = 0; i < raster->step_count; i++) {
		const struct raster_step *step = &raster->steps[i];
		size_t begin = end;

		end = group_end(raster, begin);
		if (step->shift)
			widen_cells(raster, raster->items + begin, end - begin, step->shift);
		kept = raster_tidy(raster, begin, end, kept);
	}
	raster->count = raster->sorted = kept;
	return 0;
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

/* Twice as wide leaves half of the cells at least, so this is never too much. */
static bool widen_step(struct raster_step *step, const struct merging *merging, size_t share)
{
	size_t least = step->cells;
	bool widened = false;

	while (least > share && step->shift < RASTER_COLUMN_BITS) {
		step->cells -= merging->cells[++step->shift];
		least /= 2;
		widened = true;
	}
	return widened;
}

/* Decides how wide each group's columns become; *any says whether one becomes wider. */
static int widen_steps(struct raster *raster, const struct merging *merging, bool *any)
{
	size_t cells = raster->count;
	bool widened = true;

	while (cells > raster->budget && widened) {
		size_t share;

		if (fair_share(raster, raster->budget / 8 * 7, &share))
			return -ENOMEM;
		widened = false;
		cells = 0;
		for (size_t i = 0; i < raster->step_count; i++) {
			struct raster_step *step = &raster->steps[i];

			widened |= widen_step(step, &merging[i], share);
			if (step->shift > raster->coarsened)
				raster->coarsened = step->shift;
			cells += step->cells;
		}
		*any |= widened;
	}
	return 0;
}

int raster_steps_widen(struct raster *raster)
{
	int error = count_groups(raster);
	struct merging *merging = error ? NULL : merging_of(raster);
	bool any = false;

	if (!error)
		error = merging ? widen_steps(raster, merging, &any) : -ENOMEM;
	free(merging);
	if (error)
		return error;
	return any ? widen_all(raster) : -ERANGE;
}

void raster_steps_halved(struct raster *raster)
{
	for (size_t i = 0; i < raster->step_count; i++)
		raster->steps[i].shift -= raster->steps[i].shift > 0;
}
