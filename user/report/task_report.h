/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of tasks: who there is (list), what they did (stats). */
#ifndef REPORT_TASK_REPORT_H
#define REPORT_TASK_REPORT_H

#include "chart/task_stats.h"
#include "report/report_table.h"
#include "view/view.h"

extern const struct report_column task_list_columns[];
extern const size_t task_list_column_count;
extern const struct report_column task_stats_columns[];
extern const size_t task_stats_column_count;

/* What the tables are sorted by unless asked otherwise: switches, run time. */
extern const size_t task_list_sort;
extern const size_t task_stats_sort;

/* All selected tasks. 0 or -ENOMEM. Texts belong to the view. */
int task_list_fill(struct report_table *table, const struct view *view,
		   const struct task_stats *stats);

/* What shares are shares of. */
struct task_report_window {
	uint64_t length_ns; /* of the window */
	size_t cores;
};

/*
 * The selected tasks that ran or waited in the window, and a total without idle and unknown time;
 * percentiles are hidden from people where no cells were read. 0 or -ENOMEM.
 */
int task_stats_fill(struct report_table *table, const struct view *view,
		    const struct task_stats *stats, const struct task_report_window *window);

/* True for the tasks that stand for a core's idle or unknown time. */
bool task_report_is_nobody(const struct view_task *task);

/* Takes idle and unknown out of the rows: the table of cores tells these. */
void task_stats_leave_out_nobody(struct report_table *table);

#endif
