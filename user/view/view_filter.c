/* SPDX-License-Identifier: Apache-2.0 */
#include "view/view_filter.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_A_PUSH 4096
#define NO_COLUMN CAPTURE_COLUMNS_MAX

struct view_filter_room {
	uint64_t columns[CAPTURE_COLUMNS_MAX][ROWS_A_PUSH];
};

/* How the rows of each table find their task and their time. */
enum time_of { NO_TIME, BUCKETS, INSTANTS, DIFFERENCES };

struct shape {
	size_t task; /* columns, or NO_COLUMN */
	size_t next;
	enum time_of time;
	size_t at; /* column of the time */
};

static const struct shape shapes[CAPTURE_TABLES] = {
	[CAPTURE_TASKS] = { TASKS_TASK, NO_COLUMN, NO_TIME, 0 },
	[CAPTURE_SAMPLES] = { SAMPLES_TASK, NO_COLUMN, BUCKETS, SAMPLES_BUCKET },
	[CAPTURE_VCPU_SAMPLES] = { VCPU_SAMPLES_TASK, NO_COLUMN, BUCKETS, VCPU_SAMPLES_BUCKET },
	[CAPTURE_CELLS] = { CELLS_TASK, NO_COLUMN, BUCKETS, CELLS_BUCKET },
	[CAPTURE_EXITS] = { EXITS_TASK, NO_COLUMN, BUCKETS, EXITS_BUCKET },
	[CAPTURE_EXIT_CELLS] = { EXIT_CELLS_TASK, NO_COLUMN, BUCKETS, EXIT_CELLS_BUCKET },
	[CAPTURE_TOTALS] = { TOTALS_TASK, NO_COLUMN, NO_TIME, 0 },
	[CAPTURE_EXIT_TOTALS] = { EXIT_TOTALS_TASK, NO_COLUMN, NO_TIME, 0 },
	[CAPTURE_SWITCHES] = { SWITCHES_TASK, SWITCHES_NEXT, DIFFERENCES, SWITCHES_AT_NS },
	[CAPTURE_SUCCESSORS] = { SUCCESSORS_TASK, SUCCESSORS_NEXT, NO_TIME, 0 },
	[CAPTURE_CPUS] = { NO_COLUMN, NO_COLUMN, INSTANTS, CPUS_AT_NS },
	[CAPTURE_LOSSES] = { NO_COLUMN, NO_COLUMN, INSTANTS, LOSSES_AT_NS },
};

/* The window in the numbers that a batch's time column has: [first, end). */
struct window {
	uint64_t first;
	uint64_t end;
};

static uint64_t divide_up(uint64_t value, uint64_t by)
{
	return value / by + (value % by ? 1 : 0);
}

/* A bucket lies in the window when its start does. */
static struct window window_of(const struct view_filter *filter, const struct capture_batch *batch)
{
	const struct shape *shape = &shapes[batch->table];
	uint64_t bucket_ns = batch->bucket_ns ? batch->bucket_ns : 1;
	struct window window = { 0, CAPTURE_NIL };

	if (shape->time == NO_TIME)
		return window;
	if (shape->time == BUCKETS) {
		window.first = divide_up(filter->from_ns, bucket_ns);
		if (filter->cap_ns != CAPTURE_NIL)
			window.end = divide_up(filter->cap_ns, bucket_ns);
		return window;
	}
	/* rows of states hold on: those before the window are needed in it */
	window.first = shape->time == DIFFERENCES ? filter->from_ns : 0;
	window.end = filter->cap_ns;
	return window;
}

static bool has_window(const struct view_filter *filter)
{
	return filter->from_ns || filter->cap_ns != CAPTURE_NIL;
}

static bool in_window(const struct window *window, uint64_t at)
{
	/* written so that an open end holds every time */
	return at >= window->first && (at < window->end || window->end == CAPTURE_NIL);
}

/* In one pass nobody is chosen; the tasks are not even shaped yet. */
static bool is_everybody(const struct view_filter *filter)
{
	return filter->collect || filter->all_rows || filter->tasks->all_selected;
}

/* ---- the passing of whole batches, which is the common case ---- */

/* False when a row names a task that the file does not know. */
static bool are_all_known(const struct view_filter *filter, const uint64_t *tasks, size_t rows)
{
	size_t count = view_tasks_count(filter->tasks);
	size_t unknown = 0;

	for (size_t i = 0; i < rows; i++)
		unknown += tasks[i] >= count && tasks[i] != CAPTURE_NIL;
	return !unknown;
}

static bool are_all_in_window(const struct window *window, const uint64_t *at, size_t rows)
{
	size_t outside = 0;

	for (size_t i = 0; i < rows; i++)
		outside += !in_window(window, at[i]);
	return !outside;
}

static bool can_pass_whole(const struct view_filter *filter, const struct capture_batch *batch,
			   const struct window *window)
{
	const struct shape *shape = &shapes[batch->table];
	bool all_tasks = is_everybody(filter);

	if (shape->task != NO_COLUMN &&
	    (!all_tasks || !filter->tasks->same_numbers ||
	     !are_all_known(filter, batch->columns[shape->task], batch->rows)))
		return false;
	if (shape->next != NO_COLUMN &&
	    !are_all_known(filter, batch->columns[shape->next], batch->rows))
		return false;
	if (!has_window(filter) || shape->time == NO_TIME)
		return true;
	return shape->time != DIFFERENCES &&
	       are_all_in_window(window, batch->columns[shape->at], batch->rows);
}

/* ---- row by row ---- */

struct pass {
	struct view_filter *filter;
	const struct capture_batch *from;
	const struct shape *shape;
	struct window window;
	uint64_t at;	  /* of the row, for tables of differences */
	uint64_t last_at; /* of the last row kept: what the next difference starts from */
	struct capture_batch to;
};

static uint64_t shown_number(const struct view_filter *filter, uint64_t file_task)
{
	uint32_t shown;

	if (file_task == CAPTURE_NIL)
		return CAPTURE_NIL;
	shown = view_tasks_shown(filter->tasks, file_task);
	return shown == VIEW_NO_TASK ? CAPTURE_NIL : shown;
}

static bool is_wanted(const struct view_filter *filter, uint64_t task)
{
	if (is_everybody(filter))
		return true;
	return task != CAPTURE_NIL && filter->tasks->shown[task].selected;
}

static int push_kept(struct pass *pass)
{
	struct capture_sink *next = pass->filter->next;
	int error = pass->to.rows ? next->batch(next, &pass->to) : 0;

	pass->to.rows = 0;
	pass->to.base_ns = pass->last_at;
	return error;
}

static void keep_row(struct pass *pass, size_t row, uint64_t task, uint64_t next)
{
	const struct shape *shape = pass->shape;
	size_t columns = capture_table_info(pass->from->table)->column_count;
	uint64_t(*to)[ROWS_A_PUSH] = pass->filter->room->columns;
	size_t at = pass->to.rows++;

	for (size_t column = 0; column < columns; column++)
		to[column][at] = pass->from->columns[column][row];
	if (shape->task != NO_COLUMN)
		to[shape->task][at] = task;
	if (shape->next != NO_COLUMN)
		to[shape->next][at] = next;
	if (shape->time == DIFFERENCES) {
		to[shape->at][at] = pass->at - pass->last_at;
		pass->last_at = pass->at;
	}
}

static bool take_row(struct pass *pass, size_t row)
{
	const struct shape *shape = pass->shape;
	uint64_t task = CAPTURE_NIL, next = CAPTURE_NIL, at = 0;

	if (shape->time != NO_TIME)
		at = pass->from->columns[shape->at][row];
	if (shape->time == DIFFERENCES)
		at = pass->at += at;
	if (!in_window(&pass->window, at))
		return false;
	if (shape->task != NO_COLUMN)
		task = shown_number(pass->filter, pass->from->columns[shape->task][row]);
	if (shape->next != NO_COLUMN)
		next = shown_number(pass->filter, pass->from->columns[shape->next][row]);
	if (shape->task != NO_COLUMN && !is_wanted(pass->filter, task) &&
	    !(pass->from->table == CAPTURE_SWITCHES && is_wanted(pass->filter, next)))
		return false;
	keep_row(pass, row, task, next);
	return true;
}

static int pass_rows(struct view_filter *filter, const struct capture_batch *batch,
		     const struct window *window)
{
	struct pass pass = {
		.filter = filter,
		.from = batch,
		.shape = &shapes[batch->table],
		.window = *window,
		.at = batch->base_ns,
		.last_at = batch->base_ns,
		.to = *batch,
	};
	int error = 0;

	if (!filter->room)
		filter->room = malloc(sizeof(*filter->room));
	if (!filter->room)
		return -ENOMEM;
	for (size_t column = 0; column < CAPTURE_COLUMNS_MAX; column++)
		pass.to.columns[column] = filter->room->columns[column];
	pass.to.rows = 0;
	for (size_t row = 0; row < batch->rows && !error; row++)
		if (take_row(&pass, row) && pass.to.rows == ROWS_A_PUSH)
			error = push_kept(&pass);
	return error ? error : push_kept(&pass);
}

/* ---- the sink ---- */

static uint64_t bucket_start_ns(uint64_t bucket, uint64_t bucket_ns)
{
	uint64_t start_ns;

	return __builtin_mul_overflow(bucket, bucket_ns, &start_ns) ? UINT64_MAX : start_ns;
}

/* Widens what is covered by the buckets of this batch that lie in the window. */
static void cover(struct view_filter *filter, const struct capture_batch *batch,
		  const struct window *window)
{
	const uint64_t *buckets = batch->columns[0];
	uint64_t first = UINT64_MAX, last = 0;

	for (size_t i = 0; i < batch->rows; i++) {
		uint64_t bucket = buckets[i];
		bool in = in_window(window, bucket);

		first = in && bucket < first ? bucket : first;
		last = in && bucket > last ? bucket : last;
	}
	if (first > last)
		return;
	first = bucket_start_ns(first, batch->bucket_ns);
	last = bucket_start_ns(last + 1, batch->bucket_ns);
	if (first < filter->covered_from_ns)
		filter->covered_from_ns = first;
	if (last > filter->covered_to_ns)
		filter->covered_to_ns = last;
}

static struct view_filter *filter_of(struct capture_sink *sink)
{
	return (struct view_filter *)sink;
}

static int filter_header(struct capture_sink *sink, const struct capture_header *header)
{
	struct view_filter *filter = filter_of(sink);
	int error = filter->next->header(filter->next, header);

	if (error || !filter->push_tasks)
		return error;
	return view_tasks_push(filter->tasks, filter->all_rows, filter->next);
}

static int filter_batch(struct capture_sink *sink, const struct capture_batch *batch)
{
	struct view_filter *filter = filter_of(sink);
	struct window window = window_of(filter, batch);
	int error = 0;

	if (filter->collect && batch->table == CAPTURE_TASKS)
		error = view_tasks_collect(filter->collect, batch);
	if (error)
		return error;
	if (has_window(filter) && shapes[batch->table].time == BUCKETS)
		cover(filter, batch, &window);
	if (can_pass_whole(filter, batch, &window))
		return filter->next->batch(filter->next, batch);
	return pass_rows(filter, batch, &window);
}

static int filter_end(struct capture_sink *sink, const struct capture_end *end)
{
	struct capture_sink *next = filter_of(sink)->next;

	return next->end(next, end);
}

void view_filter_init(struct view_filter *filter, const struct view_tasks *tasks,
		      struct capture_sink *next)
{
	*filter = (struct view_filter){
		.sink = { .header = filter_header, .batch = filter_batch, .end = filter_end },
		.next = next,
		.tasks = tasks,
		.cap_ns = CAPTURE_NIL,
		.covered_from_ns = CAPTURE_NIL,
	};
}

void view_filter_free(struct view_filter *filter)
{
	free(filter->room);
	filter->room = NULL;
}
