/* SPDX-License-Identifier: Apache-2.0 */
#include "view/view.h"

#include "view/view_filter.h"
#include "view/view_rename.h"
#include "view/view_select.h"
#include "view/view_tasks.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct view {
	struct cdict_reader *reader;
	struct view_options options;
	struct view_tasks tasks;
	struct cdict_summary summary;
	bool one_pass;
	uint64_t from_ns;
	uint64_t to_ns;
	uint64_t covered_from_ns;
	uint64_t covered_to_ns;
};

/* ---- opening: the first pass, for the tasks ---- */

struct collector {
	struct capture_sink sink;
	struct view_tasks *tasks;
};

static int collect_header(struct capture_sink *sink, const struct capture_header *header)
{
	(void)sink;
	(void)header;
	return 0;
}

static int collect_batch(struct capture_sink *sink, const struct capture_batch *batch)
{
	struct collector *collector = (struct collector *)sink;

	return batch->table == CAPTURE_TASKS ? view_tasks_collect(collector->tasks, batch) : 0;
}

static int collect_end(struct capture_sink *sink, const struct capture_end *end)
{
	(void)sink;
	(void)end;
	return 0;
}

static int read_tasks(struct view *view, char message[CDICT_MESSAGE_BYTES])
{
	struct collector collector = {
		.sink = { .header = collect_header, .batch = collect_batch, .end = collect_end },
		.tasks = &view->tasks,
	};

	return cdict_read(view->reader, 1u << CAPTURE_TASKS, &collector.sink, &view->summary,
			  message);
}

static uint64_t end_of_capture_ns(const struct view *view)
{
	return view->summary.end ? view->summary.end->duration_ns : view->summary.last_at_ns;
}

/* What the tasks and the file's end tell, once they are read. */
static int settle(struct view *view, char message[CDICT_MESSAGE_BYTES])
{
	uint64_t end_ns = end_of_capture_ns(view);
	int error = 0;

	if (view->options.map)
		error = view_rename(&view->tasks, view->options.map,
				    view_header(view)->monotonic_ns, end_ns);
	if (!error)
		error = view_tasks_shape(&view->tasks, &view->options);
	if (!error)
		error = view_select(&view->tasks, view->options.task, view->options.task_word,
				    message);
	view->to_ns = view->options.cap_ns < end_ns ? view->options.cap_ns : end_ns;
	if (view->to_ns < view->from_ns)
		view->to_ns = view->from_ns;
	view->covered_from_ns = view->from_ns;
	view->covered_to_ns = view->to_ns;
	return error;
}

/* A message for errors that the reader has no words for. */
static void say_error(const struct view *view, int error, char message[CDICT_MESSAGE_BYTES])
{
	if (!message[0])
		snprintf(message, CDICT_MESSAGE_BYTES, "%.300s: %s", cdict_path(view->reader),
			 error == -ENOMEM ? "not enough memory for its tasks" : strerror(-error));
}

static int load(struct view *view, char message[CDICT_MESSAGE_BYTES])
{
	int error = read_tasks(view, message);

	if (!error)
		error = settle(view, message);
	if (error)
		say_error(view, error, message);
	return error;
}

int view_open_reader(struct cdict_reader *reader, const struct view_options *options,
		     struct view **result, char message[CDICT_MESSAGE_BYTES])
{
	struct view *view = calloc(1, sizeof(*view));
	int error = 0;

	message[0] = '\0';
	*result = NULL;
	if (!view) {
		names_map_free(options->map);
		cdict_reader_free(reader);
		snprintf(message, CDICT_MESSAGE_BYTES, "not enough memory");
		return -ENOMEM;
	}
	view->reader = reader;
	view->options = *options;
	view->from_ns = options->from_ns;
	view->one_pass = options->one_pass && !options->task && !options->merge_sys_tasks &&
			 !options->merge_names;
	if (!view->one_pass)
		error = load(view, message);
	if (error)
		view_free(view);
	else
		*result = view;
	return error;
}

int view_open(const char *path, const struct view_options *options, struct view **result,
	      char message[CDICT_MESSAGE_BYTES])
{
	struct cdict_reader *reader;
	int error = cdict_open(path, &reader, message);

	*result = NULL;
	if (error) {
		names_map_free(options->map);
		return error;
	}
	return view_open_reader(reader, options, result, message);
}

bool view_is_one_pass(const struct view *view)
{
	return view->one_pass;
}

void view_free(struct view *view)
{
	if (!view)
		return;
	view_tasks_free(&view->tasks);
	names_map_free(view->options.map);
	cdict_reader_free(view->reader);
	free(view);
}

/* ---- what is known then ---- */

const char *view_path(const struct view *view)
{
	return cdict_path(view->reader);
}

const struct capture_header *view_header(const struct view *view)
{
	return cdict_header(view->reader);
}

const struct capture_cpu *view_cpus(const struct view *view, size_t *count)
{
	const struct capture_header *header = view_header(view);

	*count = header->cpu_count;
	return header->cpus;
}

size_t view_task_count(const struct view *view)
{
	return view->tasks.shown_count;
}

const struct view_task *view_task(const struct view *view, uint64_t task)
{
	return task < view->tasks.shown_count ? &view->tasks.shown[task] : NULL;
}

bool view_any_selected(const struct view *view)
{
	for (size_t i = 0; i < view->tasks.shown_count; i++)
		if (view->tasks.shown[i].selected)
			return true;
	return false;
}

void view_map_counts(const struct view *view, size_t *rows, size_t *unmatched)
{
	*rows = view->options.map ? names_map_count(view->options.map) : 0;
	*unmatched = view->tasks.unmatched;
}

uint64_t view_from_ns(const struct view *view)
{
	return view->from_ns;
}

uint64_t view_to_ns(const struct view *view)
{
	return view->to_ns;
}

void view_covered(const struct view *view, uint64_t *from_ns, uint64_t *to_ns)
{
	*from_ns = view->covered_from_ns;
	*to_ns = view->covered_to_ns;
}

const struct cdict_summary *view_summary(const struct view *view)
{
	return &view->summary;
}

/* ---- reading: the second pass ---- */

/* What the buckets in the window cover, kept within the capture. */
static void set_covered(struct view *view, const struct view_filter *filter)
{
	uint64_t end_ns = end_of_capture_ns(view);

	if (!view->from_ns && view->options.cap_ns == CAPTURE_NIL)
		return;
	view->covered_from_ns = view->covered_to_ns = view->from_ns;
	if (filter->covered_from_ns >= filter->covered_to_ns)
		return;
	view->covered_from_ns = filter->covered_from_ns;
	view->covered_to_ns = filter->covered_to_ns < end_ns ? filter->covered_to_ns : end_ns;
}

static void prepare(struct view *view, unsigned int tables, struct capture_sink *sink,
		    struct view_filter *filter)
{
	view_filter_init(filter, &view->tasks, sink);
	filter->from_ns = view->options.from_ns;
	filter->cap_ns = view->options.cap_ns;
	filter->all_rows = view->options.all_rows;
	if (view->one_pass)
		filter->collect = &view->tasks;
	else
		filter->push_tasks = tables & 1u << CAPTURE_TASKS;
}

int view_read(struct view *view, unsigned int tables, struct capture_sink *sink,
	      char message[CDICT_MESSAGE_BYTES])
{
	const unsigned int tasks = 1u << CAPTURE_TASKS;
	struct cdict_summary summary;
	struct view_filter filter;
	int error;

	message[0] = '\0';
	prepare(view, tables, sink, &filter);
	tables = view->one_pass ? tables | tasks : tables & ~tasks;
	error = cdict_read(view->reader, tables, &filter.sink, &summary, message);
	if (!error && view->one_pass) {
		view->summary = summary;
		error = settle(view, message);
	}
	if (!error)
		set_covered(view, &filter);
	view_filter_free(&filter);
	return error;
}
