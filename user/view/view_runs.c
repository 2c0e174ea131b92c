/* SPDX-License-Identifier: Apache-2.0 */
#include "view/view_runs.h"

#include "base/array.h"
#include "base/string_pool.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void view_runs_free(struct view_runs *runs)
{
	for (size_t i = 0; i < runs->name_count; i++)
		free(runs->names[i].tasks);
	for (size_t run = 0; runs->name_of && run < runs->count; run++)
		free(runs->name_of[run]);
	free(runs->names);
	free(runs->name_of);
	string_pool_free(runs->pool);
	memset(runs, 0, sizeof(*runs));
}

static int add_name(struct view_runs *runs, uint64_t id, const struct view_task *task)
{
	uint32_t *tasks = calloc(runs->count, sizeof(*tasks));
	int error = tasks ? ARRAY_RESERVE(runs->names, runs->name_capacity, runs->name_count + 1)
			  : -ENOMEM;

	if (error) {
		free(tasks);
		return error;
	}
	runs->names[runs->name_count++] = (struct view_runs_name){
		.name = string_pool_text(runs->pool, id),
		.kind = task->kind,
		.like = task,
		.tasks = tasks,
	};
	return 0;
}

/* Ids of the pool are places in names: both count from 0 in order of first sight. */
static int align_task(struct view_runs *runs, size_t run, const struct view_task *task)
{
	uint64_t id = string_pool_add(runs->pool, task->name);
	int error = 0;

	if (id == STRING_NONE || id >= VIEW_RUNS_NO_NAME)
		return -ENOMEM;
	if (id == runs->name_count)
		error = add_name(runs, id, task);
	if (error)
		return error;
	runs->names[id].tasks[run] += (uint32_t)task->members;
	runs->name_of[run][task->task] = (uint32_t)id;
	return 0;
}

static int align_run(struct view_runs *runs, size_t run)
{
	const struct view *view = runs->views[run];
	size_t count = view_task_count(view);
	int error = 0;

	runs->name_of[run] = malloc((count + 1) * sizeof(**runs->name_of));
	if (!runs->name_of[run])
		return -ENOMEM;
	for (size_t i = 0; i < count && !error; i++) {
		const struct view_task *task = view_task(view, i);

		runs->name_of[run][i] = VIEW_RUNS_NO_NAME;
		if (task->selected)
			error = align_task(runs, run, task);
	}
	return error;
}

int view_runs_align(struct view_runs *runs, struct view *const *views, size_t count)
{
	int error;

	*runs = (struct view_runs){
		.count = count,
		.views = views,
		.name_of = calloc(count + 1, sizeof(*runs->name_of)),
		.pool = string_pool_new(),
	};
	error = runs->name_of && runs->pool ? 0 : -ENOMEM;
	for (size_t run = 0; run < count && !error; run++)
		error = align_run(runs, run);
	if (error)
		view_runs_free(runs);
	return error;
}

uint32_t view_runs_name_of(const struct view_runs *runs, size_t run, uint64_t task)
{
	return task < view_task_count(runs->views[run]) ? runs->name_of[run][task]
							: VIEW_RUNS_NO_NAME;
}
