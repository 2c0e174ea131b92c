/* SPDX-License-Identifier: Apache-2.0 */
#include "report/vcpu_report.h"

#include "base/array.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

enum column {
	VCPU_TASK,
	VCPU_NAME,
	VCPU_TID,
	VCPU_TGID,
	VCPU_VM,
	VCPU_NUMBER,
	VCPU_TIME_NS,
	VCPU_FIRST_NS,
	VCPU_LAST_NS = VCPU_FIRST_NS + VCPU_STATES - 1,
	VCPU_FIRST_PERCENT,
	VCPU_LAST_PERCENT = VCPU_FIRST_PERCENT + VCPU_STATES - 1,
	VCPU_EXITS,
	VCPU_COLUMNS,
};

const struct report_column vcpu_report_columns[] = {
	[VCPU_TASK] = { "task", NULL, REPORT_COUNT },
	[VCPU_NAME] = { "name", "VCPU", REPORT_NAME },
	[VCPU_TID] = { "tid", "TID", REPORT_COUNT },
	[VCPU_TGID] = { "tgid", NULL, REPORT_COUNT },
	[VCPU_VM] = { "vm", "VM", REPORT_NAME },
	[VCPU_NUMBER] = { "vcpu", "NR", REPORT_COUNT },
	[VCPU_TIME_NS] = { "time_ns", "TIME", REPORT_LENGTH_NS },
	[VCPU_FIRST_NS] = { "guest_ns", NULL, REPORT_LENGTH_NS },
	[VCPU_FIRST_NS + VCPU_HOST] = { "host_ns", NULL, REPORT_LENGTH_NS },
	[VCPU_FIRST_NS + VCPU_HALTED] = { "halted_ns", NULL, REPORT_LENGTH_NS },
	[VCPU_FIRST_NS + VCPU_BLOCKED] = { "blocked_ns", NULL, REPORT_LENGTH_NS },
	[VCPU_FIRST_NS + VCPU_WAITING] = { "waiting_ns", NULL, REPORT_LENGTH_NS },
	[VCPU_FIRST_PERCENT] = { "guest_percent", "GUEST", REPORT_PERCENT },
	[VCPU_FIRST_PERCENT + VCPU_HOST] = { "host_percent", "HOST", REPORT_PERCENT },
	[VCPU_FIRST_PERCENT + VCPU_HALTED] = { "halted_percent", "HALTED", REPORT_PERCENT },
	[VCPU_FIRST_PERCENT + VCPU_BLOCKED] = { "blocked_percent", "BLOCKED", REPORT_PERCENT },
	[VCPU_FIRST_PERCENT + VCPU_WAITING] = { "waiting_percent", "WAITING", REPORT_PERCENT },
	[VCPU_EXITS] = { "exits", "EXITS", REPORT_COUNT },
};
const size_t vcpu_report_sort = VCPU_NAME;
const size_t vcpu_report_column_count = ARRAY_LENGTH(vcpu_report_columns);
_Static_assert(ARRAY_LENGTH(vcpu_report_columns) == VCPU_COLUMNS, "vcpu columns");

static double percent(uint64_t part, uint64_t whole)
{
	return whole && part != CAPTURE_NIL ? 100.0 * (double)part / (double)whole : NAN;
}

static void fill_states(union report_value *row, const struct vcpu_stats_row *sums)
{
	uint64_t known_ns = vcpu_stats_known_ns(sums);

	row[VCPU_TIME_NS].number = known_ns;
	for (int state = 0; state < VCPU_STATES; state++) {
		uint64_t ns = sums->seen ? sums->ns[state] : CAPTURE_NIL;

		row[VCPU_FIRST_NS + state].number = ns;
		row[VCPU_FIRST_PERCENT + state].percent = percent(ns, known_ns);
	}
}

static int fill_vcpu(struct report_table *table, const struct view_task *task,
		     const struct vcpu_stats_row *sums, uint64_t exits)
{
	union report_value *row = report_table_add(table);

	if (!row)
		return -ENOMEM;
	row[VCPU_TASK].number = task->file_task;
	row[VCPU_NAME].text = task->name;
	row[VCPU_TID].number = task->tid;
	row[VCPU_TGID].number = task->tgid;
	row[VCPU_VM].text = task->vm;
	row[VCPU_NUMBER].number = task->vcpu;
	row[VCPU_EXITS].number = exits;
	fill_states(row, sums);
	return 0;
}

static int fill_total(struct report_table *table, const struct vcpu_stats_row *sums, uint64_t exits)
{
	union report_value *row = report_table_total(table);

	if (!row)
		return -ENOMEM;
	for (size_t column = VCPU_TASK; column < VCPU_TIME_NS; column++)
		if (!report_is_text(vcpu_report_columns[column].type))
			row[column].number = CAPTURE_NIL;
	row[VCPU_NAME].text = "total";
	row[VCPU_EXITS].number = exits;
	fill_states(row, sums);
	return 0;
}

/* A number for each task of the view; the caller frees them. NULL without memory. */
static uint64_t *exits_by_task(const struct view *view, const struct exit_stats *stats)
{
	size_t count = view_task_count(view);
	uint64_t *exits = calloc(count + 1, sizeof(*exits));

	for (size_t i = 0; exits && i < stats->rows.count; i++) {
		const struct exit_stats_row *row = &stats->rows.items[i];

		if (row->group < count)
			exits[row->group] += row->count + row->unpaired;
	}
	return exits;
}

int vcpu_report_fill(struct report_table *table, const struct view *view,
		     const struct vcpu_stats *states, const struct exit_stats *exits)
{
	static const struct vcpu_stats_row none;
	uint64_t *exits_of = exits_by_task(view, exits);
	struct vcpu_stats_row sum = { 0 };
	int error = exits_of ? 0 : -ENOMEM;
	uint64_t exit_sum = 0;
	bool any_vm = false;

	for (size_t i = 0; i < view_task_count(view) && !error; i++) {
		const struct view_task *task = view_task(view, i);
		const struct vcpu_stats_row *row = i < states->count ? &states->vcpus[i] : &none;

		if (!task->selected || (!row->seen && !exits_of[i]))
			continue;
		error = fill_vcpu(table, task, row, exits_of[i]);
		vcpu_stats_add(&sum, row);
		exit_sum += exits_of[i];
		any_vm = any_vm || task->vm;
	}
	free(exits_of);
	if (!any_vm)
		table->hidden |= 1ULL << VCPU_VM;
	return error ? error : fill_total(table, &sum, exit_sum);
}
