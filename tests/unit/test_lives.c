/* SPDX-License-Identifier: Apache-2.0 */
/* Which task a tid means: account's lives and identities. */
#include "account_bench.h"

#include "base/string_pool.h"

static void a_tid_used_twice_is_two_tasks_with_the_names_they_had(void **state)
{
	struct bench *bench = begin(1);
	uint64_t old, new;

	(void)state;
	found(bench, 0, 0, 0);
	tell(bench, 7, 1 * MS, "old");
	tell(bench, 7, 5 * MS, "new"); /* both come before the stream gets there */
	begins(bench, 0, 0, 2 * MS, 7);
	dies(bench, 0, 2 * MS, 3 * MS, 0);
	begins(bench, 0, 3 * MS, 6 * MS, 7);
	sleeps(bench, 0, 6 * MS, 8 * MS, 0);
	end_at(bench, 10 * MS);
	old = task_of(bench, 7, "old");
	new = task_of(bench, 7, "new");
	assert_true(old && new &&old != new);
	assert_int_equal(sample_sum(bench, old, SAMPLES_RUN_NS), 1 * MS);
	assert_int_equal(sample_sum(bench, new, SAMPLES_RUN_NS), 2 * MS);
	assert_int_equal(tally_task(&bench->tally, old)->values[TASKS_END_NS], 3 * MS);
	assert_true(tally_task(&bench->tally, new)->values[TASKS_END_NS] == CAPTURE_NIL);
	finish(bench);
}

static void a_first_run_begins_a_life_while_the_old_one_is_still_on_another_cpu(void **state)
{
	struct bench *bench = begin(2);
	uint64_t old, new;

	(void)state;
	tell(bench, 7, 0, "old");
	tell(bench, 7, 4 * MS, "new");
	found(bench, 0, 0, 0);
	found(bench, 1, 0, 0);
	begins(bench, 0, 0, 1 * MS, 7);
	begins(bench, 1, 0, 5 * MS, 7);
	dies(bench, 0, 1 * MS, 6 * MS, 0);
	sleeps(bench, 1, 5 * MS, 9 * MS, 0);
	end_at(bench, 10 * MS);
	old = task_of(bench, 7, "old");
	new = task_of(bench, 7, "new");
	assert_int_equal(sample_sum(bench, old, SAMPLES_RUN_NS), 5 * MS);
	assert_int_equal(sample_sum(bench, new, SAMPLES_RUN_NS), 4 * MS);
	finish(bench);
}

static void a_name_that_comes_late_still_finds_its_life(void **state)
{
	struct bench *bench = begin(1);

	(void)state;
	found(bench, 0, 0, 0);
	begins(bench, 0, 0, 2 * MS, 7);
	dies(bench, 0, 2 * MS, 3 * MS, 0);
	begins(bench, 0, 3 * MS, 6 * MS, 7);
	dies(bench, 0, 6 * MS, 8 * MS, 0);
	tell(bench, 7, 1 * MS, "old");
	tell(bench, 7, 5 * MS, "new");
	end_at(bench, 10 * MS);
	assert_int_equal(sample_sum(bench, task_of(bench, 7, "old"), SAMPLES_RUN_NS), 1 * MS);
	assert_int_equal(sample_sum(bench, task_of(bench, 7, "new"), SAMPLES_RUN_NS), 2 * MS);
	finish(bench);
}

static void give_name(struct bench *bench, uint64_t started_at_ns, const char *text, const char *vm,
		      uint64_t vcpu)
{
	const struct account_name name = { .tid = 7,
					   .start_ns = started_at_ns ? ZERO_NS + started_at_ns : 0,
					   .name = text,
					   .vm = vm,
					   .vcpu = vcpu };

	assert_int_equal(account_name(bench->account, &name), 0);
}

static void assert_text(const struct bench *bench, uint64_t id, const char *expected)
{
	assert_string_equal(string_pool_text(bench->strings, id), expected);
}

static void a_name_that_is_given_belongs_to_one_life(void **state)
{
	struct bench *bench = begin(1);
	const uint64_t *old, *new;

	(void)state;
	found(bench, 0, 0, 0);
	give_name(bench, 0, "nobody", NULL, CAPTURE_NIL); /* no life has this tid yet */
	tell(bench, 7, 1 * MS, "old");
	give_name(bench, 1 * MS, "fw.vcpu1", "fw", 1);
	begins(bench, 0, 0, 2 * MS, 7);
	dies(bench, 0, 2 * MS, 3 * MS, 0);
	tell(bench, 7, 5 * MS, "new");
	begins(bench, 0, 3 * MS, 6 * MS, 7);
	sleeps(bench, 0, 6 * MS, 8 * MS, 0);
	give_name(bench, 1 * MS, "web.vcpu1", "web",
		  1); /* the first is over: it has it all the same */
	give_name(bench, 0, "backup", NULL, CAPTURE_NIL);
	end_at(bench, 10 * MS);
	old = tally_task(&bench->tally, task_of(bench, 7, "old"))->values;
	new = tally_task(&bench->tally, task_of(bench, 7, "new"))->values;
	assert_text(bench, old[TASKS_NAME], "web.vcpu1");
	assert_text(bench, old[TASKS_VM], "web");
	assert_int_equal(old[TASKS_VCPU], 1);
	assert_text(bench, new[TASKS_NAME], "backup");
	assert_true(new[TASKS_VM] == CAPTURE_NIL);
	assert_true(new[TASKS_VCPU] == CAPTURE_NIL);
	finish(bench);
}

static void a_name_can_be_taken_away(void **state)
{
	struct bench *bench = begin(1);
	const uint64_t *row;

	(void)state;
	tell(bench, 7, 0, "sh");
	found(bench, 0, 0, 0);
	begins(bench, 0, 0, 2 * MS, 7);
	give_name(bench, 0, "fw.emulator", "fw", 9);
	give_name(bench, 0, NULL, NULL, CAPTURE_NIL);
	end_at(bench, 10 * MS);
	row = tally_task(&bench->tally, task_of(bench, 7, "sh"))->values;
	assert_true(row[TASKS_NAME] == CAPTURE_NIL && row[TASKS_VM] == CAPTURE_NIL &&
		    row[TASKS_VCPU] == CAPTURE_NIL);
	finish(bench);
}

static void a_life_without_identity_has_no_name(void **state)
{
	struct bench *bench = begin(1);

	(void)state;
	found(bench, 0, 0, 0);
	begins(bench, 0, 0, 2 * MS, 7);
	sleeps(bench, 0, 2 * MS, 3 * MS, 0);
	end_at(bench, 10 * MS);
	assert_true(task_of(bench, 7, NULL));
	finish(bench);
}

static void a_switch_in_a_clock_lag_before_the_birth_is_still_that_life(void **state)
{
	struct bench *bench = begin(1);

	(void)state;
	found(bench, 0, 0, 0);
	tell(bench, 7, 1 * MS, "old");
	tell(bench, 7, 5 * MS, "new");
	begins(bench, 0, 0, 2 * MS, 7);
	dies(bench, 0, 2 * MS, 3 * MS, 0);
	begins(bench, 0, 3 * MS, 5 * MS - 3000, 7);
	sleeps(bench, 0, 5 * MS - 3000, 8 * MS, 0);
	end_at(bench, 10 * MS);
	assert_int_equal(sample_sum(bench, task_of(bench, 7, "new"), SAMPLES_SWITCHES), 1);
	finish(bench);
}

static uint64_t end_of(const struct bench *bench, uint64_t task)
{
	return tally_task(&bench->tally, task)->values[TASKS_END_NS];
}

static void tell_dead(struct bench *bench, uint64_t started_at_ns, uint64_t dead_at_ns,
		      const char *comm)
{
	const struct account_identity dead = { .tid = 7,
					       .tgid = 7,
					       .start_ns = ZERO_NS + started_at_ns,
					       .started_at_ns = (int64_t)started_at_ns,
					       .told_at_ns = (int64_t)dead_at_ns,
					       .comm = comm,
					       .dead = true };

	assert_int_equal(account_identity(bench->account, &dead), 0);
}

static void an_identity_of_a_life_that_is_over_is_not_for_the_next(void **state)
{
	struct bench *bench = begin(1);

	(void)state;
	found(bench, 0, 0, 0);
	tell_dead(bench, 1 * MS, 2 * MS, "lost");
	tell(bench, 7, 50 * MS + 500000, "next");
	begins(bench, 0, 0, 50 * MS, 7); /* half a millisecond of lag */
	sleeps(bench, 0, 50 * MS, 52 * MS, 0);
	end_at(bench, 60 * MS);
	assert_int_equal(sample_sum(bench, task_of(bench, 7, "next"), SAMPLES_RUN_NS), 2 * MS);
	assert_false(task_of(bench, 7, "lost"));
	finish(bench);
}

/* A lost block held the old life's last switch and the new one's first; that is known only later. */
static void a_life_that_was_told_to_be_gone_makes_room_before_its_loss_is_known(void **state)
{
	struct bench *bench = begin(1);
	uint64_t old, new;

	(void)state;
	tell(bench, 7, 0, "old");
	found(bench, 0, 0, 0);
	begins(bench, 0, 0, 1 * MS, 7);
	sleeps(bench, 0, 1 * MS, 2 * MS, 0);
	tell_dead(bench, 0, 3 * MS, "old");
	tell(bench, 7, 50 * MS, "new");
	sleeps(bench, 0, 2 * MS, 49 * MS, 7); /* its second run, by a clock that lags */
	sleeps(bench, 0, 49 * MS, 51 * MS, 0);
	end_at(bench, 60 * MS);
	old = task_of(bench, 7, "old");
	new = task_of(bench, 7, "new");
	assert_true(old && new &&old != new);
	assert_int_equal(sample_sum(bench, old, SAMPLES_RUN_NS), 1 * MS);
	assert_int_equal(sample_sum(bench, new, SAMPLES_RUN_NS), 2 * MS);
	finish(bench);
}

/* Its last switch was in a lost block: it is over all the same, and its place is needed. */
static void a_life_whose_last_switch_was_lost_ends_when_that_is_told(void **state)
{
	struct bench *bench = begin(1);

	(void)state;
	tell(bench, 7, 0, "gone");
	tell(bench, 8, 0, "stays");
	found(bench, 0, 0, 0);
	begins(bench, 0, 0, 1 * MS, 7);
	sleeps(bench, 0, 1 * MS, 2 * MS, 8);
	sleeps(bench, 0, 2 * MS, 3 * MS, 0);
	tell_dead(bench, 0, 5 * MS, "gone");
	assert_int_equal(account_lost(bench->account, 0, 3 * MS, 2, 1 * MS, 1), 0);
	found(bench, 0, 9 * MS, 0);
	assert_int_equal(account_flush(bench->account, 10 * MS), 0);
	assert_int_equal(end_of(bench, task_of(bench, 7, "gone")), CAPTURE_NIL); /* it may come */
	assert_int_equal(account_flush(bench->account, 40 * MS), 0);
	assert_int_equal(account_flush(bench->account, 41 * MS), 0);
	assert_int_equal(end_of(bench, task_of(bench, 7, "gone")), 5 * MS);
	end_at(bench, 50 * MS);
	assert_int_equal(end_of(bench, task_of(bench, 8, "stays")), CAPTURE_NIL);
	finish(bench);
}

/* Of a life that has just gone, its last switch-in may still sort behind the next one's start. */
static void a_life_that_has_just_gone_keeps_its_last_run(void **state)
{
	struct bench *bench = begin(1);

	(void)state;
	tell(bench, 7, 0, "old");
	found(bench, 0, 0, 0);
	begins(bench, 0, 0, 1 * MS, 7);
	sleeps(bench, 0, 1 * MS, 2 * MS, 0);
	tell_dead(bench, 0, 45 * MS, "old");
	tell(bench, 7, 46 * MS, "new");
	sleeps(bench, 0, 2 * MS, 50 * MS, 7);
	dies(bench, 0, 50 * MS, 51 * MS, 0);
	end_at(bench, 60 * MS);
	assert_int_equal(sample_sum(bench, task_of(bench, 7, "old"), SAMPLES_RUN_NS), 2 * MS);
	assert_false(task_of(bench, 7, "new"));
	finish(bench);
}

/* A CPU whose clock lags shows a life's last runs behind its end; a switch was missed before them. */
static void runs_that_sort_behind_the_death_are_no_other_lifes(void **state)
{
	struct bench *bench = begin(2);
	uint64_t task;

	(void)state;
	found(bench, 0, 0, 0);
	found(bench, 1, 0, 0);
	tell(bench, 7, 1 * MS, "task");
	begins(bench, 0, 0, 2 * MS, 7);
	dies(bench, 0, 2 * MS, 3 * MS, 0);
	assert_int_equal(account_missed_switch(bench->account, 1, 4 * MS, 7, 4 * MS), 0);
	sleeps(bench, 1, 4 * MS, 5 * MS, 0);
	waits(bench, 1, 5 * MS, 7 * MS, 7, 1000);
	sleeps(bench, 1, 7 * MS, 8 * MS, 0);
	end_at(bench, 20 * MS);
	task = task_of(bench, 7, "task");
	assert_int_equal(sample_sum(bench, task, SAMPLES_SWITCHES), 3);
	assert_int_equal(sample_sum(bench, task, SAMPLES_RUN_NS), 3 * MS);
	assert_false(task_of(bench, 7, NULL));
	finish(bench);
}

static void an_exec_by_a_thread_goes_on_as_its_group(void **state)
{
	struct bench *bench = begin(1);

	(void)state;
	tell(bench, 7, 0, "leader");
	found(bench, 0, 0, 0);
	begins(bench, 0, 0, 1 * MS, 7);
	dies(bench, 0, 1 * MS, 2 * MS, 8);
	assert_int_equal(account_exec(bench->account, 8, 7, 2 * MS), 0);
	tell(bench, 7, 0, "after");
	sleeps(bench, 0, 2 * MS, 3 * MS, 0);
	sleeps(bench, 0, 3 * MS, 4 * MS, 7);
	sleeps(bench, 0, 4 * MS, 6 * MS, 0);
	end_at(bench, 10 * MS);
	assert_int_equal(sample_sum(bench, task_of(bench, 7, "after"), SAMPLES_RUN_NS), 3 * MS);
	assert_false(task_of(bench, 7, NULL));
	assert_int_equal(end_of(bench, task_of(bench, 8, NULL)), 3 * MS);
	assert_int_equal(end_of(bench, task_of(bench, 7, "after")), CAPTURE_NIL);
	finish(bench);
}

/* Execs come by another way than switches: old_tid's of before may all be still to come. */
static void an_exec_that_is_told_early_ends_the_old_tid_after_its_last_run(void **state)
{
	struct bench *bench = begin(1);
	uint64_t task;

	(void)state;
	found(bench, 0, 0, 0);
	tell(bench, 8, 0, "thread");
	begins(bench, 0, 0, 1 * MS, 8);
	sleeps(bench, 0, 1 * MS, 2 * MS, 0);
	assert_int_equal(account_exec(bench->account, 8, 7, 5 * MS), 0);
	assert_int_equal(account_flush(bench->account, 3 * MS), 0);
	sleeps(bench, 0, 2 * MS, 4 * MS, 8);
	assert_int_equal(account_flush(bench->account, 40 * MS), 0); /* it runs on */
	sleeps(bench, 0, 4 * MS, 41 * MS, 7);
	assert_int_equal(account_flush(bench->account, 42 * MS), 0);
	task = task_of(bench, 8, "thread");
	assert_int_equal(end_of(bench, task), 41 * MS);
	sleeps(bench, 0, 41 * MS, 43 * MS, 0);
	end_at(bench, 50 * MS);
	assert_int_equal(sample_sum(bench, task, SAMPLES_RUN_NS), 38 * MS);
	assert_false(task_of(bench, 8, NULL));
	finish(bench);
}

static void a_switch_in_that_was_overtaken_counts_where_it_ran(void **state)
{
	struct bench *bench = begin(2);
	struct account_switch in = event(1, 0, 5 * MS, 7);
	uint64_t task;

	(void)state;
	found(bench, 0, 0, 0);
	found(bench, 1, 0, 0);
	waits(bench, 0, 0, 4 * MS, 7, 9000); /* its second run, by its wait */
	in.wait_total_ns = 2000;	     /* its first run sorts behind */
	assert_false(account_must_wait(bench->account, &in));
	feed(bench, in);
	sleeps(bench, 1, 5 * MS, 5 * MS + 500, 0);
	sleeps(bench, 0, 4 * MS, 8 * MS, 0);
	end_at(bench, 10 * MS);
	task = task_of(bench, 7, NULL);
	assert_int_equal(sample_sum(bench, task, SAMPLES_SWITCHES), 2);
	assert_int_equal(sample_sum(bench, task, SAMPLES_RUN_NS), 4 * MS + 500);
	finish(bench);
}

static void totals_find_their_lives_and_make_those_that_were_never_seen(void **state)
{
	struct bench *bench = begin(1);
	struct account_total total = { .tid = 7,
				       .start_ns = ZERO_NS + 1 * MS,
				       .run_ns = 1 * MS,
				       .switches = 1,
				       .voluntary = 1 };

	(void)state;
	found(bench, 0, 0, 0);
	tell(bench, 7, 1 * MS, "seen");
	begins(bench, 0, 0, 2 * MS, 7);
	dies(bench, 0, 2 * MS, 3 * MS, 0);
	assert_int_equal(account_total(bench->account, &total), 0);
	assert_int_equal(account_total(bench->account, &total), 0); /* evicted, and in a slot */
	total.start_ns = ZERO_NS + 4 * MS;
	assert_int_equal(account_total(bench->account, &total), 0);
	end_at(bench, 10 * MS);
	assert_int_equal(bench->tally.tables[CAPTURE_TOTALS].count, 2);
	assert_int_equal(tally_sum(&bench->tally, CAPTURE_TOTALS, TOTALS_RUN_NS, TOTALS_TASK,
				   task_of(bench, 7, "seen")),
			 2 * MS);
	assert_int_equal(tally_sum(&bench->tally, CAPTURE_TOTALS, TOTALS_RUN_NS, TOTALS_TASK,
				   task_of(bench, 7, NULL)),
			 1 * MS);
	finish(bench);
}

static void names_that_no_life_has_any_more_are_let_go(void **state)
{
	struct bench *bench = begin(1);
	char comm[16];

	(void)state;
	found(bench, 0, 0, 0);
	tell(bench, 8, 0, "quiet");
	begins(bench, 0, 0, 1 * MS, 8);
	sleeps(bench, 0, 1 * MS, 2 * MS, 7);
	for (uint32_t i = 0; i < 400000; i++) {
		snprintf(comm, sizeof(comm), "name %u", i);
		tell(bench, 7, 0, comm);
		if (i % 20000 == 0)
			assert_int_equal(account_flush(bench->account, 3 * MS + i), 0);
	}
	assert_true(string_pool_count(bench->strings) < 100000);
	sleeps(bench, 0, 2 * MS, 4 * MS, 8);
	end_at(bench, 10 * MS);
	assert_int_equal(sample_sum(bench, task_of(bench, 7, "name 399999"), SAMPLES_RUN_NS),
			 2 * MS);
	assert_true(task_of(bench, 8, "quiet"));
	assert_true(task_of(bench, 0, "swapper/0"));
	assert_int_equal(cell_count(bench, task_of(bench, 8, "quiet"), "run", 1 * MS), 1);
	finish(bench);
}

/* More of them than account keeps lives of. */
#define DEATHS 34000

static struct bench *after_many_deaths(void)
{
	struct bench *bench = begin_with(&(struct account_options){
		.cpu_count = 1, .bucket_ns = MS, .totals_come_late = true });
	uint64_t at_ns = 1 * MS;

	found(bench, 0, 0, 0);
	for (uint32_t tid = 10; tid < 10 + DEATHS; tid++, at_ns += 2000) {
		tell(bench, tid, at_ns, "short");
		begins(bench, 0, at_ns - 1000, at_ns, tid);
		dies(bench, 0, at_ns, at_ns + 1000, 0);
		if (tid % 1000 == 0)
			assert_int_equal(account_flush(bench->account, at_ns), 0);
	}
	return bench;
}

static struct account_total total_of(uint32_t tid)
{
	return (struct account_total){ .tid = tid,
				       .start_ns = ZERO_NS + 1 * MS + (tid - 10) * 2000ULL,
				       .run_ns = 1000,
				       .switches = 1,
				       .voluntary = 1,
				       .over = true };
}

/* Keys are given from 1. */
static uint64_t count_tasks(const struct bench *bench)
{
	const struct tallied_table *tasks = &bench->tally.tables[CAPTURE_TASKS];
	uint64_t last = 0;

	for (size_t i = 0; i < tasks->count; i++)
		if (tasks->rows[i].values[TASKS_TASK] > last)
			last = tasks->rows[i].values[TASKS_TASK];
	return last;
}

static void a_total_that_comes_long_after_death_is_its_tasks(void **state)
{
	struct bench *bench = after_many_deaths();
	struct account_total early = total_of(10), late = total_of(9 + DEATHS);

	(void)state;
	assert_int_equal(account_total(bench->account, &early), 0);
	assert_int_equal(account_total(bench->account, &late), 0);
	end_at(bench, 100 * MS);
	assert_int_equal(tally_sum(&bench->tally, CAPTURE_TOTALS, TOTALS_RUN_NS, TOTALS_TASK,
				   task_of(bench, 10, "short")),
			 1000);
	assert_int_equal(tally_sum(&bench->tally, CAPTURE_TOTALS, TOTALS_RUN_NS, TOTALS_TASK,
				   task_of(bench, 9 + DEATHS, "short")),
			 1000);
	assert_int_equal(count_tasks(bench), DEATHS + 2); /* unknown and idle */
	finish(bench);
}

static void keys_of_totals_that_are_due_stay_and_others_go(void **state)
{
	struct bench *bench = after_many_deaths();
	struct account_total due = total_of(10), other = total_of(11);

	(void)state;
	for (int sweep = 0; sweep < 2; sweep++) {
		account_total_is_due(bench->account, due.tid, due.start_ns);
		account_totals_swept(bench->account);
	}
	assert_int_equal(account_total(bench->account, &due), 0);
	assert_int_equal(account_total(bench->account, &other), 0);
	account_totals_swept(bench->account); /* not named: it goes, too */
	assert_int_equal(account_total(bench->account, &due), 0);
	end_at(bench, 100 * MS);
	assert_int_equal(tally_sum(&bench->tally, CAPTURE_TOTALS, TOTALS_RUN_NS, TOTALS_TASK,
				   task_of(bench, 10, "short")),
			 1000);
	assert_int_equal(count_tasks(bench), DEATHS + 2 + 2); /* 11's and 10's of later */
	finish(bench);
}

static void a_task_of_which_only_totals_tell_after_its_end_is_ended(void **state)
{
	struct bench *bench = begin(1);
	struct account_total total = total_of(10);
	uint64_t task;

	(void)state;
	found(bench, 0, 0, 0);
	tell(bench, 7, 0, "other");
	assert_int_equal(account_total(bench->account, &total), 0);
	end_at(bench, 10 * MS);
	task = task_of(bench, 10, NULL);
	assert_true(tally_task(&bench->tally, task)->values[TASKS_END_NS] != CAPTURE_NIL);
	finish(bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_total_that_comes_long_after_death_is_its_tasks),
		cmocka_unit_test(keys_of_totals_that_are_due_stay_and_others_go),
		cmocka_unit_test(a_task_of_which_only_totals_tell_after_its_end_is_ended),
		cmocka_unit_test(a_tid_used_twice_is_two_tasks_with_the_names_they_had),
		cmocka_unit_test(
			a_first_run_begins_a_life_while_the_old_one_is_still_on_another_cpu),
		cmocka_unit_test(a_name_that_comes_late_still_finds_its_life),
		cmocka_unit_test(a_name_that_is_given_belongs_to_one_life),
		cmocka_unit_test(a_name_can_be_taken_away),
		cmocka_unit_test(a_life_without_identity_has_no_name),
		cmocka_unit_test(a_switch_in_a_clock_lag_before_the_birth_is_still_that_life),
		cmocka_unit_test(an_identity_of_a_life_that_is_over_is_not_for_the_next),
		cmocka_unit_test(
			a_life_that_was_told_to_be_gone_makes_room_before_its_loss_is_known),
		cmocka_unit_test(a_life_whose_last_switch_was_lost_ends_when_that_is_told),
		cmocka_unit_test(a_life_that_has_just_gone_keeps_its_last_run),
		cmocka_unit_test(runs_that_sort_behind_the_death_are_no_other_lifes),
		cmocka_unit_test(an_exec_by_a_thread_goes_on_as_its_group),
		cmocka_unit_test(names_that_no_life_has_any_more_are_let_go),
		cmocka_unit_test(an_exec_that_is_told_early_ends_the_old_tid_after_its_last_run),
		cmocka_unit_test(a_switch_in_that_was_overtaken_counts_where_it_ran),
		cmocka_unit_test(totals_find_their_lives_and_make_those_that_were_never_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
