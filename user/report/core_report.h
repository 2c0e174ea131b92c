/* SPDX-License-Identifier: Apache-2.0 */
/* The table of cores: busy, idle, unknown, offline. */
#ifndef REPORT_CORE_REPORT_H
#define REPORT_CORE_REPORT_H

#include "chart/core_stats.h"
#include "report/report_table.h"

extern const struct report_column core_stats_columns[];
extern const size_t core_stats_column_count;

/* Cores in ascending order and a total; columns that are zero everywhere are hidden from people,
   idle and busy excepted. 0 or -ENOMEM. */
int core_stats_fill(struct report_table *table, const struct core_stats *stats);

#endif
