/* SPDX-License-Identifier: Apache-2.0 */
/* A difference for programs: a row for every value that was compared. */
#include "report/diff_report.h"

#include "base/array.h"
#include "base/csv_writer.h"
#include "base/json_member.h"

#include <math.h>

static const struct {
	const char *word;
	double scale;
} units[] = {
	[COMPARE_SHARE] = { "percent", 100 },
	[COMPARE_RATE] = { "per_second", 1 },
	[COMPARE_NS] = { "ns", 1 },
};

double diff_report_scaled(enum compare_metric metric, double value)
{
	return value * units[compare_metric_unit(metric)].scale;
}

const char *diff_report_unit(enum compare_metric metric)
{
	return units[compare_metric_unit(metric)].word;
}

double diff_report_delta(const struct compare_row *row)
{
	return diff_report_scaled(row->metric, row->b - row->a);
}

double diff_report_percent(const struct compare_row *row)
{
	return row->a > 0 ? (row->b - row->a) / row->a * 100 : NAN;
}

const char *diff_report_name(const struct compare *compare, const struct compare_name *name)
{
	return name->name == compare->runs->name_count ? NULL
						       : compare->runs->names[name->name].name;
}

uint64_t diff_report_tasks(const struct compare *compare, const struct compare_name *name,
			   size_t run)
{
	return name->name == compare->runs->name_count
		       ? CAPTURE_NIL
		       : compare->runs->names[name->name].tasks[run];
}

static const struct exit_kind *kind_of(const struct compare *compare, const struct compare_row *row)
{
	return row->kind == COMPARE_ALL_KINDS ? NULL : &compare->kinds->items[row->kind];
}

/* ---- CSV ---- */

static const char *const columns[] = {
	"task", "tasks_a", "tasks_b", "metric",		"isa", "reason", "reason_name", "unit",
	"a",	"b",	   "delta",   "change_percent", "low", "high",	 "chance",	"verdict",
};

static void put_count(struct csv_writer *csv, uint64_t count)
{
	if (count == CAPTURE_NIL)
		csv_nil(csv);
	else
		csv_u64(csv, count);
}

static void put_kind(struct csv_writer *csv, const struct exit_kind *kind)
{
	csv_text(csv, kind ? kind->isa : NULL);
	put_count(csv, kind ? kind->reason : CAPTURE_NIL);
	csv_text(csv, kind ? kind->name : NULL);
}

static void put_csv_row(struct csv_writer *csv, const struct compare *compare,
			const struct compare_name *name, const struct compare_row *row)
{
	csv_text(csv, diff_report_name(compare, name));
	put_count(csv, diff_report_tasks(compare, name, 0));
	put_count(csv, diff_report_tasks(compare, name, 1));
	csv_text(csv, compare_metric_word(row->metric));
	put_kind(csv, kind_of(compare, row));
	csv_text(csv, diff_report_unit(row->metric));
	csv_double(csv, diff_report_scaled(row->metric, row->a));
	csv_double(csv, diff_report_scaled(row->metric, row->b));
	csv_double(csv, diff_report_delta(row));
	csv_double(csv, diff_report_percent(row));
	csv_double(csv, diff_report_scaled(row->metric, row->low));
	csv_double(csv, diff_report_scaled(row->metric, row->high));
	csv_double(csv, row->chance);
	csv_text(csv, compare_verdict_word(row->verdict));
	csv_end_row(csv);
}

int diff_report_csv(const struct diff_report *report, FILE *file)
{
	const struct compare *compare = report->compare;
	struct csv_writer csv;

	csv_begin(&csv, file);
	for (size_t i = 0; i < ARRAY_LENGTH(columns); i++)
		csv_text(&csv, columns[i]);
	csv_end_row(&csv);
	for (size_t i = 0; i < compare->name_count && !csv_error(&csv); i++) {
		const struct compare_name *name = &compare->names[i];

		for (size_t row = 0; row < name->rows; row++)
			put_csv_row(&csv, compare, name, &compare->rows[name->first_row + row]);
	}
	return csv_error(&csv);
}

/* ---- JSON ---- */

static void put_run(struct json_writer *json, const struct diff_run *run)
{
	json_begin_object(json);
	json_member_text(json, "file", run->path);
	json_member_text(json, "host", run->header->host);
	json_member_text(json, "kernel", run->header->kernel);
	json_member_number(json, "cpus", run->header->cpu_count);
	json_member_bool(json, "whole", run->whole);
	json_member_number(json, "length_ns", run->length_ns);
	json_member_number(json, "left_out_ns", run->left_out_ns);
	json_member_number(json, "block_ns", run->block_ns);
	json_member_number(json, "blocks", run->blocks);
	json_end_object(json);
}

static void put_row(struct json_writer *json, const struct compare *compare,
		    const struct compare_row *row)
{
	const struct exit_kind *kind = kind_of(compare, row);

	json_begin_object(json);
	json_member_text(json, "metric", compare_metric_word(row->metric));
	if (kind) {
		json_member_text(json, "isa", kind->isa);
		json_member_number(json, "reason", kind->reason);
		json_member_text(json, "reason_name", kind->name);
	}
	json_member_text(json, "unit", diff_report_unit(row->metric));
	json_member_double(json, "a", diff_report_scaled(row->metric, row->a));
	json_member_double(json, "b", diff_report_scaled(row->metric, row->b));
	json_member_double(json, "delta", diff_report_delta(row));
	json_member_double(json, "change_percent", diff_report_percent(row));
	json_member_double(json, "low", diff_report_scaled(row->metric, row->low));
	json_member_double(json, "high", diff_report_scaled(row->metric, row->high));
	json_member_double(json, "chance", row->chance);
	json_member_text(json, "verdict", compare_verdict_word(row->verdict));
	json_end_object(json);
}

static void put_name(struct json_writer *json, const struct compare *compare,
		     const struct compare_name *name)
{
	json_begin_object(json);
	json_member_text(json, "task", diff_report_name(compare, name));
	json_member_number(json, "tasks_a", diff_report_tasks(compare, name, 0));
	json_member_number(json, "tasks_b", diff_report_tasks(compare, name, 1));
	json_member_text(json, "verdict",
			 name->findings ? "changed" : compare_verdict_word(name->verdict));
	json_member_array(json, "values");
	json_lines(json);
	for (size_t row = 0; row < name->rows; row++)
		put_row(json, compare, &compare->rows[name->first_row + row]);
	json_end_array(json);
	json_end_object(json);
}

int diff_report_json(const struct diff_report *report, FILE *file)
{
	const struct compare *compare = report->compare;
	struct json_writer json;

	json_begin(&json, file);
	json_begin_object(&json);
	json_lines(&json);
	json_key(&json, "a");
	put_run(&json, &report->runs[0]);
	json_key(&json, "b");
	put_run(&json, &report->runs[1]);
	json_member_double(&json, "confidence", 1 - compare->limit);
	json_member_number(&json, "judged", compare->judged);
	json_member_number(&json, "findings", compare->findings);
	json_member_array(&json, "tasks");
	json_lines(&json);
	for (size_t i = 0; i < compare->name_count && !json_error(&json); i++)
		put_name(&json, compare, &compare->names[i]);
	json_end_array(&json);
	json_end_object(&json);
	return json_end(&json);
}
