/* SPDX-License-Identifier: Apache-2.0 */
#include "view/view_runs_sink.h"

#include <errno.h>
#include <stdlib.h>

/* Of all bucketed tables (capture/table.h). */
#define TASK_COLUMN 1

static int on_header(struct capture_sink *sink, const struct capture_header *header)
{
	struct view_runs_sink *own = (struct view_runs_sink *)sink;

	return own->next->header(own->next, header);
}

/* Puts the numbers that the names of this column's tasks have into its place. */
static void renumber(struct view_runs_sink *sink, struct capture_batch *batch, size_t column,
		     uint64_t *numbers)
{
	for (size_t row = 0; row < batch->rows; row++) {
		uint32_t name =
			view_runs_name_of(sink->runs, sink->run, batch->columns[column][row]);

		numbers[row] = name == VIEW_RUNS_NO_NAME ? CAPTURE_NIL : name;
	}
	batch->columns[column] = numbers;
}

static int on_batch(struct capture_sink *sink, const struct capture_batch *batch)
{
	struct view_runs_sink *own = (struct view_runs_sink *)sink;
	struct capture_batch renumbered = *batch;

	if (capture_table_info(batch->table)->bucketed)
		renumber(own, &renumbered, TASK_COLUMN, own->tasks);
	if (batch->table == CAPTURE_SWITCHES) {
		renumber(own, &renumbered, SWITCHES_TASK, own->tasks);
		renumber(own, &renumbered, SWITCHES_NEXT, own->tasks + CAPTURE_BATCH_ROWS);
	}
	return own->next->batch(own->next, &renumbered);
}

static int on_end(struct capture_sink *sink, const struct capture_end *end)
{
	struct view_runs_sink *own = (struct view_runs_sink *)sink;

	return own->next->end(own->next, end);
}

int view_runs_sink_init(struct view_runs_sink *sink, const struct view_runs *runs, size_t run,
			struct capture_sink *next)
{
	*sink = (struct view_runs_sink){
		.sink = { .header = on_header, .batch = on_batch, .end = on_end },
		.next = next,
		.runs = runs,
		.run = run,
		.tasks = malloc(2 * CAPTURE_BATCH_ROWS * sizeof(*sink->tasks)),
	};
	return sink->tasks ? 0 : -ENOMEM;
}

void view_runs_sink_free(struct view_runs_sink *sink)
{
	free(sink->tasks);
	sink->tasks = NULL;
}
