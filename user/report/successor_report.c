/* SPDX-License-Identifier: Apache-2.0 */
#include "report/successor_report.h"

#include "base/array.h"

#include <errno.h>
#include <math.h>

enum successor_column {
	SUCCESSOR_TASK,
	SUCCESSOR_TID,
	SUCCESSOR_COUNT,
	SUCCESSOR_PERCENT,
	SUCCESSOR_NAME,
	SUCCESSOR_COLUMNS,
};

const struct report_column successor_columns[] = {
	[SUCCESSOR_TASK] = { "next", NULL, REPORT_COUNT },
	[SUCCESSOR_TID] = { "next_tid", "TID", REPORT_COUNT },
	[SUCCESSOR_COUNT] = { "count", "COUNT", REPORT_COUNT },
	[SUCCESSOR_PERCENT] = { "percent", "SHARE", REPORT_PERCENT },
	[SUCCESSOR_NAME] = { "next_name", "NEXT", REPORT_NAME },
};
const size_t successor_column_count = ARRAY_LENGTH(successor_columns);
const size_t successor_sort = SUCCESSOR_COUNT;
_Static_assert(ARRAY_LENGTH(successor_columns) == SUCCESSOR_COLUMNS, "successor columns");

static void fill_row(union report_value *row, const struct successor_stats *stats, uint64_t next,
		     uint64_t count)
{
	const struct view_task *task = view_task(stats->view, next);

	row[SUCCESSOR_TASK].number = task ? task->file_task : CAPTURE_NIL;
	row[SUCCESSOR_TID].number = task ? task->tid : CAPTURE_NIL;
	row[SUCCESSOR_COUNT].number = count;
	row[SUCCESSOR_PERCENT].percent =
		stats->total ? 100.0 * (double)count / (double)stats->total : NAN;
	row[SUCCESSOR_NAME].text = task ? task->name : NULL;
}

int successor_fill(struct report_table *table, const struct successor_stats *stats)
{
	union report_value *row;

	for (size_t i = 0; i < stats->count; i++) {
		row = report_table_add(table);
		if (!row)
			return -ENOMEM;
		fill_row(row, stats, stats->rows[i].next, stats->rows[i].count);
	}
	row = report_table_total(table);
	if (!row)
		return -ENOMEM;
	fill_row(row, stats, CAPTURE_NIL, stats->total);
	return 0;
}
