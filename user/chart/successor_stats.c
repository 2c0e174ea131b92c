/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/successor_stats.h"

#include "base/array.h"
#include "chart/batch_sink.h"

#include <errno.h>
#include <stdlib.h>

/* NULL without memory. */
static struct successor_stats_row *row_of(struct successor_stats *stats, uint64_t next)
{
	uint32_t place = number_map_find(&stats->places, next);

	if (place != NUMBER_MAP_NONE)
		return &stats->rows[place];
	if (ARRAY_RESERVE(stats->rows, stats->capacity, stats->count + 1) ||
	    number_map_add(&stats->places, next, (uint32_t)stats->count))
		return NULL;
	stats->rows[stats->count] = (struct successor_stats_row){ .next = next };
	return &stats->rows[stats->count++];
}

static int add(struct successor_stats *stats, uint64_t task, uint64_t next, uint64_t count)
{
	const struct view_task *left = view_task(stats->view, task);
	struct successor_stats_row *row;

	if (!left || !left->selected || count == CAPTURE_NIL)
		return 0;
	row = row_of(stats, next);
	if (!row)
		return -ENOMEM;
	row->count += count;
	stats->total += count;
	return 0;
}

/* The view passes on rows of selected tasks only. */
static void count_switches(struct successor_stats *stats, const struct capture_batch *batch)
{
	for (size_t i = 0; i < batch->rows; i++) {
		uint64_t switches = batch->columns[SAMPLES_SWITCHES][i];

		stats->switches += switches == CAPTURE_NIL ? 0 : switches;
	}
}

static int take_pairs(struct successor_stats *stats, const struct capture_batch *batch)
{
	bool single = batch->table == CAPTURE_SWITCHES;
	const uint64_t *tasks = batch->columns[single ? SWITCHES_TASK : SUCCESSORS_TASK];
	const uint64_t *nexts = batch->columns[single ? SWITCHES_NEXT : SUCCESSORS_NEXT];
	int error = 0;

	for (size_t i = 0; i < batch->rows && !error; i++)
		if (!single)
			error = add(stats, tasks[i], nexts[i], batch->columns[SUCCESSORS_COUNT][i]);
		else if (batch->columns[SWITCHES_STATE][i] != CAPTURE_NIL) /* else no switch */
			error = add(stats, tasks[i], nexts[i], 1);
	return error;
}

static int take_batch(struct capture_sink *sink, const struct capture_batch *batch)
{
	struct successor_stats *stats = (struct successor_stats *)sink;

	if (batch->table != CAPTURE_SAMPLES)
		return take_pairs(stats, batch);
	count_switches(stats, batch);
	return 0;
}

void successor_stats_init(struct successor_stats *stats, const struct view *view)
{
	*stats = (struct successor_stats){ .sink = batch_sink(take_batch), .view = view };
}

void successor_stats_free(struct successor_stats *stats)
{
	number_map_free(&stats->places);
	free(stats->rows);
}
