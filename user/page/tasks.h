/* SPDX-License-Identifier: Apache-2.0 */
/* Who is who: the tasks and their names, as two blocks. */
#ifndef PAGE_TASKS_H
#define PAGE_TASKS_H

#include "page/block.h"
#include "view/view.h"

/*
 * The view's selected tasks as columns (task, tid, tgid, vcpu, start_ns, end_ns, name, comm, kind,
 * vm, cgroup: the last five are numbers of strings), and the strings (length, bytes).
 */
int page_tasks(const struct view *view, struct page_block *tasks, struct page_block *strings);

#endif
