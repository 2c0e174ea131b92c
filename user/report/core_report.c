/* SPDX-License-Identifier: Apache-2.0 */
#include "report/core_report.h"

#include "base/array.h"

#include <errno.h>
#include <math.h>

enum core_column {
	CORE_CPU,
	CORE_BUSY_NS,
	CORE_BUSY_PERCENT,
	CORE_IDLE_NS,
	CORE_IDLE_PERCENT,
	CORE_UNKNOWN_NS,
	CORE_OFFLINE_NS,
	CORE_REST_NS,
	CORE_SWITCHES,
	CORE_COLUMNS,
};

const struct report_column core_stats_columns[] = {
	[CORE_CPU] = { "cpu", "CPU", REPORT_COUNT },
	[CORE_BUSY_NS] = { "busy_ns", "BUSY", REPORT_LENGTH_NS },
	[CORE_BUSY_PERCENT] = { "busy_percent", "BUSY", REPORT_PERCENT },
	[CORE_IDLE_NS] = { "idle_ns", "IDLE", REPORT_LENGTH_NS },
	[CORE_IDLE_PERCENT] = { "idle_percent", "IDLE", REPORT_PERCENT },
	[CORE_UNKNOWN_NS] = { "unknown_ns", "UNKNOWN", REPORT_LENGTH_NS },
	[CORE_OFFLINE_NS] = { "offline_ns", "OFFLINE", REPORT_LENGTH_NS },
	[CORE_REST_NS] = { "not_recorded_ns", "NOT RECORDED", REPORT_LENGTH_NS },
	[CORE_SWITCHES] = { "switches", "SWITCHES", REPORT_COUNT },
};
const size_t core_stats_column_count = ARRAY_LENGTH(core_stats_columns);
_Static_assert(ARRAY_LENGTH(core_stats_columns) == CORE_COLUMNS, "core columns");

static double percent(uint64_t part, uint64_t whole)
{
	return whole ? 100.0 * (double)part / (double)whole : NAN;
}

/* Of what nothing was recorded nobody knows whether it was busy. */
static void forget(union report_value *row)
{
	row[CORE_BUSY_PERCENT].percent = row[CORE_IDLE_PERCENT].percent = NAN;
	row[CORE_BUSY_NS].number = row[CORE_IDLE_NS].number = CAPTURE_NIL;
	row[CORE_UNKNOWN_NS].number = row[CORE_OFFLINE_NS].number = CAPTURE_NIL;
	row[CORE_SWITCHES].number = CAPTURE_NIL;
}

static void fill_row(union report_value *row, uint64_t cpu, const struct core_stats_row *core,
		     uint64_t length_ns)
{
	row[CORE_CPU].number = cpu;
	row[CORE_BUSY_NS].number = core->busy_ns;
	row[CORE_BUSY_PERCENT].percent = percent(core->busy_ns, length_ns);
	row[CORE_IDLE_NS].number = core->idle_ns;
	row[CORE_IDLE_PERCENT].percent = percent(core->idle_ns, length_ns);
	row[CORE_UNKNOWN_NS].number = core->unknown_ns;
	row[CORE_OFFLINE_NS].number = core->offline_ns;
	row[CORE_REST_NS].number = core->rest_ns;
	row[CORE_SWITCHES].number = core->switches;
	if (core->rest_ns && core->rest_ns == length_ns && !core->switches)
		forget(row);
}

static void add(struct core_stats_row *sum, const struct core_stats_row *core)
{
	sum->busy_ns += core->busy_ns;
	sum->idle_ns += core->idle_ns;
	sum->unknown_ns += core->unknown_ns;
	sum->offline_ns += core->offline_ns;
	sum->rest_ns += core->rest_ns;
	sum->switches += core->switches;
}

int core_stats_fill(struct report_table *table, const struct core_stats *stats)
{
	struct core_stats_row sum = { 0 };
	union report_value *row;
	size_t cores = 0;

	for (size_t cpu = 0; cpu < stats->count; cpu++) {
		if (!stats->cores[cpu].seen)
			continue;
		row = report_table_add(table);
		if (!row)
			return -ENOMEM;
		fill_row(row, cpu, &stats->cores[cpu], stats->length_ns);
		add(&sum, &stats->cores[cpu]);
		cores++;
	}
	row = report_table_total(table);
	if (!row)
		return -ENOMEM;
	fill_row(row, CAPTURE_NIL, &sum, stats->length_ns * cores);
	for (size_t column = CORE_UNKNOWN_NS; column <= CORE_REST_NS; column++)
		if (!row[column].number || row[column].number == CAPTURE_NIL)
			table->hidden |= 1ULL << column;
	return 0;
}
