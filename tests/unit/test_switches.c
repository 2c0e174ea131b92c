/* SPDX-License-Identifier: Apache-2.0 */
/* account's tables `successors` and `switches`. */
#include "account_bench.h"

static struct bench *begin_detail(uint32_t cpus)
{
	return begin_with(&(struct account_options){
		.cpu_count = cpus, .bucket_ns = 10 * MS, .wait_offered = true, .detail = true });
}

static uint64_t followed(const struct bench *bench, uint64_t task, uint64_t next)
{
	const struct tallied_table *table = &bench->tally.tables[CAPTURE_SUCCESSORS];
	uint64_t count = 0;

	for (size_t i = 0; i < table->count; i++)
		if (table->rows[i].values[SUCCESSORS_TASK] == task &&
		    table->rows[i].values[SUCCESSORS_NEXT] == next)
			count += table->rows[i].values[SUCCESSORS_COUNT];
	return count;
}

static const char *state_of(const struct bench *bench, size_t row)
{
	return string_pool_text(
		bench->strings,
		bench->tally.tables[CAPTURE_SWITCHES].rows[row].values[SWITCHES_STATE]);
}

static void assert_switch(const struct bench *bench, size_t row, uint64_t at_ns, uint64_t cpu,
			  uint64_t task, uint64_t next)
{
	const uint64_t *values = bench->tally.tables[CAPTURE_SWITCHES].rows[row].values;

	assert_int_equal(values[SWITCHES_AT_NS], at_ns);
	assert_int_equal(values[SWITCHES_CPU], cpu);
	assert_int_equal(values[SWITCHES_TASK], task);
	assert_int_equal(values[SWITCHES_NEXT], next);
}

static void successors_are_counted_with_idle(void **state)
{
	struct bench *bench = begin(1);
	uint64_t idle, seven, eight;

	(void)state;
	found(bench, 0, 0, 0);
	sleeps(bench, 0, 0, 1 * MS, 7);
	sleeps(bench, 0, 1 * MS, 2 * MS, 8);
	sleeps(bench, 0, 2 * MS, 3 * MS, 7);
	sleeps(bench, 0, 3 * MS, 4 * MS, 8);
	sleeps(bench, 0, 4 * MS, 5 * MS, 0);
	end_at(bench, 10 * MS);
	idle = task_of(bench, 0, "swapper/0");
	seven = task_of(bench, 7, NULL);
	eight = task_of(bench, 8, NULL);
	assert_int_equal(followed(bench, idle, seven), 1);
	assert_int_equal(followed(bench, seven, eight), 2);
	assert_int_equal(followed(bench, eight, seven), 1);
	assert_int_equal(followed(bench, eight, idle), 1);
	assert_int_equal(bench->tally.tables[CAPTURE_SUCCESSORS].count, 4);
	assert_int_equal(bench->tally.tables[CAPTURE_SWITCHES].count, 0);
	assert_false(bench->tally.used_before_told);
	finish(bench);
}

/* More pairs than are held: they go out in parts that add up. */
static void no_pair_of_very_many_is_lost(void **state)
{
	const uint32_t tasks = 450;
	struct bench *bench = begin(1);
	uint64_t at_ns = 0, sum = 0;

	(void)state;
	found(bench, 0, 0, 0);
	for (uint32_t step = 1; step <= tasks; step++)
		for (uint32_t i = 0, tid = 0; i < tasks; i++) {
			tid = (tid + step) % tasks;
			sleeps(bench, 0, at_ns, at_ns + 1000, tid + 1);
			at_ns += 1000;
		}
	end_at(bench, at_ns);
	sum = tally_sum(&bench->tally, CAPTURE_SUCCESSORS, SUCCESSORS_COUNT, 0, CAPTURE_NIL);
	assert_int_equal(sum, (uint64_t)tasks * tasks);
	assert_int_equal(sum, bench->tally.end.switches);
	assert_false(bench->tally.used_before_told);
	finish(bench);
}

static void half_of_a_long_capture_is_written_before_its_end(void **state)
{
	struct bench *bench = begin(1);
	const struct tallied_table *table = &bench->tally.tables[CAPTURE_SUCCESSORS];
	size_t writes = 0, had = 0;

	(void)state;
	found(bench, 0, 0, 0);
	for (uint64_t second = 1; second <= 200; second++) {
		uint64_t at_ns = second * 1000 * MS;

		sleeps(bench, 0, at_ns - 1000 * MS, at_ns, second % 2 ? 7 : 8);
		assert_int_equal(account_flush(bench->account, at_ns), 0);
		writes += table->count != had;
		had = table->count;
	}
	assert_int_equal(writes, 4); /* at 15, 30, 60, 120 s */
	assert_true(tally_sum(&bench->tally, CAPTURE_SUCCESSORS, SUCCESSORS_COUNT, 0,
			      CAPTURE_NIL) >= 100);
	end_at(bench, 200000 * MS);
	assert_int_equal(
		tally_sum(&bench->tally, CAPTURE_SUCCESSORS, SUCCESSORS_COUNT, 0, CAPTURE_NIL),
		200);
	finish(bench);
}

static void a_detail_capture_has_every_switch_core_by_core(void **state)
{
	struct bench *bench = begin_detail(2);
	uint64_t unknown, idle, seven, eight;

	(void)state;
	found(bench, 0, 0, 0);
	found(bench, 1, 0, 8);
	sleeps(bench, 0, 0, 2 * MS, 7);
	sleeps(bench, 1, 0, 3 * MS, 0);
	sleeps(bench, 0, 2 * MS, 4 * MS, 8);
	end_at(bench, 10 * MS);
	unknown = task_of(bench, UINT32_MAX, "unknown");
	idle = task_of(bench, 0, "swapper/0");
	seven = task_of(bench, 7, NULL);
	eight = task_of(bench, 8, NULL);
	assert_int_equal(bench->tally.tables[CAPTURE_SWITCHES].count, 5);
	assert_switch(bench, 0, 0, 0, unknown, idle);
	assert_null(state_of(bench, 0)); /* found, no switch */
	assert_switch(bench, 1, 2 * MS, 0, idle, seven);
	assert_string_equal(state_of(bench, 1), "S");
	assert_switch(bench, 2, 4 * MS, 0, seven, eight);
	assert_switch(bench, 3, 0, 1, unknown, eight);
	assert_switch(bench, 4, 3 * MS, 1, eight, task_of(bench, 0, "swapper/1"));
	assert_false(bench->tally.used_before_told);
	finish(bench);
}

static void a_switch_tells_the_state_and_the_wait(void **state)
{
	struct bench *bench = begin_detail(1);
	struct account_switch change;
	const struct tallied_row *rows;

	(void)state;
	found(bench, 0, 0, 0);
	waits(bench, 0, 0, 2 * MS, 7, 500);
	change = event(0, 2 * MS, 3 * MS, 0);
	change.preempted = true;
	feed(bench, change);
	waits(bench, 0, 3 * MS, 4 * MS, 7, 500 + 1234567);
	end_at(bench, 10 * MS);
	rows = bench->tally.tables[CAPTURE_SWITCHES].rows;
	assert_int_equal(rows[1].values[SWITCHES_WAIT_US], CAPTURE_NIL); /* alive before zero */
	assert_string_equal(state_of(bench, 2), "R+");
	assert_int_equal(rows[2].values[SWITCHES_WAIT_US], CAPTURE_NIL); /* idle does not wait */
	assert_int_equal(rows[3].values[SWITCHES_WAIT_US], 1235);
	finish(bench);
}

static void out_of_sight_is_the_unknown_task(void **state)
{
	struct bench *bench = begin_detail(1);
	uint64_t unknown, seven;

	(void)state;
	found(bench, 0, 0, 0);
	sleeps(bench, 0, 0, 2 * MS, 7);
	assert_int_equal(account_lost(bench->account, 0, 5 * MS, 10, 3 * MS, 1), 0);
	found(bench, 0, 5 * MS, 0);
	assert_int_equal(account_offline(bench->account, 0, 6 * MS), 0);
	end_at(bench, 10 * MS);
	unknown = task_of(bench, UINT32_MAX, "unknown");
	seven = task_of(bench, 7, NULL);
	assert_int_equal(bench->tally.tables[CAPTURE_SWITCHES].count, 5);
	assert_switch(bench, 2, 2 * MS, 0, seven, unknown);
	assert_switch(bench, 3, 5 * MS, 0, unknown, task_of(bench, 0, "swapper/0"));
	assert_switch(bench, 4, 6 * MS, 0, task_of(bench, 0, "swapper/0"), unknown);
	finish(bench);
}

static bool is_seven(void *context, const struct account_task *task)
{
	(void)context;
	return task->tid == 7;
}

static void what_is_not_selected_is_one_task_that_runs_on(void **state)
{
	struct bench *bench = begin_with(&(struct account_options){
		.cpu_count = 1, .bucket_ns = 10 * MS, .detail = true, .selects = is_seven });
	uint64_t other, seven;

	(void)state;
	found(bench, 0, 0, 5);
	sleeps(bench, 0, 0, 1 * MS, 6);
	sleeps(bench, 0, 1 * MS, 2 * MS, 7);
	sleeps(bench, 0, 2 * MS, 3 * MS, 5);
	sleeps(bench, 0, 3 * MS, 4 * MS, 6);
	end_at(bench, 10 * MS);
	other = task_of(bench, UINT32_MAX, "other");
	seven = task_of(bench, 7, NULL);
	assert_int_equal(bench->tally.tables[CAPTURE_SWITCHES].count, 3);
	assert_int_equal(tally_task(&bench->tally, other)->values[TASKS_TID], CAPTURE_NIL);
	assert_switch(bench, 1, 2 * MS, 0, other, seven);
	assert_switch(bench, 2, 3 * MS, 0, seven, other);
	assert_int_equal(followed(bench, other, other), 2);
	assert_int_equal(followed(bench, other, seven), 1);
	assert_int_equal(followed(bench, seven, other), 1);
	finish(bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(successors_are_counted_with_idle),
		cmocka_unit_test(no_pair_of_very_many_is_lost),
		cmocka_unit_test(half_of_a_long_capture_is_written_before_its_end),
		cmocka_unit_test(a_detail_capture_has_every_switch_core_by_core),
		cmocka_unit_test(a_switch_tells_the_state_and_the_wait),
		cmocka_unit_test(out_of_sight_is_the_unknown_task),
		cmocka_unit_test(what_is_not_selected_is_one_task_that_runs_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
