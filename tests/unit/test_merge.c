/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "merge_bench.h"

static uint64_t losses(const struct bench *bench, enum capture_loss_cause cause)
{
	struct account_counters counters;

	account_counters(bench->account, &counters);
	return counters.losses[cause];
}

static uint64_t switches(const struct bench *bench)
{
	struct account_counters counters;

	account_counters(bench->account, &counters);
	return counters.switches;
}

static uint64_t sum_on(const struct bench *bench, unsigned int column, uint64_t cpu, uint32_t tid)
{
	const struct tallied_table *samples = &bench->tally.tables[CAPTURE_SAMPLES];
	uint64_t sum = 0;

	for (size_t i = 0; i < samples->count; i++) {
		const uint64_t *values = samples->rows[i].values;
		uint64_t task = values[SAMPLES_TASK];

		if (values[SAMPLES_CPU] == cpu &&
		    tally_task(&bench->tally, task)->values[TASKS_TID] == tid)
			sum += values[column];
	}
	return sum;
}

static uint64_t run_ns_on(const struct bench *bench, uint64_t cpu, uint32_t tid)
{
	return sum_on(bench, SAMPLES_RUN_NS, cpu, tid);
}

static void samples_seen_by_a_look_and_by_the_ring_count_once(void **state)
{
	struct bench *bench = bench_begin();

	(void)state;
	bench_look(bench);
	bench_add(bench, 0, 1 * MS, 7);
	bench_look(bench);
	bench_add(bench, 0, 2 * MS, 0);
	bench_look(bench);
	bench_advance(bench, 5 * MS);
	assert_int_equal(switches(bench), 1);
	bench_hand_over(bench, 0, false);
	bench_advance(bench, 6 * MS);
	assert_int_equal(switches(bench), 2);
	bench_end_at(bench, 10 * MS);
	assert_int_equal(switches(bench), 2);
	bench_finish(bench);
}

static void a_look_trusts_only_what_an_earlier_look_saw_counted(void **state)
{
	struct bench *bench = bench_begin();

	(void)state;
	bench_add(bench, 0, 1 * MS, 7);
	bench_look(bench);
	assert_int_equal(merge_pending(bench->merge), 1); /* CPU 1 was found */
	bench_add(bench, 0, 2 * MS, 0);
	bench_look(bench);
	assert_int_equal(merge_pending(bench->merge), 3); /* CPU 0, too, and one sample */
	bench_end_at(bench, 10 * MS);
	assert_int_equal(switches(bench), 2);
	bench_finish(bench);
}

static void a_lost_block_is_counted_and_its_time_is_nobodys(void **state)
{
	struct bench *bench = bench_begin();

	(void)state;
	bench_look(bench);
	bench_add(bench, 0, 1 * MS, 7);
	bench_hand_over(bench, 0, false);
	bench_add(bench, 0, 2 * MS, 8);
	bench_add(bench, 0, 5 * MS, 9);
	bench_hand_over(bench, 0, true);
	bench_add(bench, 0, 7 * MS, 0);
	bench_hand_over(bench, 0, false);
	bench_end_at(bench, 10 * MS);
	assert_int_equal(losses(bench, LOSS_RING_FULL), 1);
	assert_int_equal(bench->tally.end.proof[0].lost_switches, 2);
	assert_int_equal(bench->tally.end.proof[0].lost_run_ns, 4 * MS);
	assert_int_equal(run_ns_on(bench, 0, 9), 2 * MS); /* known from the header on */
	assert_int_equal(bench->tally.end.runs_after_loss, 0);
	bench_finish(bench);
}

static void a_block_that_is_lost_after_a_look_is_lost_in_part_only(void **state)
{
	struct bench *bench = bench_begin();

	(void)state;
	bench_look(bench);
	bench_add(bench, 0, 1 * MS, 7);
	bench_add(bench, 0, 2 * MS, 0);
	bench_look(bench);
	bench_look(bench);
	bench_add(bench, 0, 3 * MS, 7);
	bench_hand_over(bench, 0, true);
	bench_add(bench, 0, 4 * MS, 0);
	bench_end_at(bench, 10 * MS);
	assert_int_equal(switches(bench), 3);
	assert_int_equal(bench->tally.end.proof[0].lost_switches, 1);
	bench_finish(bench);
}

static void a_switch_in_waits_for_its_switch_out_elsewhere(void **state)
{
	struct bench *bench = bench_begin();

	(void)state;
	bench_look(bench);
	bench_add(bench, 0, 1 * MS, 7);
	bench_add(bench, 0, 3 * MS, 0); /* a little too late by its clock */
	bench_add(bench, 1, 2 * MS, 7);
	bench_add(bench, 1, 4 * MS, 0);
	bench_end_at(bench, 10 * MS);
	assert_int_equal(losses(bench, LOSS_REORDERED), 1);
	assert_int_equal(losses(bench, LOSS_MISSED_SWITCH), 0);
	assert_int_equal(run_ns_on(bench, 0, 7), 2 * MS);
	assert_int_equal(run_ns_on(bench, 1, 7), 2 * MS);
	bench_finish(bench);
}

static void patience_ends_and_the_old_run_is_a_missed_switch(void **state)
{
	struct bench *bench = bench_begin();

	(void)state;
	bench_look(bench);
	bench_add(bench, 0, 1 * MS, 7); /* and never leaves */
	bench_add(bench, 1, 5 * MS, 7);
	bench_hand_over(bench, 0, false);
	bench_hand_over(bench, 1, false);
	bench_advance(bench, 10 * MS);
	assert_int_equal(merge_complete_ns(bench->merge), 5 * MS);
	assert_int_equal(switches(bench), 1);
	bench_advance(bench, 60 * MS);
	assert_int_equal(switches(bench), 2);
	assert_int_equal(merge_complete_ns(bench->merge), 60 * MS);
	assert_int_equal(losses(bench, LOSS_MISSED_SWITCH), 1);
	bench_end_at(bench, 70 * MS);
	assert_int_equal(run_ns_on(bench, 0, 7), 0);
	assert_int_equal(run_ns_on(bench, 1, 7), 65 * MS);
	bench_finish(bench);
}

static void a_sample_behind_the_watermark_is_late_but_applied(void **state)
{
	struct bench *bench = bench_begin();

	(void)state;
	bench_look(bench);
	bench_advance(bench, 20 * MS);
	bench_add(bench, 0, 5 * MS, 7);
	bench_hand_over(bench, 0, false);
	bench_end_at(bench, 30 * MS);
	assert_int_equal(losses(bench, LOSS_LATE), 1);
	assert_int_equal(switches(bench), 1);
	assert_int_equal(run_ns_on(bench, 0, 7), 25 * MS);
	bench_finish(bench);
}

static void a_marker_charges_nobody_until_the_run_it_found_began(void **state)
{
	struct bench *bench = bench_begin();
	struct pft_block *block = &bench->blocks[0];

	(void)state;
	bench_look(bench);
	bench_add(bench, 0, 1 * MS, 7);
	bench_add(bench, 0, 6 * MS, 9);
	block->samples[1].next = 9 | PFT_SAMPLE_MARKER;
	block->samples[1].delta_ns = 0;				  /* its wait */
	block->samples[1].wait_total_ns = bench_clock_at(4 * MS); /* its begin */
	bench_add(bench, 0, 6 * MS, 0);
	bench_end_at(bench, 10 * MS);
	assert_int_equal(run_ns_on(bench, 0, 7), 0);
	assert_int_equal(run_ns_on(bench, 0, 9), 2 * MS);
	assert_int_equal(bench->tally.end.switches, 2);
	assert_int_equal(losses(bench, LOSS_MISSED_SWITCH), 1);
	assert_int_equal(bench->tally.end.runs_missed_switch, 1);
	bench_finish(bench);
}

static void a_cpu_that_goes_and_comes_back_fills_no_buckets_meanwhile(void **state)
{
	struct bench *bench = bench_begin();

	(void)state;
	bench_look(bench);
	bench_add(bench, 0, 1 * MS, 7);
	bench_add(bench, 0, 2 * MS, 0);
	assert_int_equal(merge_cpu_offline(bench->merge, 0, bench_clock_at(5 * MS)), 0);
	assert_int_equal(merge_cpu_online(bench->merge, 0, bench_clock_at(8 * MS)), 0);
	bench_add(bench, 0, 9 * MS, 7);
	bench_end_at(bench, 10 * MS);
	assert_int_equal(run_ns_on(bench, 0, 0), 1 * MS + 3 * MS + 1 * MS);
	assert_int_equal(run_ns_on(bench, 0, 7), 2 * MS);
	assert_int_equal(bench->tally.tables[CAPTURE_CPUS].count, 2);
	assert_int_equal(bench->tally.end.runs_before_zero, 2); /* the seeded, the interrupted */
	bench_finish(bench);
}

static uint64_t switches_of(const struct bench *bench, uint32_t tid)
{
	return sum_on(bench, SAMPLES_SWITCHES, 0, tid);
}

/* The switch to 7 was at 7 ms, behind the going, but its clock lagged. */
static void begin_before_a_cpu_goes(struct bench *bench)
{
	bench_look(bench);
	bench_add(bench, 0, 1 * MS, 6);
	bench_add(bench, 0, 2 * MS, 0);
	bench_add(bench, 0, 4 * MS, 7);
	assert_int_equal(merge_cpu_offline(bench->merge, 0, bench_clock_at(5 * MS)), 0);
}

static void a_clock_that_lags_to_before_its_cpu_went_moves_no_switch_to_another(void **state)
{
	struct bench *bench = bench_begin();

	(void)state;
	begin_before_a_cpu_goes(bench);
	bench_add(bench, 0, 8 * MS, 0);
	bench_end_at(bench, 10 * MS);
	assert_int_equal(switches_of(bench, 6), 1);
	assert_int_equal(switches_of(bench, 7), 1);
	assert_int_equal(run_ns_on(bench, 0, 0), 1 * MS + 3 * MS + 2 * MS);
	assert_int_equal(run_ns_on(bench, 0, 7), 0);
	bench_finish(bench);
}

static void a_switch_that_was_fed_before_its_cpu_went_leaves_the_task_there(void **state)
{
	struct bench *bench = bench_begin();

	(void)state;
	begin_before_a_cpu_goes(bench);
	bench_hand_over(bench, 0, false);
	bench_advance(bench, 6 * MS);
	bench_add(bench, 0, 8 * MS, 0);
	bench_end_at(bench, 10 * MS);
	assert_int_equal(switches_of(bench, 7), 1);
	assert_int_equal(run_ns_on(bench, 0, 7), 1 * MS);
	bench_finish(bench);
}

static void an_unseen_switch_to_idle_before_its_cpu_went_is_no_lag(void **state)
{
	struct bench *bench = bench_begin();

	(void)state;
	begin_before_a_cpu_goes(bench);
	bench_add(bench, 0, 8 * MS, 0);
	bench->blocks[0].samples[3].next = PFT_SAMPLE_MARKER;
	bench_add(bench, 0, 8 * MS, 9);
	bench_end_at(bench, 10 * MS);
	assert_int_equal(run_ns_on(bench, 0, 7), 1 * MS);
	assert_int_equal(run_ns_on(bench, 0, 9), 2 * MS);
	assert_int_equal(switches_of(bench, 7), 0);
	bench_finish(bench);
}

static void a_block_that_cannot_be_is_refused(void **state)
{
	struct bench *bench = bench_begin();
	struct pft_block *block = &bench->blocks[0];

	(void)state;
	bench_add(bench, 0, 1 * MS, 7);
	assert_int_equal(merge_block(bench->merge, block, PFT_BLOCK_HEADER_BYTES - 1), -22);
	assert_int_equal(merge_block(bench->merge, block, PFT_BLOCK_HEADER_BYTES), -22);
	block->cpu = CPUS;
	assert_int_equal(merge_block(bench->merge, block, sizeof(*block)), -22);
	block->cpu = 0;
	block->word = PFT_BLOCK_SAMPLES + 1;
	assert_int_equal(merge_block(bench->merge, block, sizeof(*block)), -22);
	bench_finish(bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(samples_seen_by_a_look_and_by_the_ring_count_once),
		cmocka_unit_test(a_look_trusts_only_what_an_earlier_look_saw_counted),
		cmocka_unit_test(a_lost_block_is_counted_and_its_time_is_nobodys),
		cmocka_unit_test(a_block_that_is_lost_after_a_look_is_lost_in_part_only),
		cmocka_unit_test(a_switch_in_waits_for_its_switch_out_elsewhere),
		cmocka_unit_test(patience_ends_and_the_old_run_is_a_missed_switch),
		cmocka_unit_test(a_sample_behind_the_watermark_is_late_but_applied),
		cmocka_unit_test(a_marker_charges_nobody_until_the_run_it_found_began),
		cmocka_unit_test(a_cpu_that_goes_and_comes_back_fills_no_buckets_meanwhile),
		cmocka_unit_test(
			a_clock_that_lags_to_before_its_cpu_went_moves_no_switch_to_another),
		cmocka_unit_test(a_switch_that_was_fed_before_its_cpu_went_leaves_the_task_there),
		cmocka_unit_test(an_unseen_switch_to_idle_before_its_cpu_went_is_no_lag),
		cmocka_unit_test(a_block_that_cannot_be_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
