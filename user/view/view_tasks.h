/* SPDX-License-Identifier: Apache-2.0 */
/* The tasks of a capture: first collected as the file has them, then shaped as the view shows. */
#ifndef VIEW_VIEW_TASKS_H
#define VIEW_VIEW_TASKS_H

#include "base/number_map.h"
#include "view/view.h"

struct names_map;
struct string_pool;

/* No task of the view has this number. */
#define VIEW_NO_TASK UINT32_MAX

struct view_tasks {
	/* as the file has them, in order of first sight: TASKS_COLUMNS numbers a row */
	uint64_t *rows;
	size_t row_count;
	size_t row_capacity;		   /* numbers */
	size_t dense;			   /* file numbers below this are places in rows */
	struct number_map places;	   /* of the other file numbers */
	const struct string_pool *strings; /* borrowed: the rows' strings */

	/* names that replace the file's, by place: entries of map, or NUMBER_MAP_NONE */
	const struct names_map *map; /* borrowed; NULL: none */
	uint32_t *map_entries;
	size_t unmatched; /* entries that name no task here */

	/* as the view shows them */
	struct view_task *shown;
	size_t shown_count;
	uint32_t *shown_of; /* place in rows -> place in shown */
	bool all_selected;
	bool same_numbers; /* file and view number all tasks alike */
	struct string_pool *names;
};

/* Zero bytes are an empty set. */
void view_tasks_free(struct view_tasks *tasks);

/* Numbers of the view are below this. */
size_t view_tasks_count(const struct view_tasks *tasks);

/* Takes rows of the table `tasks`; a later row with the same task replaces. 0 or -ENOMEM. */
int view_tasks_collect(struct view_tasks *tasks, const struct capture_batch *batch);

/* A task's place in rows, or NUMBER_MAP_NONE. */
uint32_t view_tasks_place(const struct view_tasks *tasks, uint64_t file_task);

/* Makes shown from rows; nothing is selected yet. 0 or -ENOMEM. */
int view_tasks_shape(struct view_tasks *tasks, const struct view_options *options);

/* The view's number for a task of the file, or VIEW_NO_TASK; before shaping, as nothing merges. */
uint32_t view_tasks_shown(const struct view_tasks *tasks, uint64_t file_task);

/*
 * Pushes the selected tasks (or all) as rows of the table `tasks` with the view's numbers: one row a
 * task, as it was known last; the counters of merged tasks are added up. 0, -ENOMEM or the sink's
 * error.
 */
int view_tasks_push(const struct view_tasks *tasks, bool all, struct capture_sink *sink);

#endif
