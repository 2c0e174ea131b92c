/* SPDX-License-Identifier: Apache-2.0 */
/* One capture in several parts: what is open at a border, and what proves a part. */
#include "account_bench.h"

#include <errno.h>

struct parts {
	struct bench *bench; /* its tally has the first part */
	struct tally second;
	struct capture_end end; /* of the first */
};

static struct parts *begin_parts(bool keys_stay)
{
	struct parts *parts = calloc(1, sizeof(*parts));

	assert_non_null(parts);
	parts->bench = begin_with(&(struct account_options){ .cpu_count = 2,
							     .bucket_ns = 10 * MS,
							     .wait_offered = true,
							     .sched_recorded = true,
							     .in_parts = true,
							     .keys_stay = keys_stay });
	tally_init(&parts->second);
	return parts;
}

/* The kernel's totals at the border are `switches` on CPU 0, and nothing on CPU 1. */
static void cut(struct parts *parts, uint64_t at_ns, uint64_t switches, uint64_t run_ns)
{
	const struct account_border borders[2] = {
		{ .known = true, .switches = switches, .run_ns = run_ns },
		{ .known = true },
	};

	assert_int_equal(account_cut(parts->bench->account, at_ns, borders, &parts->end), 0);
	assert_int_equal(account_go_on(parts->bench->account, &parts->second.sink), 0);
}

/* The last part, with the kernel's totals of CPU 0 since the capture's zero. */
static void end_parts(struct parts *parts, uint64_t at_ns, uint64_t switches, uint64_t run_ns)
{
	const struct account_total total = { .switches = switches, .run_ns = run_ns };
	struct capture_end end = { .duration_ns = at_ns };

	assert_int_equal(account_total(parts->bench->account, &total), 0);
	assert_int_equal(account_end(parts->bench->account, &end, true, true), 0);
}

static void finish_parts(struct parts *parts)
{
	assert_false(parts->second.used_before_told);
	tally_free(&parts->second);
	finish(parts->bench);
	free(parts);
}

/* The key of tid in a part; tells that it is there. */
static uint64_t key_of(const struct tally *tally, uint32_t tid)
{
	const struct tallied_table *tasks = &tally->tables[CAPTURE_TASKS];

	for (size_t i = tasks->count; i-- > 0;)
		if (tasks->rows[i].values[TASKS_TID] == tid)
			return tasks->rows[i].values[TASKS_TASK];
	fail_msg("tid %u is not told", tid);
	return 0;
}

static uint64_t sum(const struct tally *tally, uint32_t tid, unsigned int column)
{
	return tally_sum(tally, CAPTURE_SAMPLES, column, SAMPLES_TASK, key_of(tally, tid));
}

static uint64_t cells(const struct tally *tally, uint32_t tid)
{
	return tally_sum(tally, CAPTURE_CELLS, CELLS_COUNT, CELLS_TASK, key_of(tally, tid));
}

static void a_run_that_spans_the_border_is_split_and_counted_where_it_ends(void **state)
{
	struct parts *parts = begin_parts(false);

	(void)state;
	found(parts->bench, 0, 0, 7);
	sleeps(parts->bench, 0, 0, 5 * MS, 8);
	cut(parts, 20 * MS, 1, 5 * MS);
	sleeps(parts->bench, 0, 5 * MS, 24 * MS, 7);
	end_parts(parts, 30 * MS, 2, 24 * MS);
	assert_int_equal(sum(&parts->bench->tally, 8, SAMPLES_RUN_NS), 15 * MS);
	assert_int_equal(sum(&parts->bench->tally, 8, SAMPLES_SWITCHES), 0);
	assert_int_equal(cells(&parts->bench->tally, 8), 0);
	assert_int_equal(sum(&parts->second, 8, SAMPLES_RUN_NS), 4 * MS);
	assert_int_equal(sum(&parts->second, 8, SAMPLES_SWITCHES), 1);
	assert_int_equal(cells(&parts->second, 8), 1);
	finish_parts(parts);
}

static void times_of_a_part_begin_at_its_border(void **state)
{
	struct parts *parts = begin_parts(false);

	(void)state;
	found(parts->bench, 0, 0, 7);
	cut(parts, 20 * MS, 0, 0);
	dies(parts->bench, 0, 0, 33 * MS, 8);
	end_parts(parts, 40 * MS, 1, 33 * MS);
	assert_int_equal(parts->end.duration_ns, 20 * MS);
	assert_int_equal(parts->second.end.duration_ns, 20 * MS);
	assert_int_equal(
		tally_task(&parts->second, key_of(&parts->second, 7))->values[TASKS_END_NS],
		13 * MS);
	assert_int_equal(
		tally_sum(&parts->second, CAPTURE_SAMPLES, SAMPLES_RUN_NS, SAMPLES_BUCKET, 0),
		10 * MS);
	assert_int_equal(
		tally_sum(&parts->second, CAPTURE_SAMPLES, SAMPLES_SWITCHES, SAMPLES_BUCKET, 1), 1);
	finish_parts(parts);
}

static void a_wait_that_spans_the_border_is_whole_behind_it(void **state)
{
	struct parts *parts = begin_parts(false);

	(void)state;
	found(parts->bench, 0, 0, 7);
	waits(parts->bench, 0, 0, 1 * MS, 8, 100);
	waits(parts->bench, 0, 1 * MS, 15 * MS, 7, 0);
	cut(parts, 20 * MS, 2, 15 * MS);
	waits(parts->bench, 0, 15 * MS, 34 * MS, 8, 16 * MS + 100); /* since 18 ms */
	end_parts(parts, 40 * MS, 3, 34 * MS);
	assert_int_equal(sum(&parts->second, 8, SAMPLES_WAIT_NS), 16 * MS);
	assert_int_equal(sum(&parts->second, 8, SAMPLES_WAIT_MAX_NS), 16 * MS);
	assert_int_equal(
		tally_sum(&parts->second, CAPTURE_SAMPLES, SAMPLES_WAIT_NS, SAMPLES_BUCKET, 0),
		12 * MS);
	finish_parts(parts);
}

static void each_part_proves_itself(void **state)
{
	struct parts *parts = begin_parts(false);

	(void)state;
	found(parts->bench, 0, 0, 7);
	sleeps(parts->bench, 0, 0, 5 * MS, 8);
	cut(parts, 10 * MS, 1, 5 * MS);
	sleeps(parts->bench, 0, 5 * MS, 12 * MS, 7);
	end_parts(parts, 20 * MS, 2, 12 * MS);
	assert_int_equal(parts->end.verdict, VERDICT_EQUAL);
	assert_int_equal(parts->second.end.verdict, VERDICT_EQUAL);
	assert_int_equal(parts->second.end.switches, 1);
	assert_int_equal(parts->second.end.proof[0].totals_run_ns, 7 * MS);
	/* closed + open = live, from the run in progress at the border on */
	assert_int_equal(parts->second.end.proof[0].live_ns, 15 * MS);
	finish_parts(parts);
}

static void a_switch_that_is_missing_shows_in_its_part_alone(void **state)
{
	struct parts *parts = begin_parts(false);

	(void)state;
	found(parts->bench, 0, 0, 7);
	sleeps(parts->bench, 0, 0, 5 * MS, 8);
	cut(parts, 10 * MS, 2, 5 * MS);
	sleeps(parts->bench, 0, 5 * MS, 12 * MS, 7);
	end_parts(parts, 20 * MS, 3, 12 * MS);
	assert_int_equal(parts->end.verdict, VERDICT_DIFFERENT);
	assert_int_equal(parts->second.end.verdict, VERDICT_EQUAL);
	finish_parts(parts);
}

static void totals_that_are_not_known_at_a_border_prove_neither_side(void **state)
{
	const struct account_border borders[2] = { { 0 } };
	struct parts *parts = begin_parts(false);

	(void)state;
	found(parts->bench, 0, 0, 7);
	assert_int_equal(account_cut(parts->bench->account, 10 * MS, borders, &parts->end), 0);
	assert_int_equal(account_go_on(parts->bench->account, &parts->second.sink), 0);
	end_parts(parts, 20 * MS, 0, 0);
	assert_int_equal(parts->end.verdict, VERDICT_NOT_PROVABLE);
	assert_int_equal(parts->second.end.verdict, VERDICT_NOT_PROVABLE);
	finish_parts(parts);
}

static void a_switch_from_before_the_border_that_comes_late_counts_at_it(void **state)
{
	struct parts *parts = begin_parts(false);

	(void)state;
	found(parts->bench, 0, 0, 7);
	cut(parts, 10 * MS, 0, 0);
	sleeps(parts->bench, 0, 0, 9 * MS, 8);
	end_parts(parts, 20 * MS, 1, 9 * MS);
	assert_int_equal(sum(&parts->bench->tally, 7, SAMPLES_RUN_NS), 10 * MS);
	assert_int_equal(sum(&parts->second, 7, SAMPLES_SWITCHES), 1);
	assert_int_equal(sum(&parts->second, 8, SAMPLES_RUN_NS), 10 * MS);
	finish_parts(parts);
}

static void tasks_that_sleep_all_the_while_are_not_told_again(void **state)
{
	struct parts *parts = begin_parts(false);

	(void)state;
	found(parts->bench, 0, 0, 7);
	sleeps(parts->bench, 0, 0, 5 * MS, 8);
	cut(parts, 10 * MS, 1, 5 * MS);
	end_parts(parts, 20 * MS, 1, 5 * MS);
	for (size_t i = 0; i < parts->second.tables[CAPTURE_TASKS].count; i++)
		assert_int_not_equal(parts->second.tables[CAPTURE_TASKS].rows[i].values[TASKS_TID],
				     7);
	key_of(&parts->second, 8);
	finish_parts(parts);
}

static void keys_begin_anew_unless_they_are_to_stay(void **state)
{
	(void)state;
	for (int stay = 0; stay < 2; stay++) {
		struct parts *parts = begin_parts(stay);
		uint64_t before;

		found(parts->bench, 0, 0, 7);
		for (uint32_t tid = 100; tid < 40100; tid++) { /* the longest dead are forgotten */
			begins(parts->bench, 0, 0, 1 * MS, tid);
			dies(parts->bench, 0, 1 * MS, 2 * MS, 7);
		}
		assert_int_equal(account_flush(parts->bench->account, 3 * MS), 0);
		begins(parts->bench, 0, 2 * MS, 3 * MS, 54);
		dies(parts->bench, 0, 3 * MS, 3 * MS, 7);
		begins(parts->bench, 0, 3 * MS, 3 * MS, 55);
		assert_int_equal(account_flush(parts->bench->account, 4 * MS), 0);
		before = key_of(&parts->bench->tally, 55);
		cut(parts, 10 * MS, 0, 0);
		end_parts(parts, 20 * MS, 0, 0);
		assert_true((key_of(&parts->second, 55) == before) == stay);
		finish_parts(parts);
	}
}

static void a_cpu_that_is_offline_is_so_in_the_next_part(void **state)
{
	struct parts *parts = begin_parts(false);
	const struct tallied_table *cpus = &parts->second.tables[CAPTURE_CPUS];

	(void)state;
	found(parts->bench, 0, 0, 7);
	found(parts->bench, 1, 0, 0);
	assert_int_equal(account_offline(parts->bench->account, 1, 5 * MS), 0);
	cut(parts, 10 * MS, 0, 0);
	end_parts(parts, 20 * MS, 0, 0);
	assert_int_equal(cpus->count, 1);
	assert_int_equal(cpus->rows[0].values[CPUS_CPU], 1);
	assert_int_equal(cpus->rows[0].values[CPUS_AT_NS], 0);
	assert_int_equal(cpus->rows[0].values[CPUS_ONLINE], 0);
	finish_parts(parts);
}

static void losses_of_a_part_are_its_own(void **state)
{
	struct parts *parts = begin_parts(false);

	(void)state;
	found(parts->bench, 0, 0, 7);
	account_count_loss(parts->bench->account, LOSS_RECURSION, 3);
	cut(parts, 10 * MS, 0, 0);
	account_count_loss(parts->bench->account, LOSS_RECURSION, 2);
	end_parts(parts, 20 * MS, 0, 0);
	assert_int_equal(tally_sum(&parts->bench->tally, CAPTURE_LOSSES, LOSSES_COUNT, LOSSES_AT_NS,
				   CAPTURE_NIL),
			 3);
	assert_int_equal(
		tally_sum(&parts->second, CAPTURE_LOSSES, LOSSES_COUNT, LOSSES_AT_NS, CAPTURE_NIL),
		2);
	finish_parts(parts);
}

/* All that a CPU said before the border was lost, which is known by then: who ran is not. */
static void a_cpu_that_has_only_a_loss_is_in_the_part(void **state)
{
	struct parts *parts = begin_parts(false);
	struct account *account = parts->bench->account;

	(void)state;
	assert_int_equal(account_lost(account, 0, 25 * MS, 3, 25 * MS, 1), 0);
	cut(parts, 20 * MS, 3, 25 * MS);
	assert_int_equal(account_found_running(account, 0, 25 * MS, 7, 0, true), 0);
	sleeps(parts->bench, 0, 25 * MS, 28 * MS, 8);
	end_parts(parts, 40 * MS, 4, 28 * MS);
	assert_int_equal(
		tally_sum(&parts->bench->tally, CAPTURE_SAMPLES, SAMPLES_RUN_NS, SAMPLES_CPU, 0),
		20 * MS);
	assert_int_equal(tally_sum(&parts->second, CAPTURE_SAMPLES, SAMPLES_RUN_NS, SAMPLES_CPU, 0),
			 20 * MS);
	assert_int_equal(parts->end.proof_count, 1);
	assert_int_equal(parts->end.verdict, VERDICT_EQUAL);
	assert_int_equal(parts->second.end.verdict, VERDICT_EQUAL);
	finish_parts(parts);
}

static void only_a_border_of_buckets_can_be_cut_at(void **state)
{
	const struct account_border borders[2] = { { 0 } };
	struct parts *parts = begin_parts(false);
	struct account *account = parts->bench->account;

	(void)state;
	found(parts->bench, 0, 0, 7);
	assert_int_equal(account_border(account, 11 * MS), 20 * MS);
	assert_int_equal(account_border(account, 20 * MS), 20 * MS);
	assert_int_equal(account_cut(account, 15 * MS, borders, &parts->end), -EINVAL);
	assert_int_equal(account_cut(account, 0, borders, &parts->end), -EINVAL);
	end_parts(parts, 20 * MS, 0, 0);
	finish_parts(parts);
}

/* In a day of 3,100 forks a second there are more tasks than readers take. */
static void tasks_beyond_the_last_key_are_other_until_keys_begin_anew(void **state)
{
	struct parts *parts = calloc(1, sizeof(*parts));
	struct bench *bench = begin_with(&(struct account_options){
		.cpu_count = 2, .bucket_ns = 10 * MS, .in_parts = true, .keys_max = 3 });
	struct account_counters counters;
	uint64_t other;

	(void)state;
	assert_non_null(parts);
	parts->bench = bench;
	tally_init(&parts->second);
	found(bench, 0, 0, 0);
	found(bench, 1, 0, 0);
	begins(bench, 0, 0, 1 * MS, 7); /* unknown and two idle tasks have the keys */
	begins(bench, 0, 1 * MS, 3 * MS, 8);
	tell(bench, 8, 0, "eight");
	dies(bench, 0, 3 * MS, 6 * MS, 7);
	cut(parts, 10 * MS, 3, 6 * MS);
	other = task_of(bench, UINT32_MAX, "other");
	assert_int_equal(other, 4);
	assert_true(tally_task(&bench->tally, other)->values[TASKS_TID] == CAPTURE_NIL);
	assert_int_equal(sample_sum(bench, other, SAMPLES_RUN_NS), 9 * MS);
	assert_int_equal(sample_sum(bench, other, SAMPLES_SWITCHES), 2);
	assert_false(task_of(bench, 8, "eight"));
	account_counters(bench->account, &counters);
	assert_int_equal(counters.tasks, 6);
	sleeps(bench, 0, 6 * MS, 15 * MS, 0);
	end_parts(parts, 20 * MS, 4, 15 * MS);
	assert_int_equal(sum(&parts->second, 7, SAMPLES_RUN_NS), 5 * MS);
	assert_int_equal(sum(&parts->second, 7, SAMPLES_SWITCHES), 1);
	finish_parts(parts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tasks_beyond_the_last_key_are_other_until_keys_begin_anew),
		cmocka_unit_test(a_run_that_spans_the_border_is_split_and_counted_where_it_ends),
		cmocka_unit_test(times_of_a_part_begin_at_its_border),
		cmocka_unit_test(a_wait_that_spans_the_border_is_whole_behind_it),
		cmocka_unit_test(each_part_proves_itself),
		cmocka_unit_test(a_switch_that_is_missing_shows_in_its_part_alone),
		cmocka_unit_test(totals_that_are_not_known_at_a_border_prove_neither_side),
		cmocka_unit_test(a_switch_from_before_the_border_that_comes_late_counts_at_it),
		cmocka_unit_test(tasks_that_sleep_all_the_while_are_not_told_again),
		cmocka_unit_test(keys_begin_anew_unless_they_are_to_stay),
		cmocka_unit_test(a_cpu_that_is_offline_is_so_in_the_next_part),
		cmocka_unit_test(losses_of_a_part_are_its_own),
		cmocka_unit_test(a_cpu_that_has_only_a_loss_is_in_the_part),
		cmocka_unit_test(only_a_border_of_buckets_can_be_cut_at),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
