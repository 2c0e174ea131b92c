/* SPDX-License-Identifier: Apache-2.0 */
/* Tables for programs: every column under its key, exact values. */
#include "report/report_table.h"

#include "base/csv_writer.h"
#include "base/json_writer.h"

#include <math.h>

/* Six places: shares of an hour are then right to 36 microseconds. */
static double rounded(double percent)
{
	return isfinite(percent) ? round(percent * 1e6) / 1e6 : NAN;
}

static void put_csv(struct csv_writer *csv, enum report_type type, union report_value value)
{
	if (report_is_text(type))
		csv_text(csv, value.text);
	else if (type == REPORT_PERCENT)
		csv_double(csv, rounded(value.percent));
	else if (value.number == CAPTURE_NIL)
		csv_nil(csv);
	else
		csv_u64(csv, value.number);
}

int report_print_csv(const struct report_table *table, FILE *file)
{
	struct csv_writer csv;

	csv_begin(&csv, file);
	for (size_t column = 0; column < table->column_count; column++)
		csv_text(&csv, table->columns[column].key);
	csv_end_row(&csv);
	for (size_t row = 0; row < table->rows && !csv_error(&csv); row++) {
		const union report_value *values = table->values + row * table->column_count;

		for (size_t column = 0; column < table->column_count; column++)
			put_csv(&csv, table->columns[column].type, values[column]);
		csv_end_row(&csv);
	}
	return csv_error(&csv);
}

static void put_json(struct json_writer *json, enum report_type type, union report_value value)
{
	if (report_is_text(type))
		json_string(json, value.text);
	else if (type == REPORT_PERCENT)
		json_double(json, rounded(value.percent));
	else if (value.number == CAPTURE_NIL)
		json_null(json);
	else
		json_u64(json, value.number);
}

static void put_object(const struct report_table *table, const union report_value *values,
		       struct json_writer *json)
{
	json_begin_object(json);
	for (size_t column = 0; column < table->column_count; column++) {
		json_key(json, table->columns[column].key);
		put_json(json, table->columns[column].type, values[column]);
	}
	json_end_object(json);
}

void report_print_json_rows(const struct report_table *table, struct json_writer *json)
{
	json_begin_array(json);
	json_lines(json);
	for (size_t row = 0; row < table->rows && !json_error(json); row++)
		put_object(table, table->values + row * table->column_count, json);
	json_end_array(json);
}

void report_print_json_total(const struct report_table *table, struct json_writer *json)
{
	if (table->total)
		put_object(table, table->total, json);
	else
		json_null(json);
}
