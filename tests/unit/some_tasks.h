/* SPDX-License-Identifier: Apache-2.0 */
/* A handful of tasks as a file would bring them. */
#ifndef UNIT_SOME_TASKS_H
#define UNIT_SOME_TASKS_H

#include "view/view_tasks.h"

struct some_tasks {
	struct string_pool *strings;
	struct view_tasks tasks;
};

struct some_tasks *some_tasks_new(void);
void some_tasks_free(struct some_tasks *some);

/* Adds a row of the table `tasks`; `name` may be NULL. The kernel's counters are tid, tid + 1 ... */
void some_tasks_add(struct some_tasks *some, uint64_t task, uint64_t tid, const char *comm,
		    const char *name, const char *kind);

/* Shapes with these options and selects options->task. */
void some_tasks_shape(struct some_tasks *some, const struct view_options *options);

#endif
