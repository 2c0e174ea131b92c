/* SPDX-License-Identifier: Apache-2.0 */
/* Which tasks of a capture the rows of a mapping file name. */
#ifndef VIEW_VIEW_RENAME_H
#define VIEW_VIEW_RENAME_H

#include "names/map.h"
#include "view/view_tasks.h"

/*
 * Gives the collected tasks the names of `map` (borrowed as long as the tasks), before they are shaped.
 * A row of a mapping has the tid only: when several tasks had it one after the other, the one that
 * was there longest gets the name. zero_ns is the capture's zero on CLOCK_MONOTONIC, end_ns its length.
 * 0 or -ENOMEM.
 */
int view_rename(struct view_tasks *tasks, const struct names_map *map, uint64_t zero_ns,
		uint64_t end_ns);

/* The name that a task of the file has got; false: none. */
bool view_rename_of(const struct view_tasks *tasks, uint64_t file_task, struct task_name *name);

#endif
