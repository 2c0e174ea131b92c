/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_SUCCESSOR_REPORT_H
#define REPORT_SUCCESSOR_REPORT_H

#include "chart/successor_stats.h"
#include "report/report_table.h"

extern const struct report_column successor_columns[];
extern const size_t successor_column_count;
/* The column to sort by when none is asked for: those who came most often first. */
extern const size_t successor_sort;

/* A row a successor, and a total. 0 or -ENOMEM. */
int successor_fill(struct report_table *table, const struct successor_stats *stats);

#endif
