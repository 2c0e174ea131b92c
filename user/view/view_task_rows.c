/* SPDX-License-Identifier: Apache-2.0 */
#include "view/view_tasks.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The kernel's counters of merged tasks add up; one that is not known makes the sum so. */
static void add_counters(uint64_t *row, const uint64_t *other)
{
	for (size_t i = TASKS_FIRST_VOLUNTARY; i <= TASKS_LAST_RUN_NS; i++)
		if (row[i] == CAPTURE_NIL || other[i] == CAPTURE_NIL)
			row[i] = CAPTURE_NIL;
		else
			row[i] += other[i];
}

static void first_of_task(uint64_t *row, const uint64_t *from, const struct view_task *task)
{
	memcpy(row, from, TASKS_COLUMNS * sizeof(*row));
	row[TASKS_TASK] = task->task;
	row[TASKS_TID] = task->tid;
	row[TASKS_TGID] = task->tgid;
	row[TASKS_START_NS] = task->start_ns;
	row[TASKS_END_NS] = task->end_ns;
}

/* TASKS_COLUMNS numbers for each task of the view; freed by the caller, NULL without memory. */
static uint64_t *merged_rows(const struct view_tasks *tasks)
{
	uint64_t *rows = malloc((tasks->shown_count + 1) * TASKS_COLUMNS * sizeof(*rows));
	size_t seen = 0;

	for (size_t place = 0; rows && place < tasks->row_count; place++) {
		const uint64_t *from = tasks->rows + place * TASKS_COLUMNS;
		uint32_t shown = tasks->shown_of[place];
		uint64_t *row = rows + shown * (size_t)TASKS_COLUMNS;

		if (shown < seen)
			add_counters(row, from);
		else
			first_of_task(row, from, &tasks->shown[seen++]);
	}
	return rows;
}

#define ROWS_A_BATCH 4096

struct transposed {
	uint64_t columns[TASKS_COLUMNS][ROWS_A_BATCH];
	size_t rows;
};

static int push_rows(struct transposed *rows, const struct string_pool *strings,
		     struct capture_sink *sink)
{
	struct capture_batch batch = {
		.table = CAPTURE_TASKS,
		.rows = rows->rows,
		.strings = strings,
	};

	for (size_t column = 0; column < TASKS_COLUMNS; column++)
		batch.columns[column] = rows->columns[column];
	rows->rows = 0;
	return batch.rows ? sink->batch(sink, &batch) : 0;
}

int view_tasks_push(const struct view_tasks *tasks, bool all, struct capture_sink *sink)
{
	struct transposed *batch = calloc(1, sizeof(*batch));
	uint64_t *rows = merged_rows(tasks);
	int error = batch && rows ? 0 : -ENOMEM;

	for (size_t i = 0; i < tasks->shown_count && !error; i++) {
		if (!all && !tasks->shown[i].selected)
			continue;
		for (size_t column = 0; column < TASKS_COLUMNS; column++)
			batch->columns[column][batch->rows] = rows[i * TASKS_COLUMNS + column];
		if (++batch->rows == ROWS_A_BATCH)
			error = push_rows(batch, tasks->strings, sink);
	}
	if (!error)
		error = push_rows(batch, tasks->strings, sink);
	free(rows);
	free(batch);
	return error;
}
