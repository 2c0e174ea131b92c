/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/task_stats.h"

#include "base/array.h"
#include "base/string_pool.h"
#include "chart/batch_sink.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* No view has so many: the reader refuses numbers beyond 2^28. */
#define TASKS_MAX ((uint64_t)1 << 32)

const struct task_stats_row task_stats_none = {
	.wait_ns = CAPTURE_NIL,
	.wait_max_ns = CAPTURE_NIL,
	.wait_max_at_ns = CAPTURE_NIL,
};

static uint64_t known_or_zero(uint64_t value)
{
	return value == CAPTURE_NIL ? 0 : value;
}

static void add_wait(struct task_stats_row *sum, uint64_t wait_ns)
{
	if (wait_ns != CAPTURE_NIL)
		sum->wait_ns = known_or_zero(sum->wait_ns) + wait_ns;
}

/* Of equal maxima the first one stays. */
static void add_wait_max(struct task_stats_row *sum, uint64_t max_ns, uint64_t at_ns)
{
	if (max_ns == CAPTURE_NIL ||
	    (sum->wait_max_ns != CAPTURE_NIL && sum->wait_max_ns >= max_ns))
		return;
	sum->wait_max_ns = max_ns;
	sum->wait_max_at_ns = at_ns;
}

void task_stats_add(struct task_stats_row *sum, const struct task_stats_row *row)
{
	sum->run_ns += row->run_ns;
	sum->switches += row->switches;
	sum->voluntary += row->voluntary;
	sum->involuntary += row->involuntary;
	sum->migrations += row->migrations;
	add_wait(sum, row->wait_ns);
	add_wait_max(sum, row->wait_max_ns, row->wait_max_at_ns);
}

/* ---- places, made when a task is first seen ---- */

static int reach_task(struct task_stats *stats, uint64_t task)
{
	if (task >= TASKS_MAX)
		return -EBADMSG;
	if (ARRAY_RESERVE(stats->tasks, stats->task_capacity, task + 1))
		return -ENOMEM;
	while (stats->count <= task)
		stats->tasks[stats->count++] = task_stats_none;
	return 0;
}

static int reach_lengths(struct task_stats *stats, uint64_t task)
{
	if (task >= TASKS_MAX)
		return -EBADMSG;
	if (ARRAY_RESERVE(stats->lengths, stats->length_capacity, task + 1))
		return -ENOMEM;
	memset(stats->lengths + stats->length_count, 0,
	       (task + 1 - stats->length_count) * sizeof(*stats->lengths));
	stats->length_count = task + 1;
	return 0;
}

/* ---- folding ---- */

/* Where a task's rows are summed. */
static int find_sum(struct task_stats *stats, uint64_t task, struct task_stats_row **sum)
{
	int error = 0;

	*sum = &stats->unknown;
	if (task == CAPTURE_NIL)
		return 0;
	if (task >= stats->count)
		error = reach_task(stats, task);
	if (!error)
		*sum = &stats->tasks[task];
	return error;
}

static int fold_samples(struct task_stats *stats, const struct capture_batch *batch)
{
	const uint64_t *const *columns = batch->columns;

	for (size_t i = 0; i < batch->rows; i++) {
		struct task_stats_row *sum;
		int error = find_sum(stats, columns[SAMPLES_TASK][i], &sum);

		if (error)
			return error;
		sum->run_ns += known_or_zero(columns[SAMPLES_RUN_NS][i]);
		sum->switches += known_or_zero(columns[SAMPLES_SWITCHES][i]);
		sum->voluntary += known_or_zero(columns[SAMPLES_VOLUNTARY][i]);
		sum->involuntary += known_or_zero(columns[SAMPLES_INVOLUNTARY][i]);
		sum->migrations += known_or_zero(columns[SAMPLES_MIGRATIONS][i]);
		add_wait(sum, columns[SAMPLES_WAIT_NS][i]);
		add_wait_max(sum, columns[SAMPLES_WAIT_MAX_NS][i],
			     columns[SAMPLES_WAIT_MAX_AT_NS][i]);
	}
	return 0;
}

/* Which of the kinds this is; TASK_STATS_LENGTHS: none of them. */
static size_t place_of_kind(const uint64_t kinds[TASK_STATS_LENGTHS], uint64_t kind)
{
	size_t place = 0;

	while (place < TASK_STATS_LENGTHS && kind != kinds[place])
		place++;
	return place;
}

static int add_cell(struct task_stats *stats, uint64_t task, size_t kind, uint64_t bin,
		    uint64_t count)
{
	int error = 0;

	if (task >= stats->length_count)
		error = reach_lengths(stats, task);
	return error ? error : length_counts_add(&stats->lengths[task].of[kind], bin, count);
}

static int fold_cells(struct task_stats *stats, const struct capture_batch *batch)
{
	const uint64_t kinds[TASK_STATS_LENGTHS] = {
		[TASK_STATS_RUN] = string_pool_find(batch->strings, "run"),
		[TASK_STATS_SLEEP] = string_pool_find(batch->strings, "sleep"),
		[TASK_STATS_WAIT] = string_pool_find(batch->strings, "wait"),
	};
	int error = 0;

	for (size_t i = 0; i < batch->rows && !error; i++) {
		uint64_t task = batch->columns[CELLS_TASK][i];
		uint64_t kind = batch->columns[CELLS_KIND][i];
		size_t place = place_of_kind(kinds, kind);

		if (task != CAPTURE_NIL && kind != CAPTURE_NIL && place < TASK_STATS_LENGTHS)
			error = add_cell(stats, task, place, batch->columns[CELLS_BIN][i],
					 known_or_zero(batch->columns[CELLS_COUNT][i]));
	}
	return error;
}

static int stats_header(struct capture_sink *sink, const struct capture_header *header)
{
	((struct task_stats *)sink)->steps_per_octave = header->steps_per_octave;
	return 0;
}

static int stats_batch(struct capture_sink *sink, const struct capture_batch *batch)
{
	struct task_stats *stats = (struct task_stats *)sink;

	if (batch->table == CAPTURE_SAMPLES)
		return fold_samples(stats, batch);
	return batch->table == CAPTURE_CELLS ? fold_cells(stats, batch) : 0;
}

void task_stats_init(struct task_stats *stats)
{
	*stats = (struct task_stats){ .sink = batch_sink(stats_batch), .unknown = task_stats_none };
	stats->sink.header = stats_header;
}

void task_stats_free(struct task_stats *stats)
{
	for (size_t i = 0; i < stats->length_count; i++)
		for (size_t of = 0; of < TASK_STATS_LENGTHS; of++)
			length_counts_free(&stats->lengths[i].of[of]);
	free(stats->lengths);
	free(stats->tasks);
	task_stats_init(stats);
}

const struct task_stats_row *task_stats_of(const struct task_stats *stats, uint64_t task)
{
	return task < stats->count ? &stats->tasks[task] : &task_stats_none;
}

uint64_t task_stats_wait_average_ns(const struct task_stats_row *row)
{
	if (row->wait_ns == CAPTURE_NIL || !row->switches)
		return CAPTURE_NIL;
	return row->wait_ns / row->switches + (row->wait_ns % row->switches * 2 >= row->switches);
}

uint64_t task_stats_percentile_ns(const struct task_stats *stats, size_t task,
				  enum task_stats_length length, double share)
{
	if (task >= stats->length_count)
		return CAPTURE_NIL;
	return length_counts_percentile(&stats->lengths[task].of[length], share,
					stats->steps_per_octave);
}
