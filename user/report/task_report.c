/* SPDX-License-Identifier: Apache-2.0 */
#include "report/task_report.h"

#include "base/array.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- list ---- */

enum list_column {
	LIST_TASK,
	LIST_TID,
	LIST_TGID,
	LIST_KIND,
	LIST_SWITCHES,
	LIST_RUN_NS,
	LIST_NAME,
	LIST_MEMBERS,
	LIST_COMM,
	LIST_VM,
	LIST_VCPU,
	LIST_CGROUP,
	LIST_UNIT,
	LIST_START_NS,
	LIST_END_NS,
	LIST_COLUMNS,
};

const struct report_column task_list_columns[] = {
	[LIST_TASK] = { "task", NULL, REPORT_COUNT },
	[LIST_TID] = { "tid", "TID", REPORT_COUNT },
	[LIST_TGID] = { "tgid", "TGID", REPORT_COUNT },
	[LIST_KIND] = { "kind", "KIND", REPORT_TEXT },
	[LIST_SWITCHES] = { "switches", "SWITCHES", REPORT_COUNT },
	[LIST_RUN_NS] = { "run_ns", "RUN", REPORT_LENGTH_NS },
	[LIST_NAME] = { "name", "NAME", REPORT_NAME },
	[LIST_MEMBERS] = { "members", "TASKS", REPORT_COUNT },
	[LIST_COMM] = { "comm", NULL, REPORT_TEXT },
	[LIST_VM] = { "vm", "VM", REPORT_NAME },
	[LIST_VCPU] = { "vcpu", "VCPU", REPORT_COUNT },
	[LIST_CGROUP] = { "cgroup", "CGROUP", REPORT_TEXT },
	[LIST_UNIT] = { "unit", NULL, REPORT_TEXT },
	[LIST_START_NS] = { "start_ns", NULL, REPORT_COUNT },
	[LIST_END_NS] = { "end_ns", NULL, REPORT_COUNT },
};
const size_t task_list_sort = LIST_SWITCHES;
const size_t task_list_column_count = ARRAY_LENGTH(task_list_columns);
_Static_assert(ARRAY_LENGTH(task_list_columns) == LIST_COLUMNS, "list columns");

/* Where switches were not recorded nobody knows of any, which is not none. */
static bool knows_switches(const struct view *view)
{
	return capture_words_have(&view_header(view)->recorded, "sched");
}

static void fill_list_row(union report_value *row, const struct view_task *task,
			  const struct task_stats_row *sums)
{
	row[LIST_TASK].number = task->file_task;
	row[LIST_TID].number = task->tid;
	row[LIST_TGID].number = task->tgid;
	row[LIST_KIND].text = task->kind;
	row[LIST_SWITCHES].number = sums->switches;
	row[LIST_RUN_NS].number = sums->run_ns;
	row[LIST_NAME].text = task->name;
	row[LIST_MEMBERS].number = task->members;
	row[LIST_COMM].text = task->comm;
	row[LIST_VM].text = task->vm;
	row[LIST_VCPU].number = task->vcpu;
	row[LIST_CGROUP].text = task->cgroup;
	row[LIST_UNIT].text = task->unit;
	row[LIST_START_NS].number = task->start_ns;
	row[LIST_END_NS].number = task->end_ns;
}

int task_list_fill(struct report_table *table, const struct view *view,
		   const struct task_stats *stats)
{
	bool any_vm = false, any_vcpu = false, any_merged = false;

	for (size_t i = 0; i < view_task_count(view); i++) {
		const struct view_task *task = view_task(view, i);
		union report_value *row;

		if (!task->selected)
			continue;
		row = report_table_add(table);
		if (!row)
			return -ENOMEM;
		fill_list_row(row, task, task_stats_of(stats, i));
		if (!knows_switches(view))
			row[LIST_SWITCHES].number = row[LIST_RUN_NS].number = CAPTURE_NIL;
		any_vm = any_vm || task->vm;
		any_vcpu = any_vcpu || task->vcpu != CAPTURE_NIL;
		any_merged = any_merged || task->members > 1;
	}
	if (!any_merged)
		table->hidden |= 1ULL << LIST_MEMBERS;
	if (!any_vm)
		table->hidden |= 1ULL << LIST_VM;
	if (!any_vcpu)
		table->hidden |= 1ULL << LIST_VCPU;
	return 0;
}

/* ---- stats ---- */

enum stats_column {
	STATS_TASK,
	STATS_NAME,
	STATS_MEMBERS,
	STATS_TID,
	STATS_KIND,
	STATS_RUN_NS,
	STATS_CORE_PERCENT,
	STATS_ALL_PERCENT,
	STATS_SWITCHES,
	STATS_VOLUNTARY,
	STATS_INVOLUNTARY,
	STATS_MIGRATIONS,
	STATS_WAIT_NS,
	STATS_WAIT_AVERAGE_NS,
	STATS_WAIT_MAX_NS,
	STATS_WAIT_MAX_AT_NS,
	STATS_RUN_P50_NS, /* percentiles: in the order of enum task_stats_length */
	STATS_RUN_P99_NS,
	STATS_SLEEP_P50_NS,
	STATS_SLEEP_P99_NS,
	STATS_WAIT_P50_NS,
	STATS_WAIT_P99_NS,
	STATS_COLUMNS,
};

const struct report_column task_stats_columns[] = {
	[STATS_TASK] = { "task", NULL, REPORT_COUNT },
	[STATS_NAME] = { "name", "TASK", REPORT_NAME },
	[STATS_MEMBERS] = { "members", "TASKS", REPORT_COUNT },
	[STATS_TID] = { "tid", "TID", REPORT_COUNT },
	[STATS_KIND] = { "kind", NULL, REPORT_TEXT },
	[STATS_RUN_NS] = { "run_ns", "RUN", REPORT_LENGTH_NS },
	[STATS_CORE_PERCENT] = { "core_percent", "CORE", REPORT_PERCENT },
	[STATS_ALL_PERCENT] = { "all_percent", "ALL", REPORT_PERCENT },
	[STATS_SWITCHES] = { "switches", "SWITCHES", REPORT_COUNT },
	[STATS_VOLUNTARY] = { "voluntary", "VOLUN", REPORT_COUNT },
	[STATS_INVOLUNTARY] = { "involuntary", "INVOL", REPORT_COUNT },
	[STATS_MIGRATIONS] = { "migrations", "MIGR", REPORT_COUNT },
	[STATS_WAIT_NS] = { "wait_ns", NULL, REPORT_LENGTH_NS },
	[STATS_WAIT_AVERAGE_NS] = { "wait_avg_ns", "AVG WAIT", REPORT_LENGTH_NS },
	[STATS_WAIT_MAX_NS] = { "wait_max_ns", "MAX WAIT", REPORT_LENGTH_NS },
	[STATS_WAIT_MAX_AT_NS] = { "wait_max_at_ns", "MAX AT", REPORT_AT_NS },
	[STATS_RUN_P50_NS] = { "run_p50_ns", "RUN p50", REPORT_LENGTH_NS },
	[STATS_RUN_P99_NS] = { "run_p99_ns", "RUN p99", REPORT_LENGTH_NS },
	[STATS_SLEEP_P50_NS] = { "sleep_p50_ns", "SLEEP p50", REPORT_LENGTH_NS },
	[STATS_SLEEP_P99_NS] = { "sleep_p99_ns", "SLEEP p99", REPORT_LENGTH_NS },
	[STATS_WAIT_P50_NS] = { "wait_p50_ns", "WAIT p50", REPORT_LENGTH_NS },
	[STATS_WAIT_P99_NS] = { "wait_p99_ns", "WAIT p99", REPORT_LENGTH_NS },
};
const size_t task_stats_sort = STATS_RUN_NS;
const size_t task_stats_column_count = ARRAY_LENGTH(task_stats_columns);
_Static_assert(ARRAY_LENGTH(task_stats_columns) == STATS_COLUMNS, "stats columns");

bool task_report_is_nobody(const struct view_task *task)
{
	return strcmp(task->kind, "idle") == 0 || strcmp(task->kind, "unknown") == 0;
}

static double percent(uint64_t part, double whole)
{
	return whole > 0 ? 100.0 * (double)part / whole : NAN;
}

static void fill_sums(union report_value *row, const struct task_stats_row *sums,
		      const struct task_report_window *window)
{
	double length_ns = (double)window->length_ns;

	row[STATS_RUN_NS].number = sums->run_ns;
	row[STATS_CORE_PERCENT].percent = percent(sums->run_ns, length_ns);
	row[STATS_ALL_PERCENT].percent = percent(sums->run_ns, length_ns * (double)window->cores);
	row[STATS_SWITCHES].number = sums->switches;
	row[STATS_VOLUNTARY].number = sums->voluntary;
	row[STATS_INVOLUNTARY].number = sums->involuntary;
	row[STATS_MIGRATIONS].number = sums->migrations;
	row[STATS_WAIT_NS].number = sums->wait_ns;
	row[STATS_WAIT_AVERAGE_NS].number = task_stats_wait_average_ns(sums);
	row[STATS_WAIT_MAX_NS].number = sums->wait_max_ns;
	row[STATS_WAIT_MAX_AT_NS].number = sums->wait_max_at_ns;
}

static void fill_percentiles(union report_value *row, const struct task_stats *stats, size_t task)
{
	for (int length = 0; length < TASK_STATS_LENGTHS; length++) {
		row[STATS_RUN_P50_NS + 2 * length].number =
			task_stats_percentile_ns(stats, task, length, 0.50);
		row[STATS_RUN_P50_NS + 2 * length + 1].number =
			task_stats_percentile_ns(stats, task, length, 0.99);
	}
}

static void forget_sums(union report_value *row)
{
	row[STATS_CORE_PERCENT].percent = row[STATS_ALL_PERCENT].percent = NAN;
	row[STATS_RUN_NS].number = row[STATS_SWITCHES].number = CAPTURE_NIL;
	row[STATS_VOLUNTARY].number = row[STATS_INVOLUNTARY].number = CAPTURE_NIL;
	row[STATS_MIGRATIONS].number = CAPTURE_NIL;
}

static int fill_total(struct report_table *table, const struct view *view,
		      const struct task_stats_row *sums, const struct task_report_window *window)
{
	union report_value *total = report_table_total(table);

	if (!total)
		return -ENOMEM;
	fill_sums(total, sums, window);
	total[STATS_NAME].text = "total";
	total[STATS_TASK].number = total[STATS_TID].number = CAPTURE_NIL;
	total[STATS_MEMBERS].number = CAPTURE_NIL;
	for (size_t column = STATS_RUN_P50_NS; column < STATS_COLUMNS; column++)
		total[column].number = CAPTURE_NIL;
	if (!knows_switches(view))
		forget_sums(total);
	return 0;
}

static bool did_nothing(const struct task_stats_row *sums)
{
	return !sums->run_ns && !sums->switches && (!sums->wait_ns || sums->wait_ns == CAPTURE_NIL);
}

int task_stats_fill(struct report_table *table, const struct view *view,
		    const struct task_stats *stats, const struct task_report_window *window)
{
	struct task_stats_row sum = task_stats_none;
	bool any_merged = false;

	for (size_t i = 0; i < view_task_count(view); i++) {
		const struct view_task *task = view_task(view, i);
		const struct task_stats_row *sums = task_stats_of(stats, i);
		union report_value *row;

		if (!task->selected || did_nothing(sums))
			continue;
		row = report_table_add(table);
		if (!row)
			return -ENOMEM;
		row[STATS_TASK].number = task->file_task;
		row[STATS_NAME].text = task->name;
		row[STATS_MEMBERS].number = task->members;
		row[STATS_TID].number = task->tid;
		row[STATS_KIND].text = task->kind;
		fill_sums(row, sums, window);
		fill_percentiles(row, stats, i);
		any_merged = any_merged || task->members > 1;
		if (!task_report_is_nobody(task))
			task_stats_add(&sum, sums);
	}
	for (size_t column = STATS_RUN_P50_NS; column < STATS_COLUMNS && !stats->length_count;
	     column++)
		table->hidden |= 1ULL << column;
	if (!any_merged)
		table->hidden |= 1ULL << STATS_MEMBERS;
	return fill_total(table, view, &sum, window);
}

void task_stats_leave_out_nobody(struct report_table *table)
{
	size_t kept = 0;

	for (size_t i = 0; i < table->rows; i++) {
		union report_value *row = table->values + i * STATS_COLUMNS;

		if (strcmp(row[STATS_KIND].text, "idle") == 0 ||
		    strcmp(row[STATS_KIND].text, "unknown") == 0)
			continue;
		memmove(table->values + kept * STATS_COLUMNS, row, STATS_COLUMNS * sizeof(*row));
		kept++;
	}
	table->rows = kept;
}
