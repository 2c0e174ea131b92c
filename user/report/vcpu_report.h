/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of vCPUs: their states; their exits, by vCPU, by VM, or all. */
#ifndef REPORT_VCPU_REPORT_H
#define REPORT_VCPU_REPORT_H

#include "chart/exit_stats.h"
#include "chart/vcpu_stats.h"
#include "report/report_table.h"
#include "view/view.h"

extern const struct report_column vcpu_report_columns[];
extern const size_t vcpu_report_column_count;
extern const struct report_column exit_report_columns[];
extern const size_t exit_report_column_count;

/* What the tables are sorted by unless asked otherwise: VM and vCPU, and the number of exits. */
extern const size_t vcpu_report_sort;
extern const size_t exit_report_sort;

/* The selected vCPUs that have rows in the window, and a total. 0 or -ENOMEM; texts belong to the
   view, as below. */
int vcpu_report_fill(struct report_table *table, const struct view *view,
		     const struct vcpu_stats *states, const struct exit_stats *exits);

enum exit_report_by { EXIT_REPORT_ALL, EXIT_REPORT_VM, EXIT_REPORT_VCPU, EXIT_REPORT_BYS };

/*
 * Exits of the selected vCPUs by kind, as `perf kvm stat report` has them: groups one after the
 * other, sorted within; shares are of the group. A VM is told by its name, or by its process.
 */
int exit_report_fill(struct report_table *table, const struct view *view,
		     const struct exit_stats *stats, enum exit_report_by by, size_t sort);

#endif
