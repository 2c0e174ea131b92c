/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "base/array.h"
#include "base/string_pool.h"
#include "batch.h"
#include "some_tasks.h"
#include "view/view_filter.h"

#include <errno.h>

struct fixture {
	struct some_tasks *some;
	struct text_sink *text;
	struct view_filter filter;
};

static int make(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	fixture->some = some_tasks_new();
	fixture->text = text_sink_new();
	some_tasks_add(fixture->some, 0, 0, "swapper/0", NULL, "idle");
	some_tasks_add(fixture->some, 1, 0, "swapper/1", NULL, "idle");
	some_tasks_add(fixture->some, 2, 12, "perf", NULL, "task");
	view_filter_init(&fixture->filter, &fixture->some->tasks, &fixture->text->sink);
	*state = fixture;
	return 0;
}

static int drop(void **state)
{
	struct fixture *fixture = *state;

	view_filter_free(&fixture->filter);
	text_sink_free(fixture->text);
	some_tasks_free(fixture->some);
	free(fixture);
	return 0;
}

static void shape(struct fixture *fixture, struct view_options options)
{
	some_tasks_shape(fixture->some, &options);
}

#define PUSH(fixture, table, bucket_ns, base_ns, columns, ...)                                  \
	do {                                                                                    \
		const uint64_t numbers[] = { __VA_ARGS__ };                                     \
		assert_int_equal(batch_push(&(fixture)->filter.sink, table, bucket_ns, base_ns, \
					    NULL, numbers, ARRAY_LENGTH(numbers) / (columns)),  \
				 0);                                                            \
	} while (0)

#define PUSH_CELLS(fixture, bucket_ns, ...) \
	PUSH(fixture, CAPTURE_CELLS, bucket_ns, 0, CELLS_COLUMNS, __VA_ARGS__)

static void batches_pass_as_they_are_when_nothing_is_asked(void **state)
{
	struct fixture *fixture = *state;

	shape(fixture, (struct view_options){ 0 });
	/* clang-format off */
	PUSH_CELLS(fixture, 1000,
		   5, 0, 1, 80, 3,
		   6, 2, 1, 81, 4,
		   6, CAPTURE_NIL, 1, 81, 4);
	/* clang-format on */
	assert_string_equal(text_sink_take(fixture->text), "cells@1000 5 0 1 80 3\n"
							   "cells@1000 6 2 1 81 4\n"
							   "cells@1000 6 - 1 81 4\n");
	assert_null(fixture->filter.room);
}

static void a_task_that_the_file_does_not_know_becomes_nil(void **state)
{
	struct fixture *fixture = *state;

	shape(fixture, (struct view_options){ 0 });
	PUSH_CELLS(fixture, 1000, 5, 3, 1, 80, 3, 5, 2, 1, 80, 3);
	assert_string_equal(text_sink_take(fixture->text), "cells@1000 5 - 1 80 3\n"
							   "cells@1000 5 2 1 80 3\n");
}

static void a_bucket_belongs_to_the_window_when_its_start_does(void **state)
{
	struct fixture *fixture = *state;

	shape(fixture, (struct view_options){ 0 });
	fixture->filter.from_ns = 1500;
	fixture->filter.cap_ns = 3000;
	/* clang-format off */
	PUSH_CELLS(fixture, 1000,
		   1, 0, 1, 80, 1,
		   2, 0, 1, 80, 2,
		   3, 0, 1, 80, 3,
		   CAPTURE_NIL, 0, 1, 80, 4);
	/* clang-format on */
	assert_string_equal(text_sink_take(fixture->text), "cells@1000 2 0 1 80 2\n");
	PUSH_CELLS(fixture, 2000, 0, 0, 1, 80, 1, 1, 0, 1, 80, 2, 2, 0, 1, 80, 3);
	assert_string_equal(text_sink_take(fixture->text), "cells@2000 1 0 1 80 2\n");
	assert_int_equal(fixture->filter.covered_from_ns, 2000);
	assert_int_equal(fixture->filter.covered_to_ns, 4000);
}

static void a_window_without_end_holds_all_that_comes(void **state)
{
	struct fixture *fixture = *state;

	shape(fixture, (struct view_options){ 0 });
	fixture->filter.from_ns = 1000;
	PUSH_CELLS(fixture, 1000, 0, 0, 1, 80, 1, 1ULL << 54, 0, 1, 80, 2);
	assert_string_equal(text_sink_take(fixture->text), "cells@1000 18014398509481984 0 1 80 2"
							   "\n");
}

static void rows_of_tasks_that_are_not_selected_stay_out(void **state)
{
	struct fixture *fixture = *state;

	shape(fixture, (struct view_options){ .task = "perf" });
	PUSH_CELLS(fixture, 1000, 5, 0, 1, 80, 3, 6, 2, 1, 81, 4, 6, CAPTURE_NIL, 1, 81, 4);
	assert_string_equal(text_sink_take(fixture->text), "cells@1000 6 2 1 81 4\n");
	fixture->filter.all_rows = true;
	PUSH_CELLS(fixture, 1000, 5, 0, 1, 80, 3, 6, 2, 1, 81, 4);
	assert_string_equal(text_sink_take(fixture->text), "cells@1000 5 0 1 80 3\n"
							   "cells@1000 6 2 1 81 4\n");
}

static void merged_tasks_get_the_number_of_the_view(void **state)
{
	struct fixture *fixture = *state;

	shape(fixture, (struct view_options){ .merge_sys_tasks = true });
	PUSH_CELLS(fixture, 1000, 5, 0, 1, 80, 3, 5, 1, 1, 80, 3, 5, 2, 1, 80, 3);
	assert_string_equal(text_sink_take(fixture->text), "cells@1000 5 0 1 80 3\n"
							   "cells@1000 5 0 1 80 3\n"
							   "cells@1000 5 1 1 80 3\n");
}

static void times_of_switches_stay_right_when_rows_go(void **state)
{
	struct fixture *fixture = *state;

	shape(fixture, (struct view_options){ .task = "perf" });
	/* clang-format off */
	PUSH(fixture, CAPTURE_SWITCHES, 0, 10000, SWITCHES_COLUMNS,
	     100, 0, 0, 1, 0, 0,
	     100, 0, 1, 2, 0, 0,
	     100, 0, 2, 0, 0, 0,
	     100, 0, 0, 1, 0, 0,
	     100, 0, 1, 2, 0, 0);
	/* clang-format on */
	assert_string_equal(text_sink_take(fixture->text), "switches@10000 200 0 1 2 0 0\n"
							   "switches@10000 100 0 2 0 0 0\n"
							   "switches@10000 200 0 1 2 0 0\n");
	fixture->filter.from_ns = 10300;
	fixture->filter.cap_ns = 10500;
	PUSH(fixture, CAPTURE_SWITCHES, 0, 10000, SWITCHES_COLUMNS, 299, 0, 2, 2, 0, 0, 1, 0, 2, 2,
	     0, 0, 200, 0, 2, 2, 0, 0);
	assert_string_equal(text_sink_take(fixture->text), "switches@10000 300 0 2 2 0 0\n");
}

static void long_batches_go_on_in_pieces(void **state)
{
	struct fixture *fixture = *state;
	const size_t rows = 10000;
	uint64_t *numbers = calloc(rows, SWITCHES_COLUMNS * sizeof(*numbers));
	size_t lines = 0;
	const char *text;

	shape(fixture, (struct view_options){ .merge_sys_tasks = true });
	for (size_t i = 0; i < rows; i++)
		numbers[i * SWITCHES_COLUMNS] = 1;
	assert_int_equal(
		batch_push(&fixture->filter.sink, CAPTURE_SWITCHES, 0, 0, NULL, numbers, rows), 0);
	assert_int_equal(fixture->text->batches, 3);
	text = text_sink_take(fixture->text);
	/* each piece begins where the one before ended */
	assert_non_null(strstr(text, "switches@4096 1 0"));
	assert_non_null(strstr(text, "switches@8192 1 0"));
	for (; *text; text++)
		lines += *text == '\n';
	assert_int_equal(lines, rows);
	free(numbers);
}

static void tables_without_time_ignore_the_window(void **state)
{
	struct fixture *fixture = *state;

	shape(fixture, (struct view_options){ 0 });
	fixture->filter.from_ns = 1000000;
	PUSH(fixture, CAPTURE_TOTALS, 0, 0, TOTALS_COLUMNS, 2, 0, 1, 2, 3, 4);
	PUSH(fixture, CAPTURE_SUCCESSORS, 0, 0, SUCCESSORS_COLUMNS, 2, 0, 7);
	assert_string_equal(text_sink_take(fixture->text), "totals@0 2 0 1 2 3 4\n"
							   "successors@0 2 0 7\n");
}

static void states_from_before_the_window_come_too(void **state)
{
	struct fixture *fixture = *state;

	shape(fixture, (struct view_options){ 0 });
	fixture->filter.from_ns = 1000;
	fixture->filter.cap_ns = 2000;
	PUSH(fixture, CAPTURE_CPUS, 0, 0, CPUS_COLUMNS, 1, 500, 0, 1, 1500, 1, 1, 2000, 0);
	assert_string_equal(text_sink_take(fixture->text), "cpus@0 1 500 0\n"
							   "cpus@0 1 1500 1\n");
}

static void in_one_pass_tasks_are_collected_before_their_rows(void **state)
{
	struct fixture *fixture = *state;
	uint64_t row[TASKS_COLUMNS] = { [TASKS_TASK] = 3, [TASKS_TID] = 99 };

	fixture->filter.collect = &fixture->some->tasks;
	PUSH_CELLS(fixture, 1000, 5, 2, 1, 80, 3, 5, 3, 1, 80, 3);
	assert_string_equal(text_sink_take(fixture->text), "cells@1000 5 2 1 80 3\n"
							   "cells@1000 5 - 1 80 3\n");
	assert_int_equal(batch_push(&fixture->filter.sink, CAPTURE_TASKS, 0, 0,
				    fixture->some->strings, row, 1),
			 0);
	text_sink_take(fixture->text);
	PUSH_CELLS(fixture, 1000, 5, 2, 1, 80, 3, 5, 3, 1, 80, 3);
	assert_string_equal(text_sink_take(fixture->text), "cells@1000 5 2 1 80 3\n"
							   "cells@1000 5 3 1 80 3\n");
}

static int refuse(struct capture_sink *sink, const struct capture_batch *batch)
{
	(void)sink;
	(void)batch;
	return -EPIPE;
}

static void errors_of_the_next_sink_come_back(void **state)
{
	struct fixture *fixture = *state;
	const uint64_t row[CELLS_COLUMNS] = { 0 };

	shape(fixture, (struct view_options){ .task = "swapper" });
	fixture->text->sink.batch = refuse;
	assert_int_equal(batch_push(&fixture->filter.sink, CAPTURE_CELLS, 1, 0, NULL, row, 1),
			 -EPIPE);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, make, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(batches_pass_as_they_are_when_nothing_is_asked),
		TEST(a_task_that_the_file_does_not_know_becomes_nil),
		TEST(a_bucket_belongs_to_the_window_when_its_start_does),
		TEST(a_window_without_end_holds_all_that_comes),
		TEST(rows_of_tasks_that_are_not_selected_stay_out),
		TEST(merged_tasks_get_the_number_of_the_view),
		TEST(times_of_switches_stay_right_when_rows_go),
		TEST(long_batches_go_on_in_pieces),
		TEST(tables_without_time_ignore_the_window),
		TEST(states_from_before_the_window_come_too),
		TEST(in_one_pass_tasks_are_collected_before_their_rows),
		TEST(errors_of_the_next_sink_come_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
