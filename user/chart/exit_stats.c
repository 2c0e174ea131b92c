/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/exit_stats.h"

#include "base/array.h"
#include "chart/batch_sink.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define KIND_BITS 16
#define TASKS_MAX ((uint64_t)1 << 32)

_Static_assert(EXIT_KINDS_MAX <= 1u << KIND_BITS, "kinds fit a key");

static uint64_t known(uint64_t value)
{
	return value == CAPTURE_NIL ? 0 : value;
}

/* ---- rows ---- */

void exit_stats_rows_free(struct exit_stats_rows *rows)
{
	for (size_t i = 0; i < rows->count; i++)
		length_counts_free(&rows->items[i].lengths);
	free(rows->items);
	number_map_free(&rows->places);
	memset(rows, 0, sizeof(*rows));
}

/* NULL without memory. */
static struct exit_stats_row *reach(struct exit_stats_rows *rows, uint64_t group, uint64_t kind)
{
	uint64_t key = group << KIND_BITS | kind;
	uint32_t place = number_map_find(&rows->places, key);

	if (place != NUMBER_MAP_NONE)
		return &rows->items[place];
	if (ARRAY_RESERVE(rows->items, rows->capacity, rows->count + 1) ||
	    number_map_add(&rows->places, key, (uint32_t)rows->count))
		return NULL;
	rows->items[rows->count] = (struct exit_stats_row){
		.group = group,
		.kind = kind,
		.off_ns = CAPTURE_NIL,
		.host_min_ns = CAPTURE_NIL,
		.host_max_ns = CAPTURE_NIL,
	};
	return &rows->items[rows->count++];
}

const struct exit_stats_row *exit_stats_find(const struct exit_stats_rows *rows, uint64_t group,
					     uint64_t kind)
{
	uint32_t place = number_map_find(&rows->places, group << KIND_BITS | kind);

	return place == NUMBER_MAP_NONE ? NULL : &rows->items[place];
}

static void add_sums(struct exit_stats_row *sum, const struct exit_stats_row *row)
{
	sum->count += row->count;
	sum->unpaired += row->unpaired;
	sum->host_ns += row->host_ns;
	sum->guest_ns += row->guest_ns;
	if (row->off_ns != CAPTURE_NIL)
		sum->off_ns = known(sum->off_ns) + row->off_ns;
	if (row->host_min_ns < sum->host_min_ns) /* CAPTURE_NIL is the largest */
		sum->host_min_ns = row->host_min_ns;
	if (row->host_max_ns != CAPTURE_NIL && row->host_max_ns > known(sum->host_max_ns))
		sum->host_max_ns = row->host_max_ns;
	else if (sum->host_max_ns == CAPTURE_NIL)
		sum->host_max_ns = row->host_max_ns;
}

int exit_stats_add(struct exit_stats_rows *rows, uint64_t group, const struct exit_stats_row *row)
{
	struct exit_stats_row *sum = reach(rows, group, row->kind);
	int error = 0;

	if (!sum)
		return -ENOMEM;
	add_sums(sum, row);
	for (uint32_t i = 0; i < row->lengths.bins && !error; i++)
		if (row->lengths.counts[i])
			error = length_counts_add(&sum->lengths, row->lengths.first + i,
						  row->lengths.counts[i]);
	return error;
}

uint64_t exit_stats_average_ns(const struct exit_stats_row *row)
{
	if (!row->count)
		return CAPTURE_NIL;
	return row->host_ns / row->count + (row->host_ns % row->count * 2 >= row->count);
}

/* ---- folding ---- */

static int fold_exits(struct exit_stats *stats, uint64_t task, uint64_t kind,
		      const struct capture_batch *batch, size_t i)
{
	const uint64_t *const *columns = batch->columns;
	const struct exit_stats_row row = {
		.kind = kind,
		.count = known(columns[EXITS_COUNT][i]),
		.unpaired = known(columns[EXITS_UNPAIRED][i]),
		.host_ns = known(columns[EXITS_HOST_NS][i]),
		.off_ns = columns[EXITS_OFF_NS][i],
		.host_min_ns = columns[EXITS_HOST_MIN_NS][i],
		.host_max_ns = columns[EXITS_HOST_MAX_NS][i],
		.guest_ns = known(columns[EXITS_GUEST_NS][i]),
	};

	return exit_stats_add(&stats->rows, task, &row);
}

static int fold_cells(struct exit_stats *stats, uint64_t task, uint64_t kind,
		      const struct capture_batch *batch, size_t i)
{
	struct exit_stats_row *row = reach(&stats->rows, task, kind);

	if (!row)
		return -ENOMEM;
	return length_counts_add(&row->lengths, batch->columns[EXIT_CELLS_BIN][i],
				 known(batch->columns[EXIT_CELLS_COUNT][i]));
}

/* Task, isa and reason stand in the same columns of both. */
_Static_assert((int)EXITS_TASK == (int)EXIT_CELLS_TASK && (int)EXITS_ISA == (int)EXIT_CELLS_ISA &&
		       (int)EXITS_REASON == (int)EXIT_CELLS_REASON,
	       "columns");

static int on_batch(struct capture_sink *sink, const struct capture_batch *batch)
{
	struct exit_stats *stats = (struct exit_stats *)sink;
	int error = 0;

	if (batch->table != CAPTURE_EXITS && batch->table != CAPTURE_EXIT_CELLS)
		return 0;
	for (size_t i = 0; i < batch->rows && !error; i++) {
		uint64_t task = batch->columns[EXITS_TASK][i];
		uint64_t kind;

		if (task == CAPTURE_NIL)
			continue;
		if (task >= TASKS_MAX)
			return -EBADMSG;
		error = exit_kinds_of_row(&stats->kinds, batch, i, &kind);
		if (!error && batch->table == CAPTURE_EXITS)
			error = fold_exits(stats, task, kind, batch, i);
		else if (!error)
			error = fold_cells(stats, task, kind, batch, i);
	}
	return error;
}

static int on_header(struct capture_sink *sink, const struct capture_header *header)
{
	((struct exit_stats *)sink)->steps_per_octave = header->steps_per_octave;
	return 0;
}

void exit_stats_init(struct exit_stats *stats)
{
	*stats = (struct exit_stats){ .sink = batch_sink(on_batch) };
	stats->sink.header = on_header;
}

void exit_stats_free(struct exit_stats *stats)
{
	exit_stats_rows_free(&stats->rows);
	exit_kinds_free(&stats->kinds);
	exit_stats_init(stats);
}
