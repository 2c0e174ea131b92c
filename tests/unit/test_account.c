/* SPDX-License-Identifier: Apache-2.0 */
#include "account_bench.h"

static void a_run_is_cut_at_bucket_borders_and_counted_where_it_ends(void **state)
{
	struct bench *bench = begin(1);
	uint64_t task;

	(void)state;
	found(bench, 0, 0, 0);
	sleeps(bench, 0, 0, 5 * MS, 7);
	sleeps(bench, 0, 5 * MS, 32 * MS, 0);
	tell(bench, 7, 0, "seven");
	end_at(bench, 40 * MS);
	task = task_of(bench, 7, "seven");
	assert_int_equal(in_bucket(bench, task, 0, SAMPLES_RUN_NS), 5 * MS);
	assert_int_equal(in_bucket(bench, task, 1, SAMPLES_RUN_NS), 10 * MS);
	assert_int_equal(in_bucket(bench, task, 2, SAMPLES_RUN_NS), 10 * MS);
	assert_int_equal(in_bucket(bench, task, 3, SAMPLES_RUN_NS), 2 * MS);
	assert_int_equal(in_bucket(bench, task, 3, SAMPLES_SWITCHES), 1);
	assert_int_equal(sample_sum(bench, task, SAMPLES_VOLUNTARY), 1);
	assert_int_equal(cell_count(bench, task, "run", 27 * MS), 1);
	finish(bench);
}

static void the_time_before_a_cpu_is_seeded_is_unknown(void **state)
{
	struct bench *bench = begin(1);
	uint64_t unknown;

	(void)state;
	found(bench, 0, 3 * MS, 7);
	end_at(bench, 10 * MS);
	unknown = task_of(bench, UINT32_MAX, "unknown");
	assert_int_equal(sample_sum(bench, unknown, SAMPLES_RUN_NS), 3 * MS);
	assert_int_equal(sample_sum(bench, task_of(bench, 7, NULL), SAMPLES_RUN_NS), 7 * MS);
	finish(bench);
}

static void a_run_begun_before_zero_fills_buckets_but_has_no_cell(void **state)
{
	struct bench *bench = begin(1);
	struct account_switch change = event(0, 0, 4 * MS, 0);
	uint64_t task;

	(void)state;
	found(bench, 0, 0, 7);
	change.run_known = false;
	feed(bench, change);
	end_at(bench, 10 * MS);
	task = task_of(bench, 7, NULL);
	assert_int_equal(sample_sum(bench, task, SAMPLES_RUN_NS), 4 * MS);
	assert_int_equal(cell_count(bench, task, "run", CAPTURE_NIL), 0);
	assert_int_equal(bench->tally.end.runs_before_zero, 1);
	assert_int_equal(bench->tally.end.switches, 1);
	finish(bench);
}

static void preempted_and_runnable_are_involuntary_and_idle_is_neither(void **state)
{
	struct bench *bench = begin(1);
	struct account_switch change;
	uint64_t idle, task;

	(void)state;
	found(bench, 0, 0, 0);
	sleeps(bench, 0, 0, 1 * MS, 7);
	change = event(0, 1 * MS, 2 * MS, 0);
	change.preempted = true;
	feed(bench, change);
	sleeps(bench, 0, 2 * MS, 3 * MS, 7);
	change = event(0, 3 * MS, 4 * MS, 0);
	change.prev_state = ACCOUNT_RUNNING;
	feed(bench, change);
	sleeps(bench, 0, 4 * MS, 5 * MS, 7);
	sleeps(bench, 0, 5 * MS, 6 * MS, 0);
	end_at(bench, 10 * MS);
	task = task_of(bench, 7, NULL);
	idle = task_of(bench, 0, "swapper/0");
	assert_int_equal(sample_sum(bench, task, SAMPLES_VOLUNTARY), 1);
	assert_int_equal(sample_sum(bench, task, SAMPLES_INVOLUNTARY), 2);
	assert_int_equal(sample_sum(bench, idle, SAMPLES_SWITCHES), 3);
	assert_int_equal(sample_sum(bench, idle, SAMPLES_VOLUNTARY), 0);
	assert_int_equal(sample_sum(bench, idle, SAMPLES_INVOLUNTARY), 0);
	assert_int_equal(cell_count(bench, idle, "run", CAPTURE_NIL), 3);
	finish(bench);
}

static void a_wait_is_split_over_buckets_that_were_written_already(void **state)
{
	struct bench *bench = begin(1);
	uint64_t task;

	(void)state;
	found(bench, 0, 0, 0);
	waits(bench, 0, 0, 1 * MS, 7, 100);
	sleeps(bench, 0, 1 * MS, 2 * MS, 0);
	assert_int_equal(account_flush(bench->account, 30 * MS), 0);
	waits(bench, 0, 2 * MS, 35 * MS, 7, 100 + 18 * MS);
	end_at(bench, 40 * MS);
	task = task_of(bench, 7, NULL);
	assert_int_equal(in_bucket(bench, task, 1, SAMPLES_WAIT_NS), 3 * MS);
	assert_int_equal(in_bucket(bench, task, 2, SAMPLES_WAIT_NS), 10 * MS);
	assert_int_equal(in_bucket(bench, task, 3, SAMPLES_WAIT_NS), 5 * MS);
	assert_int_equal(in_bucket(bench, task, 3, SAMPLES_WAIT_MAX_NS), 18 * MS);
	assert_int_equal(in_bucket(bench, task, 3, SAMPLES_WAIT_MAX_AT_NS), 35 * MS);
	assert_int_equal(cell_count(bench, task, "wait", 18 * MS), 1);
	/* it was off the CPU for 33 ms */
	assert_int_equal(cell_count(bench, task, "sleep", 15 * MS), 1);
	finish(bench);
}

static void a_wait_whose_begin_nobody_knows_is_nil(void **state)
{
	struct bench *bench = begin(1);
	const struct tallied_table *samples;

	(void)state;
	found(bench, 0, 0, 0);
	waits(bench, 0, 0, 1 * MS, 7, 5000); /* not the first of its life */
	end_at(bench, 5 * MS);
	samples = &bench->tally.tables[CAPTURE_SAMPLES];
	for (size_t i = 0; i < samples->count; i++)
		assert_true(samples->rows[i].values[SAMPLES_WAIT_NS] == CAPTURE_NIL);
	assert_int_equal(cell_count(bench, task_of(bench, 7, NULL), "wait", CAPTURE_NIL), 0);
	finish(bench);
}

static void the_wait_of_a_first_run_is_all_of_it(void **state)
{
	struct bench *bench = begin(1);
	struct account_switch change = event(0, 0, 4 * MS, 7);

	(void)state;
	found(bench, 0, 0, 0);
	change.first = true;
	change.wait_total_ns = 3000;
	feed(bench, change);
	end_at(bench, 5 * MS);
	assert_int_equal(sample_sum(bench, task_of(bench, 7, NULL), SAMPLES_WAIT_NS), 3000);
	finish(bench);
}

static void a_task_that_comes_from_another_cpu_has_migrated(void **state)
{
	struct bench *bench = begin(2);
	struct account_switch in = event(1, 0, 3 * MS, 7);
	uint64_t task;

	(void)state;
	found(bench, 0, 0, 0);
	found(bench, 1, 0, 0);
	sleeps(bench, 0, 0, 1 * MS, 7);
	assert_true(account_must_wait(bench->account, &in));
	sleeps(bench, 0, 1 * MS, 2 * MS, 0);
	assert_false(account_must_wait(bench->account, &in));
	feed(bench, in);
	end_at(bench, 5 * MS);
	task = task_of(bench, 7, NULL);
	assert_int_equal(sample_sum(bench, task, SAMPLES_MIGRATIONS), 1);
	finish(bench);
}

static void a_missed_switch_charges_nobody(void **state)
{
	struct bench *bench = begin(1);
	struct account_switch change;
	uint64_t unknown;

	(void)state;
	found(bench, 0, 0, 0);
	sleeps(bench, 0, 0, 1 * MS, 7);
	assert_int_equal(account_missed_switch(bench->account, 0, 4 * MS, 8, 3 * MS), 0);
	change = event(0, 4 * MS, 4 * MS, 0);
	change.run_known = false;
	feed(bench, change);
	end_at(bench, 10 * MS);
	unknown = task_of(bench, UINT32_MAX, "unknown");
	assert_int_equal(sample_sum(bench, unknown, SAMPLES_RUN_NS), 3 * MS);
	assert_int_equal(sample_sum(bench, unknown, SAMPLES_SWITCHES), 0);
	assert_int_equal(sample_sum(bench, task_of(bench, 8, NULL), SAMPLES_SWITCHES), 1);
	/* one run cell (idle) + 2 unknown runs = 2 switches + 1 missed */
	assert_int_equal(cell_count(bench, task_of(bench, 0, "swapper/0"), "run", CAPTURE_NIL), 1);
	assert_int_equal(bench->tally.end.runs_missed_switch, 2);
	assert_int_equal(bench->tally.end.switches, 2);
	finish(bench);
}

static void a_task_whose_first_switch_in_was_missed_has_waited_since_its_birth(void **state)
{
	struct bench *bench = begin(1);
	struct account_switch change;
	uint64_t task;

	(void)state;
	found(bench, 0, 0, 0);
	tell(bench, 7, 1 * MS, "born");
	assert_int_equal(account_missed_switch(bench->account, 0, 4 * MS, 7, 4 * MS), 0);
	assert_int_equal(account_missed_wait(bench->account, 0, 3 * MS), 0);
	change = event(0, 4 * MS, 5 * MS, 0);
	feed(bench, change);
	waits(bench, 0, 5 * MS, 9 * MS, 7, 5 * MS);
	end_at(bench, 10 * MS);
	task = task_of(bench, 7, "born");
	assert_int_equal(sample_sum(bench, task, SAMPLES_WAIT_NS), 5 * MS);
	assert_int_equal(cell_count(bench, task, "wait", 3 * MS), 1);
	assert_int_equal(cell_count(bench, task, "wait", 2 * MS), 1);
	finish(bench);
}

static void after_a_loss_nobody_knows_how_long_a_task_slept(void **state)
{
	struct bench *bench = begin(2);
	uint64_t unknown;

	(void)state;
	found(bench, 0, 0, 0);
	found(bench, 1, 0, 0);
	sleeps(bench, 0, 0, 1 * MS, 7);
	sleeps(bench, 0, 1 * MS, 2 * MS, 0);
	assert_int_equal(account_lost(bench->account, 1, 4 * MS, 12, 3 * MS, 2), 0);
	assert_int_equal(account_found_running(bench->account, 1, 4 * MS, 9, 0, true), 0);
	sleeps(bench, 0, 2 * MS, 6 * MS, 7);
	sleeps(bench, 0, 6 * MS, 7 * MS, 0);
	sleeps(bench, 0, 7 * MS, 8 * MS, 7);
	end_at(bench, 10 * MS);
	unknown = task_of(bench, UINT32_MAX, "unknown");
	assert_int_equal(sample_sum(bench, unknown, SAMPLES_RUN_NS), 4 * MS);
	assert_int_equal(cell_count(bench, task_of(bench, 7, NULL), "sleep", CAPTURE_NIL), 1);
	assert_int_equal(cell_count(bench, task_of(bench, 7, NULL), "sleep", 1 * MS), 1);
	assert_int_equal(bench->tally.end.proof[1].lost_switches, 12);
	assert_int_equal(bench->tally.end.proof[1].lost_run_ns, 3 * MS);
	finish(bench);
}

static void a_cpu_that_is_offline_fills_no_buckets(void **state)
{
	struct bench *bench = begin(1);
	const struct tallied_table *cpus;

	(void)state;
	found(bench, 0, 0, 0);
	assert_int_equal(account_offline(bench->account, 0, 12 * MS), 0);
	found(bench, 0, 35 * MS, 0);
	end_at(bench, 40 * MS);
	assert_int_equal(tally_sum(&bench->tally, CAPTURE_SAMPLES, SAMPLES_RUN_NS, 0, CAPTURE_NIL),
			 17 * MS);
	cpus = &bench->tally.tables[CAPTURE_CPUS];
	assert_int_equal(cpus->count, 2);
	assert_int_equal(cpus->rows[0].values[CPUS_AT_NS], 12 * MS);
	assert_int_equal(cpus->rows[0].values[CPUS_ONLINE], 0);
	assert_int_equal(cpus->rows[1].values[CPUS_AT_NS], 35 * MS);
	finish(bench);
}

static void a_silent_cpu_is_in_every_bucket_that_is_flushed(void **state)
{
	struct bench *bench = begin(1);

	(void)state;
	found(bench, 0, 0, 7);
	assert_int_equal(account_flush(bench->account, 57 * MS), 0);
	for (uint64_t bucket = 0; bucket < 5; bucket++)
		assert_int_equal(in_bucket(bench, task_of(bench, 7, NULL), bucket, SAMPLES_RUN_NS),
				 10 * MS);
	assert_int_equal(bench->tally.flushed_at_ns, 50 * MS);
	end_at(bench, 60 * MS);
	finish(bench);
}

static void a_bucket_longer_than_the_time_between_flushes_is_written_in_parts(void **state)
{
	struct bench *bench = begin_with(&(struct account_options){
		.cpu_count = 1, .bucket_ns = 1000 * MS, .wait_offered = true });

	(void)state;
	found(bench, 0, 0, 7);
	assert_int_equal(account_flush(bench->account, 300 * MS), 0);
	assert_int_equal(account_flush(bench->account, 600 * MS), 0);
	assert_int_equal(in_bucket(bench, task_of(bench, 7, NULL), 0, SAMPLES_RUN_NS), 600 * MS);
	end_at(bench, 1500 * MS);
	assert_int_equal(in_bucket(bench, task_of(bench, 7, NULL), 0, SAMPLES_RUN_NS), 1000 * MS);
	assert_int_equal(in_bucket(bench, task_of(bench, 7, NULL), 1, SAMPLES_RUN_NS), 500 * MS);
	finish(bench);
}

static void buckets_double_at_a_border_of_both_grids_when_there_are_too_many_rows(void **state)
{
	struct bench *bench = begin_with(&(struct account_options){
		.cpu_count = 1, .bucket_ns = 10 * MS, .rows_per_s_max = 50, .wait_offered = true });
	const struct tallied_table *samples = &bench->tally.tables[CAPTURE_SAMPLES];
	uint64_t at_ns = 0, ends_ns = 0;

	(void)state;
	found(bench, 0, 0, 0);
	for (uint32_t i = 0; i < 2000; i++, at_ns += MS)
		sleeps(bench, 0, at_ns, at_ns + MS, i % 8 + 1);
	end_at(bench, at_ns);
	for (size_t i = 0; i < samples->count; i++) {
		uint64_t start_ns =
			samples->rows[i].values[SAMPLES_BUCKET] * samples->rows[i].bucket_ns;

		/* in order, and no bucket begins within another */
		assert_true(start_ns >= ends_ns ||
			    start_ns + samples->rows[i].bucket_ns == ends_ns);
		ends_ns = start_ns + samples->rows[i].bucket_ns;
	}
	assert_true(samples->rows[samples->count - 1].bucket_ns > 100 * MS);
	assert_int_equal(tally_sum(&bench->tally, CAPTURE_SAMPLES, SAMPLES_RUN_NS, 0, CAPTURE_NIL),
			 at_ns);
	finish(bench);
}

static void rows_that_come_late_keep_the_bucket_length_of_their_time(void **state)
{
	struct bench *bench = begin_with(&(struct account_options){
		.cpu_count = 2, .bucket_ns = 10 * MS, .rows_per_s_max = 20, .wait_offered = true });
	const struct tallied_table *samples = &bench->tally.tables[CAPTURE_SAMPLES];

	(void)state;
	found(bench, 0, 0, 0);
	for (uint64_t i = 0; i < 1000; i++)
		sleeps(bench, 0, i * MS, (i + 1) * MS, (uint32_t)(i % 8) + 1);
	found(bench, 1, 5 * MS, 77); /* of long ago */
	end_at(bench, 1000 * MS);
	for (size_t i = 0; i < samples->count; i++)
		if (!samples->rows[i].values[SAMPLES_BUCKET])
			assert_int_equal(samples->rows[i].bucket_ns, 10 * MS);
	finish(bench);
}

static void samples_and_losses_equal_to_the_totals_prove_the_capture(void **state)
{
	struct bench *bench = begin(1);
	struct account_total sums = { .switches = 8, .run_ns = 10 * MS };
	struct capture_end end = { .duration_ns = 10 * MS };

	(void)state;
	found(bench, 0, 0, 0);
	sleeps(bench, 0, 0, 1 * MS, 7);
	assert_int_equal(account_lost(bench->account, 0, 8 * MS, 6, 7 * MS, 1), 0);
	assert_int_equal(account_found_running(bench->account, 0, 8 * MS, 7, 0, true), 0);
	sleeps(bench, 0, 8 * MS, 10 * MS, 0);
	assert_int_equal(account_total(bench->account, &sums), 0);
	assert_int_equal(account_end(bench->account, &end, true, true), 0);
	assert_int_equal(end.verdict, VERDICT_EQUAL);
	finish(bench);
}

static void totals_of_many_ended_tasks_are_written_before_the_end(void **state)
{
	struct bench *bench = begin(1);
	struct capture_end end = { .duration_ns = 20 * MS };
	const struct tallied_table *totals = &bench->tally.tables[CAPTURE_TOTALS];
	size_t before;

	(void)state;
	found(bench, 0, 0, 0);
	for (uint32_t i = 0; i < 20000; i++) {
		struct account_total total = {
			.tid = 100 + i, .start_ns = 5, .switches = 1, .run_ns = 1
		};

		assert_int_equal(account_total(bench->account, &total), 0);
	}
	assert_int_equal(totals->count, 0);
	assert_int_equal(account_flush(bench->account, 10 * MS), 0);
	before = totals->count;
	assert_int_equal(before, 20000);
	assert_false(bench->tally.used_before_told);
	assert_int_equal(account_end(bench->account, &end, true, true), 0);
	assert_int_equal(totals->count, before);
	assert_int_equal(end.proof[0].totals_switches, 20000);
	finish(bench);
}

static enum capture_verdict verdict_of(uint64_t switches, bool has_totals, bool complete)
{
	struct bench *bench = begin(1);
	struct account_total sums = { .switches = switches, .run_ns = 1 * MS };
	struct capture_end end = { .duration_ns = 10 * MS };

	found(bench, 0, 0, 0);
	sleeps(bench, 0, 0, 1 * MS, 7);
	assert_int_equal(account_total(bench->account, &sums), 0);
	assert_int_equal(account_end(bench->account, &end, has_totals, complete), 0);
	finish(bench);
	return end.verdict;
}

static void a_switch_too_many_or_a_total_too_few_is_no_proof(void **state)
{
	(void)state;
	assert_int_equal(verdict_of(1, true, true), VERDICT_EQUAL);
	assert_int_equal(verdict_of(2, true, true), VERDICT_DIFFERENT);
	assert_int_equal(verdict_of(1, true, false), VERDICT_NOT_PROVABLE);
	assert_int_equal(verdict_of(1, false, true), VERDICT_NO_TOTALS);
}

static void losses_are_written_at_every_flush_also_when_there_are_none(void **state)
{
	struct bench *bench = begin(1);

	(void)state;
	found(bench, 0, 0, 0);
	assert_int_equal(account_flush(bench->account, 20 * MS), 0);
	assert_int_equal(bench->tally.tables[CAPTURE_LOSSES].count, LOSS_CAUSES);
	account_count_loss(bench->account, LOSS_IDENTITY_RING, 3);
	assert_int_equal(account_flush(bench->account, 40 * MS), 0);
	assert_int_equal(
		tally_sum(&bench->tally, CAPTURE_LOSSES, LOSSES_COUNT, LOSSES_AT_NS, 40 * MS), 3);
	end_at(bench, 40 * MS);
	finish(bench);
}

static void the_latest_moment_is_the_last_switch_of_any_cpu(void **state)
{
	struct bench *bench = begin(2);

	(void)state;
	assert_int_equal(account_latest_ns(bench->account), 0);
	found(bench, 0, 0, 0);
	found(bench, 1, 0, 0);
	sleeps(bench, 1, 0, 7 * MS, 7);
	sleeps(bench, 0, 0, 4 * MS, 8);
	assert_int_equal(account_latest_ns(bench->account), 7 * MS);
	end_at(bench, 7 * MS);
	finish(bench);
}

static void the_error_of_the_sink_is_passed_up(void **state)
{
	struct bench *bench = begin(1);

	(void)state;
	found(bench, 0, 0, 0);
	bench->tally.fail_with = -28;
	assert_int_equal(account_flush(bench->account, 20 * MS), -28);
	finish(bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_run_is_cut_at_bucket_borders_and_counted_where_it_ends),
		cmocka_unit_test(the_time_before_a_cpu_is_seeded_is_unknown),
		cmocka_unit_test(a_run_begun_before_zero_fills_buckets_but_has_no_cell),
		cmocka_unit_test(preempted_and_runnable_are_involuntary_and_idle_is_neither),
		cmocka_unit_test(a_wait_is_split_over_buckets_that_were_written_already),
		cmocka_unit_test(a_wait_whose_begin_nobody_knows_is_nil),
		cmocka_unit_test(the_wait_of_a_first_run_is_all_of_it),
		cmocka_unit_test(a_task_that_comes_from_another_cpu_has_migrated),
		cmocka_unit_test(a_missed_switch_charges_nobody),
		cmocka_unit_test(
			a_task_whose_first_switch_in_was_missed_has_waited_since_its_birth),
		cmocka_unit_test(after_a_loss_nobody_knows_how_long_a_task_slept),
		cmocka_unit_test(a_cpu_that_is_offline_fills_no_buckets),
		cmocka_unit_test(a_silent_cpu_is_in_every_bucket_that_is_flushed),
		cmocka_unit_test(a_bucket_longer_than_the_time_between_flushes_is_written_in_parts),
		cmocka_unit_test(
			buckets_double_at_a_border_of_both_grids_when_there_are_too_many_rows),
		cmocka_unit_test(rows_that_come_late_keep_the_bucket_length_of_their_time),
		cmocka_unit_test(samples_and_losses_equal_to_the_totals_prove_the_capture),
		cmocka_unit_test(a_switch_too_many_or_a_total_too_few_is_no_proof),
		cmocka_unit_test(totals_of_many_ended_tasks_are_written_before_the_end),
		cmocka_unit_test(losses_are_written_at_every_flush_also_when_there_are_none),
		cmocka_unit_test(the_latest_moment_is_the_last_switch_of_any_cpu),
		cmocka_unit_test(the_error_of_the_sink_is_passed_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
