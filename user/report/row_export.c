/* SPDX-License-Identifier: Apache-2.0 */
#include "report/row_export.h"

#include "base/string_pool.h"
#include "chart/batch_sink.h"

#include <string.h>

/* ---- which fields a table has ---- */

static void add_field(struct row_export *export, const char *key, enum row_export_source source,
		      size_t column)
{
	export->fields[export->field_count++] = (struct row_export_field){ key, source, column };
}

static enum row_export_source source_of(enum capture_table table, size_t column)
{
	const struct capture_column *info = &capture_table_info(table)->columns[column];

	if (table == CAPTURE_SWITCHES && column == SWITCHES_AT_NS)
		return ROW_EXPORT_DIFFERENCE;
	if (strcmp(info->name, "task") == 0 || strcmp(info->name, "next") == 0)
		return ROW_EXPORT_TASK;
	return info->type == CAPTURE_STRING ? ROW_EXPORT_TEXT : ROW_EXPORT_NUMBER;
}

static void add_beside(struct row_export *export, const char *key, size_t column)
{
	if (strcmp(key, "bucket") == 0) {
		add_field(export, "at_ns", ROW_EXPORT_BUCKET_AT, column);
		add_field(export, "bucket_ns", ROW_EXPORT_BUCKET_NS, column);
	} else if (strcmp(key, "task") == 0) {
		add_field(export, "tid", ROW_EXPORT_TID, column);
		add_field(export, "name", ROW_EXPORT_NAME, column);
	} else if (strcmp(key, "next") == 0) {
		add_field(export, "next_tid", ROW_EXPORT_TID, column);
		add_field(export, "next_name", ROW_EXPORT_NAME, column);
	} else if (strcmp(key, "reason") == 0) {
		add_field(export, "reason_name", ROW_EXPORT_REASON, column);
	}
}

/* Columns of `tasks` that tell what the view says, which may name tasks anew. */
static bool is_shown(size_t column)
{
	return column == TASKS_NAME || column == TASKS_VM || column == TASKS_VCPU;
}

static enum row_export_source source_of_shown(size_t column)
{
	if (column == TASKS_VM)
		return ROW_EXPORT_VM;
	return column == TASKS_VCPU ? ROW_EXPORT_VCPU : ROW_EXPORT_NAME;
}

static void add_fields(struct row_export *export)
{
	const struct capture_table_info *info = capture_table_info(export->table);

	for (size_t column = 0; column < info->column_count; column++) {
		const char *key = info->columns[column].name;

		if (export->table == CAPTURE_TASKS && is_shown(column)) {
			/* as in all other tables, so that they join */
			add_field(export, key, source_of_shown(column), TASKS_TASK);
			continue;
		}
		add_field(export, key, source_of(export->table, column), column);
		if (export->table != CAPTURE_TASKS)
			add_beside(export, key, column);
	}
}

/* ---- rows ---- */

/* A field's value: a text, or else a number. */
struct value {
	const char *text;
	uint64_t number;
};

static struct value number_value(uint64_t number)
{
	return (struct value){ NULL, number };
}

static struct value text_value(const char *text)
{
	return (struct value){ text, CAPTURE_NIL };
}

static uint64_t bucket_at_ns(const struct capture_batch *batch, uint64_t bucket)
{
	return bucket == CAPTURE_NIL ? CAPTURE_NIL : bucket * batch->bucket_ns;
}

static struct value task_value(const struct view_task *task, enum row_export_source source)
{
	if (!task)
		return number_value(CAPTURE_NIL);
	if (source == ROW_EXPORT_TASK)
		return number_value(task->file_task);
	if (source == ROW_EXPORT_NAME)
		return text_value(task->name);
	if (source == ROW_EXPORT_VM)
		return text_value(task->vm);
	return number_value(source == ROW_EXPORT_VCPU ? task->vcpu : task->tid);
}

/* The isa stands before the reason in all tables that have both. */
static struct value reason_value(struct row_export *export, const struct capture_batch *batch,
				 size_t column, size_t row)
{
	uint64_t isa = batch->columns[column - 1][row];
	uint64_t reason = batch->columns[column][row];

	if (isa == CAPTURE_NIL || reason == CAPTURE_NIL)
		return number_value(CAPTURE_NIL);
	return text_value(exit_reason_name(exit_isa_of(string_pool_text(batch->strings, isa)),
					   reason, export->reason));
}

static struct value value_of(struct row_export *export, const struct row_export_field *field,
			     const struct capture_batch *batch, size_t row, uint64_t at_ns)
{
	uint64_t number = batch->columns[field->column][row];

	switch (field->source) {
	case ROW_EXPORT_NUMBER:
		return number_value(number);
	case ROW_EXPORT_TEXT:
		return text_value(string_pool_text(batch->strings, number));
	case ROW_EXPORT_DIFFERENCE:
		return number_value(at_ns);
	case ROW_EXPORT_TASK:
	case ROW_EXPORT_TID:
	case ROW_EXPORT_NAME:
	case ROW_EXPORT_VM:
	case ROW_EXPORT_VCPU:
		return task_value(view_task(export->view, number), field->source);
	case ROW_EXPORT_BUCKET_AT:
		return number_value(bucket_at_ns(batch, number));
	case ROW_EXPORT_BUCKET_NS:
		return number_value(batch->bucket_ns);
	case ROW_EXPORT_REASON:
		return reason_value(export, batch, field->column, row);
	}
	return number_value(CAPTURE_NIL);
}

static void put_csv(struct csv_writer *csv, struct value value)
{
	if (value.text)
		csv_text(csv, value.text);
	else if (value.number != CAPTURE_NIL)
		csv_u64(csv, value.number);
	else
		csv_nil(csv);
}

static void put_json(struct json_writer *json, const char *key, struct value value)
{
	json_key(json, key);
	if (value.text)
		json_string(json, value.text);
	else if (value.number != CAPTURE_NIL)
		json_u64(json, value.number);
	else
		json_null(json);
}

static void put_row(struct row_export *export, const struct capture_batch *batch, size_t row,
		    uint64_t at_ns)
{
	if (export->as_json)
		json_begin_object(&export->json);
	for (size_t i = 0; i < export->field_count; i++) {
		const struct row_export_field *field = &export->fields[i];
		struct value value = value_of(export, field, batch, row, at_ns);

		if (export->as_json)
			put_json(&export->json, field->key, value);
		else
			put_csv(&export->csv, value);
	}
	if (export->as_json)
		json_end_object(&export->json);
	else
		csv_end_row(&export->csv);
}

static int file_error(const struct row_export *export)
{
	return export->as_json ? json_error(&export->json) : csv_error(&export->csv);
}

/* States that began before the window: the view brings them, but nobody asked for their rows. */
static bool is_before(const struct row_export *export, const struct capture_batch *batch,
		      size_t row)
{
	if (batch->table == CAPTURE_CPUS)
		return batch->columns[CPUS_AT_NS][row] < export->from_ns;
	if (batch->table == CAPTURE_LOSSES)
		return batch->columns[LOSSES_AT_NS][row] < export->from_ns;
	return false;
}

/* ---- the sink ---- */

static int export_header(struct capture_sink *sink, const struct capture_header *header)
{
	struct row_export *export = (struct row_export *)sink;

	(void)header;
	if (export->as_json) {
		json_begin_array(&export->json);
		json_lines(&export->json);
		return file_error(export);
	}
	for (size_t i = 0; i < export->field_count; i++)
		csv_text(&export->csv, export->fields[i].key);
	csv_end_row(&export->csv);
	return file_error(export);
}

static int export_batch(struct capture_sink *sink, const struct capture_batch *batch)
{
	struct row_export *export = (struct row_export *)sink;
	uint64_t at_ns = batch->base_ns;

	if (batch->table != export->table)
		return 0;
	for (size_t row = 0; row < batch->rows && !file_error(export); row++) {
		if (batch->table == CAPTURE_SWITCHES)
			at_ns += batch->columns[SWITCHES_AT_NS][row];
		if (!is_before(export, batch, row))
			put_row(export, batch, row, at_ns);
	}
	return file_error(export);
}

void row_export_init(struct row_export *export, const struct view *view, enum capture_table table,
		     bool as_json, FILE *file)
{
	*export = (struct row_export){
		.sink = batch_sink(export_batch),
		.view = view,
		.table = table,
		.from_ns = view_from_ns(view),
		.as_json = as_json,
	};
	export->sink.header = export_header;
	csv_begin(&export->csv, file);
	json_begin(&export->json, file);
	add_fields(export);
}

int row_export_finish(struct row_export *export)
{
	if (!export->as_json)
		return csv_error(&export->csv);
	json_end_array(&export->json);
	return json_end(&export->json);
}

bool row_export_is_timeless(enum capture_table table)
{
	return !capture_table_info(table)->bucketed && table != CAPTURE_SWITCHES &&
	       table != CAPTURE_CPUS && table != CAPTURE_LOSSES;
}
