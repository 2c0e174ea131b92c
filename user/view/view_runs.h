/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Several captures side by side. Tasks are the same when their names are (tids differ from run to
 * run); tasks of one run that share a name are taken together.
 */
#ifndef VIEW_VIEW_RUNS_H
#define VIEW_VIEW_RUNS_H

#include "view/view.h"

#define VIEW_RUNS_NO_NAME UINT32_MAX

struct view_runs_name {
	const char *name;	      /* as the views show it */
	const char *kind;	      /* of the first task of this name */
	const struct view_task *like; /* the first task of this name */
	uint32_t *tasks; /* by run: how many selected tasks have this name; 0: not in this run */
};

struct view_runs {
	size_t count;
	struct view *const *views;    /* borrowed */
	struct view_runs_name *names; /* in order of first sight */
	size_t name_count;
	size_t name_capacity;
	uint32_t **name_of; /* by run and task of its view: the name's place, or NO_NAME */
	struct string_pool *pool;
};

/*
 * Aligns the tasks of views that know theirs already (not one_pass), which must outlive it. Tasks
 * that are not selected have no name here. 0 or -ENOMEM.
 */
int view_runs_align(struct view_runs *runs, struct view *const *views, size_t count);
/* Zero bytes are an empty one. */
void view_runs_free(struct view_runs *runs);

/* The place of the name of this run's task, or VIEW_RUNS_NO_NAME. */
uint32_t view_runs_name_of(const struct view_runs *runs, size_t run, uint64_t task);

#endif
