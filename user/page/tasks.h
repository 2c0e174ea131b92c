/* SPDX-License-Identifier: Apache-2.0 */
/* Who is who: the tasks and their names, as two blocks. */
#ifndef PAGE_TASKS_H
#define PAGE_TASKS_H

#include "page/block.h"
#include "view/view_runs.h"

/*
 * The view's selected tasks as columns (task, tid, tgid, vcpu, start_ns, end_ns, name, comm, kind,
 * vm, cgroup: the last five are numbers of strings), and the strings (length, bytes).
 */
int page_tasks(const struct view *view, struct page_block *tasks, struct page_block *strings);

/*
 * The same of runs that were laid side by side, numbered by their names' places: what tasks of one
 * name need not share (tids, start, end) is not known.
 */
int page_tasks_aligned(const struct view_runs *aligned, struct page_block *tasks,
		       struct page_block *strings);

#endif
