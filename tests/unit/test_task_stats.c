/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "base/string_pool.h"
#include "batch.h"
#include "capture/histogram.h"
#include "chart/task_stats.h"

#include <errno.h>

#define NIL CAPTURE_NIL

static int make(void **state)
{
	struct task_stats *stats = malloc(sizeof(*stats));
	const struct capture_header header = { .steps_per_octave = HISTOGRAM_STEPS };

	task_stats_init(stats);
	assert_int_equal(stats->sink.header(&stats->sink, &header), 0);
	*state = stats;
	return 0;
}

static int drop(void **state)
{
	task_stats_free(*state);
	free(*state);
	return 0;
}

static int push(struct task_stats *stats, const uint64_t *rows, size_t count)
{
	return batch_push(&stats->sink, CAPTURE_SAMPLES, 1000, 0, NULL, rows, count);
}

static void partial_rows_of_a_task_add_up(void **state)
{
	/* clang-format off */
	const uint64_t rows[] = {
		/* bucket task cpu run switches voluntary involuntary migrations wait max at */
		1, 3, 0, 100, 5, 3, 2, 1, 40, 20, 1500,
		1, 3, 0,  10, 1, 1, 0, 0,  5,  5, 1700,
		2, 3, 1, 200, 4, 4, 0, 2, 70, 60, 2500,
	};
	/* clang-format on */
	struct task_stats *stats = *state;
	const struct task_stats_row *sums;

	assert_int_equal(push(stats, rows, 2), 0);
	assert_int_equal(push(stats, rows + 2 * SAMPLES_COLUMNS, 1), 0);
	sums = task_stats_of(stats, 3);
	assert_int_equal(sums->run_ns, 310);
	assert_int_equal(sums->switches, 10);
	assert_int_equal(sums->voluntary, 8);
	assert_int_equal(sums->involuntary, 2);
	assert_int_equal(sums->migrations, 3);
	assert_int_equal(sums->wait_ns, 115);
	assert_int_equal(sums->wait_max_ns, 60);
	assert_int_equal(sums->wait_max_at_ns, 2500);
	assert_int_equal(task_stats_wait_average_ns(sums), 12); /* 11.5, rounded */
}

static void a_wait_is_known_when_any_row_knows_it(void **state)
{
	/* clang-format off */
	const uint64_t rows[] = {
		1, 0, 0, 1, 1, 0, 0, 0, NIL, NIL, NIL,
		1, 1, 0, 1, 1, 0, 0, 0, NIL, NIL, NIL,
		2, 1, 0, 1, 1, 0, 0, 0, 0, 0, 77,
		3, 1, 0, 1, 1, 0, 0, 0, NIL, NIL, NIL,
	};
	/* clang-format on */
	struct task_stats *stats = *state;

	assert_int_equal(push(stats, rows, 4), 0);
	assert_true(task_stats_of(stats, 0)->wait_ns == NIL);
	assert_true(task_stats_of(stats, 0)->wait_max_ns == NIL);
	assert_true(task_stats_wait_average_ns(task_stats_of(stats, 0)) == NIL);
	assert_int_equal(task_stats_of(stats, 1)->wait_ns, 0);
	assert_int_equal(task_stats_of(stats, 1)->wait_max_ns, 0);
	assert_int_equal(task_stats_of(stats, 1)->wait_max_at_ns, 77);
}

static void of_equal_maxima_the_first_is_named(void **state)
{
	const uint64_t rows[] = { 1, 0, 0, 1, 1, 0, 0, 0, 9, 9, 100,
				  2, 0, 0, 1, 1, 0, 0, 0, 9, 9, 200 };
	struct task_stats *stats = *state;

	assert_int_equal(push(stats, rows, 2), 0);
	assert_int_equal(task_stats_of(stats, 0)->wait_max_at_ns, 100);
}

static void numbers_that_are_not_known_count_as_nothing(void **state)
{
	const uint64_t row[] = { 1, 0, 0, NIL, NIL, NIL, NIL, NIL, NIL, NIL, NIL };
	struct task_stats *stats = *state;

	assert_int_equal(push(stats, row, 1), 0);
	assert_int_equal(task_stats_of(stats, 0)->run_ns, 0);
	assert_int_equal(task_stats_of(stats, 0)->switches, 0);
}

static void rows_without_a_known_task_stay_apart(void **state)
{
	const uint64_t row[] = { 1, NIL, 0, 55, 1, 0, 0, 0, 0, 0, 0 };
	struct task_stats *stats = *state;

	assert_int_equal(push(stats, row, 1), 0);
	assert_int_equal(stats->unknown.run_ns, 55);
	assert_int_equal(stats->count, 0);
}

static void a_task_without_rows_has_no_sums(void **state)
{
	struct task_stats *stats = *state;

	assert_int_equal(task_stats_of(stats, 1234)->run_ns, 0);
	assert_true(task_stats_percentile_ns(stats, 1234, TASK_STATS_RUN, 0.5) == NIL);
}

static void a_task_number_that_cannot_be_is_refused(void **state)
{
	const uint64_t row[] = { 1, 1ULL << 40, 0, 55, 1, 0, 0, 0, 0, 0, 0 };

	assert_int_equal(push(*state, row, 1), -EBADMSG);
}

static void percentiles_are_of_their_kind(void **state)
{
	struct task_stats *stats = *state;
	struct string_pool *strings = string_pool_new();
	uint64_t sleep = string_pool_add(strings, "sleep"), run = string_pool_add(strings, "run");
	uint64_t guest = string_pool_add(strings, "guest");
	const uint64_t rows[] = { 1, 2, run, 80, 9,  1, 2, sleep, 200, 1,
				  1, 2, run, 90, 91, 1, 2, guest, 300, 1 };

	assert_int_equal(batch_push(&stats->sink, CAPTURE_CELLS, 1000, 0, strings, rows, 4), 0);
	assert_int_equal(histogram_bin(task_stats_percentile_ns(stats, 2, TASK_STATS_RUN, 0.5)),
			 90);
	assert_int_equal(histogram_bin(task_stats_percentile_ns(stats, 2, TASK_STATS_RUN, 0.05)),
			 80);
	assert_int_equal(histogram_bin(task_stats_percentile_ns(stats, 2, TASK_STATS_SLEEP, 0.5)),
			 200);
	assert_true(task_stats_percentile_ns(stats, 2, TASK_STATS_WAIT, 0.5) == NIL);
	string_pool_free(strings);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, make, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(partial_rows_of_a_task_add_up),
		TEST(a_wait_is_known_when_any_row_knows_it),
		TEST(of_equal_maxima_the_first_is_named),
		TEST(numbers_that_are_not_known_count_as_nothing),
		TEST(rows_without_a_known_task_stay_apart),
		TEST(a_task_without_rows_has_no_sums),
		TEST(a_task_number_that_cannot_be_is_refused),
		TEST(percentiles_are_of_their_kind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
