/* SPDX-License-Identifier: Apache-2.0 */
/* Single switches for the page. */
#include "unit.h"

#include "batch.h"
#include "chart/exact_runs.h"

#define N CAPTURE_NIL

/* at_ns, cpu, task, next, state, wait_us */
static const uint64_t first[][SWITCHES_COLUMNS] = {
	{ 100, 1, 5, 6, N, N },
	{ 50, 1, 6, 7, N, N },
	{ 0, 1, 7, N, N, N },
};
static const uint64_t second[][SWITCHES_COLUMNS] = {
	{ 20, 0, 5, 6, N, N },
	{ 500, 1, 6, 8, N, N },
};

static void push(struct exact_runs *runs, const uint64_t rows[][SWITCHES_COLUMNS], size_t count)
{
	assert_int_equal(batch_push(&runs->sink, CAPTURE_SWITCHES, 0, 1000, NULL, rows[0], count),
			 0);
}

static void runs_are_sorted_by_core_and_keep_their_order(void **state)
{
	static const struct exact_run wanted[] = {
		{ 1020, 0, 7 }, { 1100, 1, 7 }, { 1150, 1, 8 }, { 1150, 1, 0 }, { 1520, 1, 9 },
	};
	struct exact_runs runs;

	(void)state;
	exact_runs_init(&runs, 5);
	push(&runs, first, 3);
	push(&runs, second, 2);
	assert_int_equal(exact_runs_finish(&runs), 0);
	assert_int_equal(runs.count, 5);
	assert_int_equal(runs.left_out, 0);
	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(runs.runs[i].at_ns, wanted[i].at_ns);
		assert_int_equal(runs.runs[i].cpu, wanted[i].cpu);
		assert_int_equal(runs.runs[i].task, wanted[i].task);
	}
	exact_runs_free(&runs);
}

static void too_many_are_left_out_and_counted(void **state)
{
	struct exact_runs runs;

	(void)state;
	exact_runs_init(&runs, 4);
	push(&runs, first, 3);
	push(&runs, second, 2);
	push(&runs, first, 3);
	assert_int_equal(exact_runs_finish(&runs), 0);
	assert_int_equal(runs.count, 0);
	assert_int_equal(runs.left_out, 8);
	exact_runs_free(&runs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(runs_are_sorted_by_core_and_keep_their_order),
		cmocka_unit_test(too_many_are_left_out_and_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
