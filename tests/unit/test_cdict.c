/* SPDX-License-Identifier: Apache-2.0 */
/* What is written is read back, value by value. */
#include "unit.h"

#include "base/string_pool.h"
#include "cdict/cdict.h"
#include "cdict_sample.h"
#include "collect.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static const uint64_t borders[] = {
	0,
	1,
	127,
	128,
	255,
	256,
	65535,
	65536,
	UINT32_MAX,
	(uint64_t)UINT32_MAX + 1,
	INT64_MAX,
	(uint64_t)INT64_MAX + 1,
	UINT64_MAX - 1,
	CAPTURE_NIL,
};
#define BORDERS (sizeof(borders) / sizeof(borders[0]))

static void push_tasks(struct capture_sink *sink, struct string_pool *strings, size_t count)
{
	struct sample_rows rows;

	sample_rows_init(&rows, CAPTURE_TASKS, strings);
	for (size_t i = 0; i < count; i++) {
		sample_rows_add(&rows);
		sample_rows_set(&rows, TASKS_TASK, i);
	}
	assert_int_equal(sample_rows_push(&rows, sink), 0);
}

static void every_border_value_comes_back(void **state)
{
	struct string_pool *strings = string_pool_new();
	struct sample_file file;
	struct sample_rows rows;
	struct collect collect;

	(void)state;
	sample_file_create(&file);
	push_tasks(file.sink, strings, 1);
	sample_rows_init(&rows, CAPTURE_TOTALS, strings);
	for (size_t i = 0; i < BORDERS; i++) {
		sample_rows_add(&rows);
		sample_rows_set(&rows, TOTALS_TASK, 0);
		sample_rows_set(&rows, TOTALS_CPU, 0);
		sample_rows_set(&rows, TOTALS_RUN_NS, borders[i]);
		sample_rows_set(&rows, TOTALS_SWITCHES, borders[BORDERS - 1 - i]);
	}
	assert_int_equal(sample_rows_push(&rows, file.sink), 0);
	sample_file_end(&file);

	sample_file_collect(&file, CDICT_ALL_TABLES, &collect);
	assert_true(file.summary.whole);
	assert_int_equal(collect.tables[CAPTURE_TOTALS].rows, BORDERS);
	for (size_t i = 0; i < BORDERS; i++) {
		assert_true(collect_value(&collect, CAPTURE_TOTALS, TOTALS_RUN_NS, i) ==
			    borders[i]);
		assert_true(collect_value(&collect, CAPTURE_TOTALS, TOTALS_SWITCHES, i) ==
			    borders[BORDERS - 1 - i]);
		assert_true(collect_value(&collect, CAPTURE_TOTALS, TOTALS_VOLUNTARY, i) ==
			    CAPTURE_NIL);
	}
	collect_free(&collect);
	sample_file_free(&file);
	string_pool_free(strings);
}

static void batches_of_any_length_come_back(void **state)
{
	static const size_t lengths[] = { 0, 1, 15, 16, 65535, CAPTURE_BATCH_ROWS };
	struct string_pool *strings = string_pool_new();
	struct sample_file file;
	struct collect collect;
	size_t at = 0;

	(void)state;
	sample_file_create(&file);
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		struct sample_rows rows;

		sample_rows_init(&rows, CAPTURE_LOSSES, strings);
		for (size_t row = 0; row < lengths[i]; row++) {
			sample_rows_add(&rows);
			sample_rows_set(&rows, LOSSES_AT_NS, row);
			sample_rows_set_text(&rows, LOSSES_CAUSE, row % 3 ? "late" : "ring_full");
			sample_rows_set(&rows, LOSSES_COUNT, lengths[i]);
		}
		assert_int_equal(sample_rows_push(&rows, file.sink), 0);
	}
	sample_file_end(&file);

	sample_file_collect(&file, CDICT_ALL_TABLES, &collect);
	assert_true(file.summary.whole);
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		for (size_t row = 0; row < lengths[i]; row++, at++) {
			assert_int_equal(collect_value(&collect, CAPTURE_LOSSES, LOSSES_AT_NS, at),
					 row);
			assert_int_equal(collect_value(&collect, CAPTURE_LOSSES, LOSSES_COUNT, at),
					 lengths[i]);
			assert_string_equal(
				collect_text(&collect, CAPTURE_LOSSES, LOSSES_CAUSE, at),
				row % 3 ? "late" : "ring_full");
		}
	}
	assert_int_equal(at, collect.tables[CAPTURE_LOSSES].rows);
	collect_free(&collect);
	sample_file_free(&file);
	string_pool_free(strings);
}

static void every_column_of_every_table_comes_back(void **state)
{
	struct sample_file file;
	struct collect wanted, found;

	(void)state;
	sample_file_create(&file);
	collect_init(&wanted);
	sample_push_all_tables(file.sink);
	sample_push_all_tables(&wanted.sink);
	sample_file_end(&file);

	sample_file_collect(&file, CDICT_ALL_TABLES, &found);
	assert_true(file.summary.whole);
	for (int table = 0; table < CAPTURE_TABLES; table++) {
		assert_true(wanted.tables[table].rows > 0);
		sample_assert_prefix(&found, &wanted, table);
		assert_int_equal(found.tables[table].rows, wanted.tables[table].rows);
		assert_int_equal(file.summary.rows[table], wanted.tables[table].rows);
		assert_int_equal(found.end.rows[table], wanted.tables[table].rows);
	}
	collect_free(&found);
	collect_free(&wanted);
	sample_file_free(&file);
}

static void add_switch(struct sample_rows *rows, uint64_t cpu, uint64_t task, uint64_t next)
{
	sample_rows_add(rows);
	sample_rows_set(rows, SWITCHES_AT_NS, 5);
	sample_rows_set(rows, SWITCHES_CPU, cpu);
	sample_rows_set(rows, SWITCHES_TASK, task);
	sample_rows_set(rows, SWITCHES_NEXT, next);
}

/* Tasks that follow from the row before are nil in the file. */
static void tasks_that_leave_come_back(void **state)
{
	static const uint64_t leaving[] = { 1, 2, 3, 2, 1, 1 };
	struct string_pool *strings = string_pool_new();
	struct sample_file file;
	struct sample_rows rows;
	struct collect collect;

	(void)state;
	sample_file_create(&file);
	push_tasks(file.sink, strings, 4);
	sample_rows_init(&rows, CAPTURE_SWITCHES, strings);
	add_switch(&rows, 0, 1, 2);
	add_switch(&rows, 0, 2, 3);
	add_switch(&rows, 0, 3, 1);
	add_switch(&rows, 0, 2, 1); /* another than came before */
	add_switch(&rows, 1, 1, CAPTURE_NIL);
	add_switch(&rows, 1, 1, 2);
	assert_int_equal(sample_rows_push(&rows, file.sink), 0);
	sample_file_end(&file);

	sample_file_collect(&file, CDICT_ALL_TABLES, &collect);
	assert_int_equal(collect.tables[CAPTURE_SWITCHES].rows, 6);
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(collect_value(&collect, CAPTURE_SWITCHES, SWITCHES_TASK, i),
				 leaving[i]);
	collect_free(&collect);
	sample_file_free(&file);
	string_pool_free(strings);
}

static void only_the_wanted_tables_are_pushed(void **state)
{
	struct sample_file file;
	struct collect found;

	(void)state;
	sample_file_create(&file);
	sample_push_all_tables(file.sink);
	sample_file_end(&file);
	sample_file_collect(&file, 1u << CAPTURE_CELLS, &found);
	for (int table = 0; table < CAPTURE_TABLES; table++) {
		assert_int_equal(found.tables[table].rows > 0, table == CAPTURE_CELLS);
		assert_true(file.summary.rows[table] > 0);
	}
	assert_true(file.summary.whole);
	assert_int_equal(found.ends, 1);
	collect_free(&found);
	sample_file_free(&file);
}

static void header_and_end_come_back(void **state)
{
	const struct capture_header *header = sample_header();
	const struct capture_end *end = sample_end();
	struct sample_file file;
	struct collect found;
	const struct capture_header *read;

	(void)state;
	sample_file_create(&file);
	sample_file_end(&file);
	sample_file_collect(&file, CDICT_ALL_TABLES, &found);
	read = cdict_header(file.reader);
	assert_int_equal(read->version, CAPTURE_VERSION);
	assert_string_equal(read->host, header->host);
	assert_string_equal(read->kernel, header->kernel);
	assert_string_equal(read->arch, header->arch);
	assert_string_equal(read->program_version, header->program_version);
	assert_int_equal(read->cpu_count, header->cpu_count);
	assert_memory_equal(read->cpus, header->cpus, header->cpu_count * sizeof(*header->cpus));
	assert_int_equal(read->realtime_ns, header->realtime_ns);
	assert_int_equal(read->monotonic_ns, header->monotonic_ns);
	assert_int_equal(read->bucket_ns, header->bucket_ns);
	assert_int_equal(read->first_bin, header->first_bin);
	assert_int_equal(read->last_bin, header->last_bin);
	assert_int_equal(read->recorded.count, 1);
	assert_string_equal(read->recorded.words[0], "sched");
	assert_string_equal(read->filters.words[0], "--task 'caf\303\251'");
	assert_int_equal(read->not_offered.count, 0);

	assert_int_equal(found.end.duration_ns, end->duration_ns);
	assert_string_equal(found.end.cause, end->cause);
	assert_int_equal(found.end.cut, end->cut);
	assert_int_equal(found.end.switches, end->switches);
	assert_int_equal(found.end.runs_before_zero, end->runs_before_zero);
	assert_int_equal(found.end.runs_after_loss, end->runs_after_loss);
	assert_int_equal(found.end.runs_missed_switch, end->runs_missed_switch);
	assert_int_equal(found.end.kvm_exits, end->kvm_exits);
	assert_int_equal(found.end.kvm_entries_unpaired, end->kvm_entries_unpaired);
	assert_int_equal(found.end.verdict, end->verdict);
	assert_int_equal(found.end.proof_count, end->proof_count);
	for (size_t i = 0; i < end->proof_count; i++)
		assert_memory_equal(&found.end.proof[i].samples_switches,
				    &end->proof[i].samples_switches, 8 * sizeof(uint64_t));
	assert_memory_equal(&found.end.cost, &end->cost, sizeof(end->cost));
	collect_free(&found);
	sample_file_free(&file);
}

static void names_are_cleaned(void **state)
{
	struct string_pool *strings = string_pool_new();
	struct sample_file file;
	struct sample_rows rows;
	struct collect found;

	(void)state;
	sample_file_create(&file);
	sample_rows_init(&rows, CAPTURE_TASKS, strings);
	sample_rows_add(&rows);
	sample_rows_set(&rows, TASKS_TASK, 0);
	sample_rows_set_text(&rows, TASKS_COMM, "a\033[31m\nb\377\302\233c\303\251");
	sample_rows_set_text(&rows, TASKS_NAME, "");
	assert_int_equal(sample_rows_push(&rows, file.sink), 0);
	sample_file_end(&file);
	sample_file_collect(&file, CDICT_ALL_TABLES, &found);
	assert_string_equal(collect_text(&found, CAPTURE_TASKS, TASKS_COMM, 0),
			    "a?[31m?b???c\303\251");
	assert_string_equal(collect_text(&found, CAPTURE_TASKS, TASKS_NAME, 0), "");
	assert_null(collect_text(&found, CAPTURE_TASKS, TASKS_VM, 0));
	collect_free(&found);
	sample_file_free(&file);
	string_pool_free(strings);
}

static void a_file_is_a_part_until_it_is_whole(void **state)
{
	struct sample_file file;
	char part[sizeof(file.path) + 8];
	struct stat status;
	struct cdict_writer *second;

	(void)state;
	sample_file_create(&file);
	snprintf(part, sizeof(part), "%s.part", file.path);
	assert_int_equal(stat(part, &status), 0);
	assert_int_not_equal(stat(file.path, &status), 0);
	assert_int_equal(cdict_create(file.path, &second), -EEXIST);
	assert_int_equal(stat(part, &status), 0);
	sample_file_end(&file);
	assert_int_not_equal(stat(part, &status), 0);
	assert_int_equal(stat(file.path, &status), 0);
	/* the reserved room was given back */
	assert_true(status.st_blocks * 512 < status.st_size + 16384);
	sample_file_free(&file);
}

static void a_recording_without_an_end_stays_a_part_that_can_be_read(void **state)
{
	struct sample_file file;
	struct collect found;
	struct cdict_reader *reader;
	char message[CDICT_MESSAGE_BYTES];

	(void)state;
	sample_file_create(&file);
	sample_push_all_tables(file.sink);
	assert_int_equal(file.sink->flush(file.sink, 1000), 0);
	assert_int_equal(cdict_close(file.writer), 0);
	file.writer = NULL;
	assert_int_equal(cdict_open(file.path, &reader, message), -ENOENT);
	assert_non_null(strstr(message, ".part"));
	strcat(file.path, ".part");
	sample_file_collect(&file, CDICT_ALL_TABLES, &found);
	assert_false(file.summary.whole);
	assert_non_null(strstr(file.summary.cut, "no end message"));
	assert_int_equal(found.ends, 0);
	assert_true(found.tables[CAPTURE_SAMPLES].rows > 0);
	collect_free(&found);
	sample_file_free(&file);
}

static void after_a_cut_back_rows_are_dropped_and_the_end_is_written(void **state)
{
	struct capture_end end = *sample_end();
	struct sample_file file;
	struct collect wanted, found;

	(void)state;
	sample_file_create(&file);
	collect_init(&wanted);
	sample_push_all_tables(file.sink);
	sample_push_all_tables(&wanted.sink);
	assert_int_equal(file.sink->flush(file.sink, 1000), 0);
	sample_push_all_tables(file.sink);
	assert_int_equal(cdict_cut_back(file.writer), 0);
	sample_push_all_tables(file.sink);
	assert_int_equal(file.sink->flush(file.sink, 2000), 0);
	end.cut = true;
	end.cause = "disk full";
	assert_int_equal(file.sink->end(file.sink, &end), 0);
	assert_int_equal(cdict_close(file.writer), 0);
	file.writer = NULL;
	sample_file_collect(&file, CDICT_ALL_TABLES, &found);
	assert_false(file.summary.whole);
	assert_non_null(strstr(file.summary.cut, "disk full"));
	for (int table = 0; table < CAPTURE_TABLES; table++)
		assert_int_equal(found.tables[table].rows, wanted.tables[table].rows);
	collect_free(&wanted);
	collect_free(&found);
	sample_file_free(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_border_value_comes_back),
		cmocka_unit_test(batches_of_any_length_come_back),
		cmocka_unit_test(every_column_of_every_table_comes_back),
		cmocka_unit_test(tasks_that_leave_come_back),
		cmocka_unit_test(only_the_wanted_tables_are_pushed),
		cmocka_unit_test(header_and_end_come_back),
		cmocka_unit_test(names_are_cleaned),
		cmocka_unit_test(a_file_is_a_part_until_it_is_whole),
		cmocka_unit_test(a_recording_without_an_end_stays_a_part_that_can_be_read),
		cmocka_unit_test(after_a_cut_back_rows_are_dropped_and_the_end_is_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
