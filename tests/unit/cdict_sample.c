/* SPDX-License-Identifier: Apache-2.0 */
#include "cdict_sample.h"

#include "base/string_pool.h"
#include "capture/histogram.h"
#include "unit.h"

#include <stdio.h>
#include <unistd.h>

void sample_rows_init(struct sample_rows *rows, enum capture_table table,
		      struct string_pool *strings)
{
	*rows = (struct sample_rows){ .table = table, .strings = strings };
	if (capture_table_info(table)->bucketed)
		rows->bucket_ns = 10000000;
	for (size_t i = 0; i < capture_table_info(table)->column_count; i++)
		rows->columns[i] = calloc(CAPTURE_BATCH_ROWS, sizeof(uint64_t));
}

void sample_rows_add(struct sample_rows *rows)
{
	for (size_t i = 0; i < capture_table_info(rows->table)->column_count; i++)
		rows->columns[i][rows->rows] = CAPTURE_NIL;
	rows->rows++;
}

void sample_rows_set(struct sample_rows *rows, size_t column, uint64_t value)
{
	rows->columns[column][rows->rows - 1] = value;
}

void sample_rows_set_text(struct sample_rows *rows, size_t column, const char *text)
{
	sample_rows_set(rows, column, string_pool_add(rows->strings, text));
}

int sample_rows_push(struct sample_rows *rows, struct capture_sink *sink)
{
	struct capture_batch batch = { .table = rows->table,
				       .bucket_ns = rows->bucket_ns,
				       .base_ns = rows->base_ns,
				       .rows = rows->rows,
				       .strings = rows->strings };
	int result;

	for (size_t i = 0; i < CAPTURE_COLUMNS_MAX; i++)
		batch.columns[i] = rows->columns[i];
	result = sink->batch(sink, &batch);
	for (size_t i = 0; i < CAPTURE_COLUMNS_MAX; i++)
		free(rows->columns[i]);
	return result;
}

const struct capture_header *sample_header(void)
{
	static const struct capture_cpu cpus[] = { { 0, 0, 0, 0, 0 },
						   { 1, 0, 0, 1, 0 },
						   { 300, 1, 7, 0, 1 } };
	static const struct capture_header header = {
		.version = CAPTURE_VERSION,
		.program_version = "0.1.0",
		.host = "box",
		.kernel = "6.1.0-1-amd64",
		.arch = "x86_64",
		.cpus = cpus,
		.cpu_count = 3,
		.realtime_ns = 1700000000123456789,
		.monotonic_ns = 987654321,
		.bucket_ns = 10000000,
		.steps_per_octave = HISTOGRAM_STEPS,
		.first_bin = HISTOGRAM_FIRST_BIN,
		.last_bin = HISTOGRAM_LAST_BIN,
		.recorded = { 1, { "sched" } },
		.filters = { 1, { "--task 'caf\303\251'" } },
	};

	return &header;
}

const struct capture_end *sample_end(void)
{
	static const struct capture_proof_cpu proof[] = {
		{ 0, 10, 1000, 1, 100, 11, 1100, 5, 1105 },
		{ 300, 20, 2000, 0, 0, CAPTURE_NIL, CAPTURE_NIL, 6, 2006 },
	};
	static const struct capture_end end = {
		.duration_ns = 1234567890,
		.cause = "duration",
		.switches = 31,
		.runs_before_zero = 2,
		.runs_after_loss = 3,
		.runs_missed_switch = 4,
		.kvm_exits = 6,
		.kvm_entries_unpaired = 7,
		.verdict = VERDICT_EQUAL,
		.proof = proof,
		.proof_count = 2,
		.cost = { CAPTURE_NIL, 5, 6, 7, 8 },
	};

	return &end;
}

static uint64_t sample_value(enum capture_table table, size_t column, size_t row)
{
	const char *name = capture_table_info(table)->columns[column].name;

	if (strcmp(name, "task") == 0 || strcmp(name, "next") == 0)
		return row;
	if (strcmp(name, "cpu") == 0 || strcmp(name, "online") == 0)
		return row % 2;
	if (strcmp(name, "bin") == 0)
		return HISTOGRAM_FIRST_BIN + row;
	if (strcmp(name, "bucket") == 0)
		return row / 2;
	if (row % 3 == 2 && strcmp(name, "at_ns") != 0 && strcmp(name, "reason") != 0)
		return CAPTURE_NIL;
	return ((uint64_t)table + 1) << (column * 5 % 60) | row;
}

static const char *sample_text(enum capture_table table, size_t column, size_t row)
{
	static const char *const kinds[] = { "run", "sleep", "wait", "guest", "host" };
	static const char *const task_kinds[] = { "task", "kthread", "idle", "vcpu" };
	const char *name = capture_table_info(table)->columns[column].name;

	if (strcmp(name, "kind") == 0)
		return table == CAPTURE_TASKS ? task_kinds[row % 4] : kinds[row % 5];
	if (strcmp(name, "isa") == 0)
		return "svm";
	if (strcmp(name, "cause") == 0)
		return capture_loss_word(row % LOSS_CAUSES);
	return row % 2 ? "worker/1:0" : "a much longer name, as cgroups have it: /system.slice/x";
}

void sample_push_all_tables(struct capture_sink *sink)
{
	struct string_pool *strings = string_pool_new();

	for (int table = 0; table < CAPTURE_TABLES; table++) {
		const struct capture_table_info *info = capture_table_info(table);
		struct sample_rows rows;

		sample_rows_init(&rows, table, strings);
		rows.base_ns = table == CAPTURE_SWITCHES ? 123456789 : 0;
		for (size_t row = 0; row < 7; row++) {
			sample_rows_add(&rows);
			for (size_t i = 0; i < info->column_count; i++)
				if (info->columns[i].type == CAPTURE_STRING)
					sample_rows_set_text(&rows, i, sample_text(table, i, row));
				else
					sample_rows_set(&rows, i, sample_value(table, i, row));
		}
		assert_int_equal(sample_rows_push(&rows, sink), 0);
	}
	string_pool_free(strings);
}

void sample_file_create(struct sample_file *file)
{
	char folder[] = "/tmp/pftrace-test-XXXXXX";

	*file = (struct sample_file){ 0 };
	assert_non_null(mkdtemp(folder));
	snprintf(file->path, sizeof(file->path), "%s/a.cdict", folder);
	assert_int_equal(cdict_create(file->path, &file->writer), 0);
	file->sink = cdict_writer_sink(file->writer);
	assert_int_equal(file->sink->header(file->sink, sample_header()), 0);
}

void sample_file_end(struct sample_file *file)
{
	assert_int_equal(file->sink->end(file->sink, sample_end()), 0);
	assert_int_equal(cdict_close(file->writer), 0);
	file->writer = NULL;
}

void sample_file_collect(struct sample_file *file, unsigned int tables, struct collect *collect)
{
	collect_init(collect);
	if (!file->reader && cdict_open(file->path, &file->reader, file->message))
		fail_msg("%s", file->message);
	if (cdict_read(file->reader, tables, &collect->sink, &file->summary, file->message))
		fail_msg("%s", file->message);
}

void sample_file_free(struct sample_file *file)
{
	char *slash = strrchr(file->path, '/');

	cdict_reader_free(file->reader);
	unlink(file->path);
	*slash = '\0';
	assert_int_equal(rmdir(file->path), 0);
}

void sample_assert_prefix(const struct collect *found, const struct collect *wanted,
			  enum capture_table table)
{
	const struct capture_table_info *info = capture_table_info(table);

	assert_true(found->tables[table].rows <= wanted->tables[table].rows);
	for (size_t row = 0; row < found->tables[table].rows; row++) {
		assert_int_equal(found->tables[table].bucket_ns[row],
				 wanted->tables[table].bucket_ns[row]);
		assert_int_equal(found->tables[table].base_ns[row],
				 wanted->tables[table].base_ns[row]);
		for (size_t i = 0; i < info->column_count; i++) {
			uint64_t value = collect_value(found, table, i, row);

			if (info->columns[i].type == CAPTURE_INTEGER || value == CAPTURE_NIL)
				assert_true(value == collect_value(wanted, table, i, row));
			else
				assert_string_equal(collect_text(found, table, i, row),
						    collect_text(wanted, table, i, row));
		}
	}
}
