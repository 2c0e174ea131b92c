/* SPDX-License-Identifier: Apache-2.0 */
#include "base/array.h"
#include "base/string_pool.h"
#include "report/vcpu_report.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum column {
	EXIT_VM,
	EXIT_TGID,
	EXIT_TASK,
	EXIT_NAME,
	EXIT_TID,
	EXIT_VCPU,
	EXIT_ISA,
	EXIT_REASON,
	EXIT_REASON_NAME,
	EXIT_COUNT,
	EXIT_COUNT_PERCENT,
	EXIT_HOST_PERCENT,
	EXIT_HOST_MIN_NS,
	EXIT_HOST_P50_NS,
	EXIT_HOST_P90_NS,
	EXIT_HOST_P99_NS,
	EXIT_HOST_MAX_NS,
	EXIT_HOST_AVERAGE_NS,
	EXIT_HOST_NS,
	EXIT_OFF_NS,
	EXIT_GUEST_NS,
	EXIT_UNPAIRED,
	EXIT_COLUMNS,
};

const struct report_column exit_report_columns[] = {
	[EXIT_VM] = { "vm", "VM", REPORT_NAME },
	[EXIT_TGID] = { "tgid", "PROCESS", REPORT_COUNT },
	[EXIT_TASK] = { "task", NULL, REPORT_COUNT },
	[EXIT_NAME] = { "name", "VCPU", REPORT_NAME },
	[EXIT_TID] = { "tid", "TID", REPORT_COUNT },
	[EXIT_VCPU] = { "vcpu", NULL, REPORT_COUNT },
	[EXIT_ISA] = { "isa", NULL, REPORT_TEXT },
	[EXIT_REASON] = { "reason", NULL, REPORT_COUNT },
	[EXIT_REASON_NAME] = { "reason_name", "EXIT", REPORT_TEXT },
	[EXIT_COUNT] = { "count", "SAMPLES", REPORT_COUNT },
	[EXIT_COUNT_PERCENT] = { "count_percent", "SAMPLES", REPORT_PERCENT },
	[EXIT_HOST_PERCENT] = { "host_percent", "TIME", REPORT_PERCENT },
	[EXIT_HOST_MIN_NS] = { "host_min_ns", "MIN", REPORT_LENGTH_NS },
	[EXIT_HOST_P50_NS] = { "host_p50_ns", "p50", REPORT_LENGTH_NS },
	[EXIT_HOST_P90_NS] = { "host_p90_ns", "p90", REPORT_LENGTH_NS },
	[EXIT_HOST_P99_NS] = { "host_p99_ns", "p99", REPORT_LENGTH_NS },
	[EXIT_HOST_MAX_NS] = { "host_max_ns", "MAX", REPORT_LENGTH_NS },
	[EXIT_HOST_AVERAGE_NS] = { "host_avg_ns", "AVG", REPORT_LENGTH_NS },
	[EXIT_HOST_NS] = { "host_ns", NULL, REPORT_LENGTH_NS },
	[EXIT_OFF_NS] = { "off_ns", NULL, REPORT_LENGTH_NS },
	[EXIT_GUEST_NS] = { "guest_ns", NULL, REPORT_LENGTH_NS },
	[EXIT_UNPAIRED] = { "unpaired", "UNPAIRED", REPORT_COUNT },
};
const size_t exit_report_sort = EXIT_COUNT;
const size_t exit_report_column_count = ARRAY_LENGTH(exit_report_columns);
_Static_assert(ARRAY_LENGTH(exit_report_columns) == EXIT_COLUMNS, "exit columns");

/* Which columns tell the group; the others of the first six are not known. */
static const uint64_t told[EXIT_REPORT_BYS] = {
	[EXIT_REPORT_ALL] = 0,
	[EXIT_REPORT_VM] = 1 << EXIT_VM | 1 << EXIT_TGID,
	[EXIT_REPORT_VCPU] = 1 << EXIT_VM | 1 << EXIT_TGID | 1 << EXIT_TASK | 1 << EXIT_NAME |
			     1 << EXIT_TID | 1 << EXIT_VCPU,
};

static double percent(uint64_t part, uint64_t whole)
{
	return whole ? 100.0 * (double)part / (double)whole : NAN;
}

/* ---- groups ---- */

struct groups {
	enum exit_report_by by;
	struct string_pool *vms;
	struct number_map
		vm_groups; /* name or process -> the first vCPU's task that stands for it */
	struct exit_stats_rows rows; /* by group and kind */
	struct exit_stats_rows sums; /* by group, kind 0, without lengths */
	struct exit_stats_rows all;  /* one row */
};

static void free_groups(struct groups *groups)
{
	string_pool_free(groups->vms);
	number_map_free(&groups->vm_groups);
	exit_stats_rows_free(&groups->rows);
	exit_stats_rows_free(&groups->sums);
	exit_stats_rows_free(&groups->all);
}

/* A VM is its name, else its process; a vCPU of neither stands for itself. */
static int find_vm(struct groups *groups, const struct view_task *task, uint64_t *group)
{
	uint64_t key =
		task->vm ? string_pool_add(groups->vms, task->vm) : (uint64_t)1 << 63 | task->tgid;
	uint32_t found;

	*group = task->task;
	if (task->vm && key == STRING_NONE)
		return -ENOMEM;
	if (!task->vm && task->tgid == CAPTURE_NIL)
		return 0;
	found = number_map_find(&groups->vm_groups, key);
	if (found == NUMBER_MAP_NONE)
		return number_map_add(&groups->vm_groups, key, (uint32_t)task->task);
	*group = found;
	return 0;
}

static int add_up_row(struct groups *groups, const struct view_task *task,
		      const struct exit_stats_row *row)
{
	struct exit_stats_row sum = *row;
	uint64_t group = groups->by == EXIT_REPORT_VCPU ? row->group : 0;
	int error = groups->by == EXIT_REPORT_VM ? find_vm(groups, task, &group) : 0;

	if (!error)
		error = exit_stats_add(&groups->rows, group, row);
	sum.kind = 0;
	if (!error)
		error = exit_stats_add(&groups->all, 0, &sum);
	sum.lengths = (struct length_counts){ 0 };
	return error ? error : exit_stats_add(&groups->sums, group, &sum);
}

static int add_up(struct groups *groups, const struct view *view, const struct exit_stats *stats)
{
	int error = 0;

	groups->vms = string_pool_new();
	if (!groups->vms)
		return -ENOMEM;
	for (size_t i = 0; i < stats->rows.count && !error; i++) {
		const struct exit_stats_row *row = &stats->rows.items[i];
		const struct view_task *task = view_task(view, row->group);

		if (task && task->selected)
			error = add_up_row(groups, task, row);
	}
	return error;
}

/* ---- rows ---- */

static void fill_group(union report_value *row, const struct view_task *task,
		       enum exit_report_by by)
{
	const union report_value values[] = {
		[EXIT_VM] = { .text = task->vm },
		[EXIT_TGID] = { .number = task->tgid },
		[EXIT_TASK] = { .number = task->file_task },
		[EXIT_NAME] = { .text = task->name },
		[EXIT_TID] = { .number = task->tid },
		[EXIT_VCPU] = { .number = task->vcpu },
	};

	for (size_t column = EXIT_VM; column <= EXIT_VCPU; column++) {
		if (told[by] >> column & 1)
			row[column] = values[column];
		else if (!report_is_text(exit_report_columns[column].type))
			row[column].number = CAPTURE_NIL;
	}
}

/* From bins, so right within half a bin's width: never beyond what was measured exactly. */
static uint64_t percentile(const struct exit_stats_row *exits, double share,
			   uint32_t steps_per_octave)
{
	uint64_t ns = length_counts_percentile(&exits->lengths, share, steps_per_octave);

	if (ns == CAPTURE_NIL || exits->host_max_ns == CAPTURE_NIL)
		return ns;
	if (ns > exits->host_max_ns)
		return exits->host_max_ns;
	return ns < exits->host_min_ns ? exits->host_min_ns : ns;
}

static void fill_costs(union report_value *row, const struct exit_stats_row *exits,
		       const struct exit_stats_row *sums, uint32_t steps_per_octave)
{
	static const double shares[] = { 0.50, 0.90, 0.99 };

	row[EXIT_COUNT].number = exits->count;
	row[EXIT_COUNT_PERCENT].percent = percent(exits->count, sums->count);
	row[EXIT_HOST_PERCENT].percent = percent(exits->host_ns, sums->host_ns);
	row[EXIT_HOST_MIN_NS].number = exits->host_min_ns;
	for (size_t i = 0; i < ARRAY_LENGTH(shares); i++)
		row[EXIT_HOST_P50_NS + i].number = percentile(exits, shares[i], steps_per_octave);
	row[EXIT_HOST_MAX_NS].number = exits->host_max_ns;
	row[EXIT_HOST_AVERAGE_NS].number = exit_stats_average_ns(exits);
	row[EXIT_HOST_NS].number = exits->host_ns;
	row[EXIT_OFF_NS].number = exits->off_ns;
	row[EXIT_GUEST_NS].number = exits->guest_ns;
	row[EXIT_UNPAIRED].number = exits->unpaired;
}

static int fill_rows(struct report_table *table, const struct groups *groups,
		     const struct view *view, const struct exit_stats *stats)
{
	for (size_t i = 0; i < groups->rows.count; i++) {
		const struct exit_stats_row *exits = &groups->rows.items[i];
		const struct exit_kind *kind = &stats->kinds.items[exits->kind];
		union report_value *row = report_table_add(table);

		if (!row)
			return -ENOMEM;
		fill_group(row, view_task(view, exits->group), groups->by);
		row[EXIT_ISA].text = kind->isa;
		row[EXIT_REASON].number = kind->reason;
		row[EXIT_REASON_NAME].text = kind->name;
		fill_costs(row, exits, exit_stats_find(&groups->sums, exits->group, 0),
			   stats->steps_per_octave);
	}
	return 0;
}

static int fill_total(struct report_table *table, const struct groups *groups,
		      const struct exit_stats *stats)
{
	static const struct exit_stats_row none = { .host_min_ns = CAPTURE_NIL,
						    .host_max_ns = CAPTURE_NIL,
						    .off_ns = CAPTURE_NIL };
	const struct exit_stats_row *all = exit_stats_find(&groups->all, 0, 0);
	union report_value *row = report_table_total(table);

	if (!row)
		return -ENOMEM;
	all = all ? all : &none;
	fill_costs(row, all, all, stats->steps_per_octave);
	for (size_t column = EXIT_VM; column <= EXIT_REASON; column++)
		if (!report_is_text(exit_report_columns[column].type))
			row[column].number = CAPTURE_NIL;
	row[EXIT_REASON_NAME].text = "total";
	if (!all->unpaired)
		table->hidden |= 1ULL << EXIT_UNPAIRED;
	return 0;
}

/* Groups stay together, whatever they are sorted by within: sorting keeps the order of equals. */
static void sort(struct report_table *table, enum exit_report_by by, size_t column)
{
	report_table_sort(table, column);
	if (by == EXIT_REPORT_VCPU) {
		report_table_sort(table, EXIT_TID);
		report_table_sort(table, EXIT_NAME);
	}
	if (by != EXIT_REPORT_ALL) {
		report_table_sort(table, EXIT_TGID);
		report_table_sort(table, EXIT_VM);
	}
}

/* People need not see a column that says nothing. */
static void hide(struct report_table *table, enum exit_report_by by)
{
	bool any_vm = false;

	for (size_t i = 0; i < table->rows; i++)
		any_vm |= table->values[i * EXIT_COLUMNS + EXIT_VM].text != NULL;
	for (size_t column = EXIT_VM; column <= EXIT_VCPU; column++)
		if (!(told[by] >> column & 1))
			table->hidden |= 1ULL << column;
	if (by == EXIT_REPORT_VCPU || any_vm)
		table->hidden |= 1ULL << EXIT_TGID;
	if (!any_vm)
		table->hidden |= 1ULL << EXIT_VM;
}

int exit_report_fill(struct report_table *table, const struct view *view,
		     const struct exit_stats *stats, enum exit_report_by by, size_t column)
{
	struct groups groups = { .by = by };
	int error = add_up(&groups, view, stats);

	if (!error)
		error = fill_rows(table, &groups, view, stats);
	if (!error)
		error = fill_total(table, &groups, stats);
	free_groups(&groups);
	if (error)
		return error;
	sort(table, by, column);
	hide(table, by);
	return 0;
}
