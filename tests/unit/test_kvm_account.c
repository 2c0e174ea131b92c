/* SPDX-License-Identifier: Apache-2.0 */
#include "account_bench.h"

#include "base/string_pool.h"
#include "capture/histogram.h"

#define US 1000ULL
#define VMX_IO 30
#define VMX_HLT 12

static struct bench *begin_kvm(uint32_t cpus, bool sched)
{
	return begin_with(&(struct account_options){ .cpu_count = cpus,
						     .bucket_ns = 10 * MS,
						     .wait_offered = sched,
						     .kvm = true,
						     .sched_recorded = sched });
}

static void exits_on(struct bench *bench, uint32_t cpu, uint32_t tid, uint64_t at_ns,
		     uint64_t reason)
{
	const struct account_kvm_exit event = { .at_ns = at_ns,
						.reason = reason,
						.cpu = cpu,
						.tid = tid,
						.isa = ACCOUNT_VMX,
						.vcpu = 3 };

	assert_int_equal(account_kvm_exit(bench->account, &event), 0);
}

static void leaves(struct bench *bench, uint32_t tid, uint64_t at_ns, uint64_t reason)
{
	exits_on(bench, 0, tid, at_ns, reason);
}

static void enters_on(struct bench *bench, uint32_t cpu, uint32_t tid, uint64_t at_ns)
{
	assert_int_equal(account_kvm_entry(bench->account, cpu, tid, at_ns, 3), 0);
}

static void enters(struct bench *bench, uint32_t tid, uint64_t at_ns)
{
	enters_on(bench, 0, tid, at_ns);
}

static uint64_t state_sum(const struct bench *bench, uint64_t task, unsigned int column)
{
	return tally_sum(&bench->tally, CAPTURE_VCPU_SAMPLES, column, VCPU_SAMPLES_TASK, task);
}

static uint64_t state_in(const struct bench *bench, uint64_t bucket, unsigned int column)
{
	return tally_sum(&bench->tally, CAPTURE_VCPU_SAMPLES, column, VCPU_SAMPLES_BUCKET, bucket);
}

static uint64_t life_sum(const struct bench *bench, uint64_t task)
{
	uint64_t sum = 0;

	for (unsigned int column = VCPU_SAMPLES_GUEST_NS; column < VCPU_SAMPLES_COLUMNS; column++)
		sum += state_sum(bench, task, column);
	return sum;
}

static uint64_t exit_sum(const struct bench *bench, uint64_t reason, unsigned int column)
{
	return tally_sum(&bench->tally, CAPTURE_EXITS, column, EXITS_REASON, reason);
}

static void a_vcpu_is_in_its_guest_from_entry_to_exit_and_in_the_host_from_exit_to_entry(
	void **state)
{
	struct bench *bench = begin_kvm(1, true);
	uint64_t task;

	(void)state;
	found(bench, 0, 0, 0);
	sleeps(bench, 0, 0, 1 * MS, 7);
	enters(bench, 7, 2 * MS);
	leaves(bench, 7, 5 * MS, VMX_IO);
	enters(bench, 7, 6 * MS);
	leaves(bench, 7, 8 * MS, VMX_IO);
	enters(bench, 7, 8 * MS + 500 * US);
	end_at(bench, 10 * MS);
	task = task_of(bench, 7, NULL);
	assert_int_equal(state_sum(bench, task, VCPU_SAMPLES_GUEST_NS), 6 * MS + 500 * US);
	assert_int_equal(state_sum(bench, task, VCPU_SAMPLES_HOST_NS), 2 * MS + 500 * US);
	assert_int_equal(life_sum(bench, task), 9 * MS);
	assert_int_equal(exit_sum(bench, VMX_IO, EXITS_COUNT), 2);
	assert_int_equal(exit_sum(bench, VMX_IO, EXITS_UNPAIRED), 0);
	assert_int_equal(exit_sum(bench, VMX_IO, EXITS_HOST_NS), 1 * MS + 500 * US);
	assert_int_equal(exit_sum(bench, VMX_IO, EXITS_HOST_MIN_NS), 500 * US);
	assert_int_equal(exit_sum(bench, VMX_IO, EXITS_HOST_MAX_NS), 1 * MS);
	assert_int_equal(exit_sum(bench, VMX_IO, EXITS_GUEST_NS), 5 * MS);
	assert_int_equal(cell_count(bench, task, "guest", 3 * MS), 1);
	assert_int_equal(cell_count(bench, task, "guest", 2 * MS), 1);
	assert_int_equal(cell_count(bench, task, "host", 1 * MS), 1);
	assert_int_equal(tally_sum(&bench->tally, CAPTURE_EXIT_CELLS, EXIT_CELLS_COUNT,
				   EXIT_CELLS_BIN, histogram_bin(500 * US)),
			 1);
	finish(bench);
}

static void its_task_is_a_vcpu_with_its_number_also_when_it_is_dead(void **state)
{
	struct bench *bench = begin_kvm(1, true);
	const struct tallied_row *row;

	(void)state;
	found(bench, 0, 0, 0);
	sleeps(bench, 0, 0, 1 * MS, 7);
	enters(bench, 7, 2 * MS);
	leaves(bench, 7, 3 * MS, VMX_IO);
	dies(bench, 0, 1 * MS, 4 * MS, 0);
	tell(bench, 7, 0, "CPU 3/KVM");
	end_at(bench, 10 * MS);
	row = tally_task(&bench->tally, task_of(bench, 7, "CPU 3/KVM"));
	assert_string_equal(string_pool_text(bench->strings, row->values[TASKS_KIND]), "vcpu");
	assert_int_equal(row->values[TASKS_VCPU], 3);
	finish(bench);
}

static void asleep_after_hlt_is_halted_and_the_wait_for_a_core_is_waiting(void **state)
{
	struct bench *bench = begin_kvm(1, true);
	uint64_t task;

	(void)state;
	found(bench, 0, 0, 0);
	waits(bench, 0, 0, 1 * MS, 7, 100);
	enters(bench, 7, 2 * MS);
	leaves(bench, 7, 3 * MS, VMX_HLT);
	sleeps(bench, 0, 1 * MS, 4 * MS, 0); /* polled for a while */
	waits(bench, 0, 4 * MS, 26 * MS, 7, 100 + 5 * MS);
	enters(bench, 7, 27 * MS);
	end_at(bench, 30 * MS);
	task = task_of(bench, 7, NULL);
	assert_int_equal(state_sum(bench, task, VCPU_SAMPLES_HALTED_NS), 17 * MS);
	assert_int_equal(state_sum(bench, task, VCPU_SAMPLES_WAITING_NS), 5 * MS);
	assert_int_equal(state_sum(bench, task, VCPU_SAMPLES_BLOCKED_NS), 0);
	assert_int_equal(state_sum(bench, task, VCPU_SAMPLES_HOST_NS), 3 * MS);
	assert_int_equal(state_sum(bench, task, VCPU_SAMPLES_GUEST_NS), 4 * MS);
	assert_int_equal(life_sum(bench, task), 29 * MS);
	/* cut at the borders of buckets */
	assert_int_equal(state_in(bench, 0, VCPU_SAMPLES_HALTED_NS), 6 * MS);
	assert_int_equal(state_in(bench, 1, VCPU_SAMPLES_HALTED_NS), 10 * MS);
	assert_int_equal(state_in(bench, 2, VCPU_SAMPLES_HALTED_NS), 1 * MS);
	assert_int_equal(state_in(bench, 2, VCPU_SAMPLES_WAITING_NS), 5 * MS);
	/* the interval is wall time, with its part off the CPU beside it */
	assert_int_equal(exit_sum(bench, VMX_HLT, EXITS_HOST_NS), 24 * MS);
	assert_int_equal(exit_sum(bench, VMX_HLT, EXITS_OFF_NS), 22 * MS);
	finish(bench);
}

static void asleep_after_another_exit_is_blocked(void **state)
{
	struct bench *bench = begin_kvm(1, true);
	uint64_t task;

	(void)state;
	found(bench, 0, 0, 0);
	sleeps(bench, 0, 0, 1 * MS, 7);
	leaves(bench, 7, 2 * MS, VMX_IO);
	waits(bench, 0, 1 * MS, 3 * MS, 0, CAPTURE_NIL);
	sleeps(bench, 0, 3 * MS, 7 * MS, 7);
	end_at(bench, 10 * MS);
	task = task_of(bench, 7, NULL);
	assert_int_equal(state_sum(bench, task, VCPU_SAMPLES_BLOCKED_NS), 4 * MS);
	assert_int_equal(state_sum(bench, task, VCPU_SAMPLES_HALTED_NS), 0);
	assert_int_equal(life_sum(bench, task), 9 * MS);
	finish(bench);
}

static void one_that_is_preempted_in_its_guest_waits_and_its_guest_time_is_without_that(
	void **state)
{
	struct bench *bench = begin_kvm(1, true);
	struct account_switch change;
	uint64_t task;

	(void)state;
	found(bench, 0, 0, 0);
	sleeps(bench, 0, 0, 1 * MS, 7);
	enters(bench, 7, 1 * MS);
	change = event(0, 1 * MS, 3 * MS, 8);
	change.preempted = true;
	feed(bench, change);
	sleeps(bench, 0, 3 * MS, 7 * MS, 7);
	leaves(bench, 7, 8 * MS, 1);
	enters(bench, 7, 9 * MS);
	end_at(bench, 10 * MS);
	task = task_of(bench, 7, NULL);
	assert_int_equal(state_sum(bench, task, VCPU_SAMPLES_WAITING_NS), 4 * MS);
	assert_int_equal(state_sum(bench, task, VCPU_SAMPLES_GUEST_NS), 4 * MS);
	assert_int_equal(exit_sum(bench, 1, EXITS_GUEST_NS), 3 * MS);
	assert_int_equal(life_sum(bench, task), 9 * MS);
	finish(bench);
}

static void a_clock_that_differs_between_kvm_and_switches_changes_no_sum(void **state)
{
	struct bench *bench = begin_kvm(1, true);
	uint64_t task;

	(void)state;
	found(bench, 0, 0, 0);
	sleeps(bench, 0, 0, 1 * MS, 7);
	enters(bench, 7, 2 * MS);
	leaves(bench, 7, 5 * MS, VMX_HLT);
	sleeps(bench, 0, 1 * MS, 4 * MS, 0); /* its clock lags: the exit came before */
	sleeps(bench, 0, 4 * MS, 8 * MS, 7);
	enters(bench, 7, 7 * MS); /* the other way round */
	end_at(bench, 10 * MS);
	task = task_of(bench, 7, NULL);
	assert_int_equal(life_sum(bench, task), 9 * MS);
	assert_int_equal(state_sum(bench, task, VCPU_SAMPLES_HALTED_NS), 3 * MS);
	assert_int_equal(exit_sum(bench, VMX_HLT, EXITS_HOST_NS), 2 * MS);
	assert_int_equal(exit_sum(bench, VMX_HLT, EXITS_OFF_NS), 2 * MS);
	finish(bench);
}

static void what_has_no_partner_is_counted_and_no_interval(void **state)
{
	struct bench *bench = begin_kvm(1, true);
	uint64_t task;

	(void)state;
	found(bench, 0, 0, 0);
	sleeps(bench, 0, 0, 1 * MS, 7);
	leaves(bench, 7, 2 * MS, VMX_IO); /* its entry was before */
	leaves(bench, 7, 4 * MS, 32);	  /* told of no entry: it went back at once */
	enters(bench, 7, 5 * MS);
	enters(bench, 7, 6 * MS);
	leaves(bench, 7, 7 * MS, VMX_HLT); /* and the capture ends */
	end_at(bench, 10 * MS);
	task = task_of(bench, 7, NULL);
	assert_int_equal(exit_sum(bench, VMX_IO, EXITS_COUNT), 0);
	assert_int_equal(exit_sum(bench, VMX_IO, EXITS_UNPAIRED), 1);
	assert_int_equal(exit_sum(bench, VMX_IO, EXITS_HOST_NS), 0);
	assert_int_equal(exit_sum(bench, 32, EXITS_COUNT), 1);
	assert_int_equal(exit_sum(bench, VMX_HLT, EXITS_UNPAIRED), 1);
	assert_int_equal(bench->tally.end.kvm_exits, 3);
	assert_int_equal(bench->tally.end.kvm_entries_unpaired, 1);
	assert_int_equal(cell_count(bench, task, "host", CAPTURE_NIL), 1);
	assert_int_equal(cell_count(bench, task, "guest", CAPTURE_NIL), 1);
	assert_int_equal(state_sum(bench, task, VCPU_SAMPLES_GUEST_NS), 5 * MS);
	assert_int_equal(life_sum(bench, task), 9 * MS);
	finish(bench);
}

static void one_killed_between_exit_and_entry_leaves_its_exit_without_a_partner(void **state)
{
	struct bench *bench = begin_kvm(1, true);
	uint64_t first, second;

	(void)state;
	found(bench, 0, 0, 0);
	tell(bench, 7, 0, "first");
	begins(bench, 0, 0, 1 * MS, 7);
	enters(bench, 7, 2 * MS);
	leaves(bench, 7, 3 * MS, VMX_IO);
	dies(bench, 0, 1 * MS, 5 * MS, 0);
	tell(bench, 7, 6 * MS, "second");
	begins(bench, 0, 5 * MS, 7 * MS, 7); /* the tid is another's */
	enters(bench, 7, 8 * MS);
	end_at(bench, 10 * MS);
	first = task_of(bench, 7, "first");
	second = task_of(bench, 7, "second");
	assert_int_not_equal(first, second);
	assert_int_equal(exit_sum(bench, VMX_IO, EXITS_UNPAIRED), 1);
	assert_int_equal(exit_sum(bench, VMX_IO, EXITS_COUNT), 0);
	assert_int_equal(life_sum(bench, first), 4 * MS);
	assert_int_equal(life_sum(bench, second), 3 * MS);
	assert_int_equal(state_sum(bench, second, VCPU_SAMPLES_GUEST_NS), 2 * MS);
	finish(bench);
}

static void a_life_that_ends_in_the_guest_was_there_until_then(void **state)
{
	struct bench *bench = begin_kvm(1, true);

	(void)state;
	found(bench, 0, 0, 0);
	sleeps(bench, 0, 0, 1 * MS, 7);
	enters(bench, 7, 2 * MS);
	dies(bench, 0, 1 * MS, 5 * MS, 0);
	end_at(bench, 10 * MS);
	assert_int_equal(state_sum(bench, task_of(bench, 7, NULL), VCPU_SAMPLES_GUEST_NS), 3 * MS);
	assert_int_equal(life_sum(bench, task_of(bench, 7, NULL)), 4 * MS);
	assert_int_equal(bench->tally.tables[CAPTURE_EXITS].count, 0);
	finish(bench);
}

static void after_lost_events_its_time_on_the_cpu_is_nothing_until_the_next_one(void **state)
{
	struct bench *bench = begin_kvm(1, true);
	uint64_t task;

	(void)state;
	found(bench, 0, 0, 0);
	sleeps(bench, 0, 0, 1 * MS, 7);
	enters(bench, 7, 2 * MS);
	leaves(bench, 7, 3 * MS, VMX_IO);
	assert_int_equal(account_kvm_lost(bench->account, 9, 5), 0); /* of another */
	enters(bench, 7, 4 * MS);
	leaves(bench, 7, 5 * MS, VMX_IO);
	assert_int_equal(account_kvm_lost(bench->account, 7, 6), 0);
	enters(bench, 7, 8 * MS);
	end_at(bench, 10 * MS);
	task = task_of(bench, 7, NULL);
	assert_int_equal(exit_sum(bench, VMX_IO, EXITS_COUNT), 1);
	assert_int_equal(exit_sum(bench, VMX_IO, EXITS_UNPAIRED), 1);
	assert_int_equal(state_sum(bench, task, VCPU_SAMPLES_HOST_NS), 2 * MS);
	assert_int_equal(state_sum(bench, task, VCPU_SAMPLES_GUEST_NS), 4 * MS);
	assert_int_equal(tally_sum(&bench->tally, CAPTURE_LOSSES, LOSSES_COUNT, LOSSES_CAUSE,
				   string_pool_find(bench->strings, "kvm_events_lost")),
			 11);
	finish(bench);
}

/* The exit before its sleep may be among those that were lost; its wait for a core is known. */
static void asleep_after_lost_events_is_neither_halted_nor_blocked(void **state)
{
	struct bench *bench = begin_kvm(1, true);
	uint64_t task;

	(void)state;
	found(bench, 0, 0, 0);
	waits(bench, 0, 0, 1 * MS, 7, 100);
	enters(bench, 7, 2 * MS);
	assert_int_equal(account_kvm_lost(bench->account, 7, 3), 0);
	sleeps(bench, 0, 1 * MS, 3 * MS, 0);
	waits(bench, 0, 3 * MS, 9 * MS, 7, 100 + 2 * MS);
	leaves(bench, 7, 10 * MS, VMX_HLT);
	end_at(bench, 12 * MS);
	task = task_of(bench, 7, NULL);
	assert_int_equal(state_sum(bench, task, VCPU_SAMPLES_HALTED_NS), 0);
	assert_int_equal(state_sum(bench, task, VCPU_SAMPLES_BLOCKED_NS), 0);
	assert_int_equal(state_sum(bench, task, VCPU_SAMPLES_WAITING_NS), 2 * MS);
	finish(bench);
}

static void after_lost_switches_nobody_knows_where_it_was(void **state)
{
	struct bench *bench = begin_kvm(1, true);
	uint64_t task;

	(void)state;
	found(bench, 0, 0, 0);
	sleeps(bench, 0, 0, 1 * MS, 7);
	enters(bench, 7, 2 * MS);
	leaves(bench, 7, 3 * MS, VMX_IO);
	assert_int_equal(account_lost(bench->account, 0, 6 * MS, 4, 2 * MS, 1), 0);
	assert_int_equal(account_found_running(bench->account, 0, 6 * MS, 7, 0, true), 0);
	enters(bench, 7, 7 * MS);
	end_at(bench, 10 * MS);
	task = task_of(bench, 7, NULL);
	assert_int_equal(exit_sum(bench, VMX_IO, EXITS_COUNT), 1);
	assert_int_equal(exit_sum(bench, VMX_IO, EXITS_HOST_NS), 4 * MS);
	assert_true(bench->tally.tables[CAPTURE_EXITS].rows[0].values[EXITS_OFF_NS] == CAPTURE_NIL);
	assert_int_equal(life_sum(bench, task), 6 * MS); /* of 9 */
	finish(bench);
}

static void one_that_spins_in_its_guest_is_in_every_bucket_that_is_flushed(void **state)
{
	struct bench *bench = begin_kvm(1, true);

	(void)state;
	found(bench, 0, 0, 0);
	sleeps(bench, 0, 0, 1 * MS, 7);
	enters(bench, 7, 2 * MS);
	assert_int_equal(account_flush(bench->account, 57 * MS), 0);
	assert_int_equal(state_in(bench, 0, VCPU_SAMPLES_GUEST_NS), 8 * MS);
	for (uint64_t bucket = 1; bucket < 5; bucket++)
		assert_int_equal(state_in(bench, bucket, VCPU_SAMPLES_GUEST_NS), 10 * MS);
	end_at(bench, 60 * MS);
	assert_int_equal(state_sum(bench, task_of(bench, 7, NULL), VCPU_SAMPLES_GUEST_NS), 58 * MS);
	finish(bench);
}

static void a_first_exit_tells_that_the_run_so_far_was_in_the_guest(void **state)
{
	struct bench *bench = begin_kvm(1, true);

	(void)state;
	found(bench, 0, 0, 7);
	leaves(bench, 7, 15 * MS, VMX_IO);
	enters(bench, 7, 16 * MS);
	end_at(bench, 20 * MS);
	assert_int_equal(state_sum(bench, task_of(bench, 7, NULL), VCPU_SAMPLES_GUEST_NS), 19 * MS);
	assert_int_equal(state_in(bench, 0, VCPU_SAMPLES_GUEST_NS), 10 * MS);
	assert_int_equal(cell_count(bench, task_of(bench, 7, NULL), "guest", CAPTURE_NIL), 0);
	finish(bench);
}

static void exits_are_booked_where_their_interval_ends(void **state)
{
	struct bench *bench = begin_kvm(1, true);
	const struct tallied_table *exits = &bench->tally.tables[CAPTURE_EXITS];

	(void)state;
	found(bench, 0, 0, 0);
	sleeps(bench, 0, 0, 1 * MS, 7);
	leaves(bench, 7, 9 * MS, VMX_IO);
	enters(bench, 7, 11 * MS);
	leaves(bench, 7, 12 * MS, VMX_IO | 0x80000000); /* flags are no part of the reason */
	enters(bench, 7, 25 * MS);
	end_at(bench, 30 * MS);
	assert_int_equal(exits->count, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(exits->rows[i].values[EXITS_BUCKET], i + 1);
		assert_int_equal(exits->rows[i].values[EXITS_REASON], VMX_IO);
		assert_int_equal(exits->rows[i].values[EXITS_COUNT], 1);
		assert_string_equal(
			string_pool_text(bench->strings, exits->rows[i].values[EXITS_ISA]), "vmx");
	}
	finish(bench);
}

static void a_vcpu_that_migrates_keeps_its_interval(void **state)
{
	struct bench *bench = begin_kvm(2, true);
	uint64_t task;

	(void)state;
	found(bench, 0, 0, 0);
	found(bench, 1, 0, 0);
	sleeps(bench, 0, 0, 1 * MS, 7);
	enters(bench, 7, 2 * MS);
	leaves(bench, 7, 3 * MS, VMX_HLT);
	sleeps(bench, 0, 1 * MS, 4 * MS, 0);
	sleeps(bench, 1, 0, 6 * MS, 7);
	enters_on(bench, 1, 7, 7 * MS);
	exits_on(bench, 1, 7, 9 * MS, VMX_IO);
	end_at(bench, 10 * MS);
	task = task_of(bench, 7, NULL);
	assert_int_equal(exit_sum(bench, VMX_HLT, EXITS_HOST_NS), 4 * MS);
	assert_int_equal(state_sum(bench, task, VCPU_SAMPLES_HALTED_NS), 2 * MS);
	assert_int_equal(life_sum(bench, task), 9 * MS);
	finish(bench);
}

static void without_switches_all_time_outside_of_the_guest_is_the_hosts(void **state)
{
	struct bench *bench = begin_kvm(1, false);
	const struct tallied_table *states = &bench->tally.tables[CAPTURE_VCPU_SAMPLES];
	uint64_t task;

	(void)state;
	enters(bench, 7, 2 * MS);
	leaves(bench, 7, 5 * MS, VMX_HLT);
	enters(bench, 7, 25 * MS);
	end_at(bench, 30 * MS);
	task = task_of(bench, 7, NULL);
	assert_int_equal(state_sum(bench, task, VCPU_SAMPLES_GUEST_NS), 8 * MS);
	assert_int_equal(state_sum(bench, task, VCPU_SAMPLES_HOST_NS), 20 * MS);
	for (size_t i = 0; i < states->count; i++) {
		assert_true(states->rows[i].values[VCPU_SAMPLES_HALTED_NS] == CAPTURE_NIL);
		assert_true(states->rows[i].values[VCPU_SAMPLES_BLOCKED_NS] == CAPTURE_NIL);
		assert_true(states->rows[i].values[VCPU_SAMPLES_WAITING_NS] == CAPTURE_NIL);
	}
	assert_true(bench->tally.tables[CAPTURE_EXITS].rows[0].values[EXITS_OFF_NS] == CAPTURE_NIL);
	finish(bench);
}

static void without_switches_a_thread_that_exits_is_there_until_then(void **state)
{
	struct bench *bench = begin_kvm(1, false);
	const struct account_identity dead = { .tid = 7,
					       .tgid = 7,
					       .start_ns = 5 * MS,
					       .started_at_ns = -1 * MS,
					       .told_at_ns = 14 * MS,
					       .dead = true };
	uint64_t task;

	(void)state;
	enters(bench, 7, 2 * MS);
	leaves(bench, 7, 5 * MS, VMX_IO);
	assert_int_equal(account_identity(bench->account, &dead), 0);
	assert_int_equal(account_flush(bench->account, 40 * MS), 0);
	enters(bench, 8, 45 * MS);
	end_at(bench, 50 * MS);
	task = task_of(bench, 7, NULL);
	assert_int_equal(tally_task(&bench->tally, task)->values[TASKS_END_NS], 14 * MS);
	assert_int_equal(state_sum(bench, task, VCPU_SAMPLES_GUEST_NS), 3 * MS);
	assert_int_equal(state_sum(bench, task, VCPU_SAMPLES_HOST_NS), 9 * MS);
	assert_int_equal(exit_sum(bench, VMX_IO, EXITS_UNPAIRED), 1);
	finish(bench);
}

static void totals_of_exits_add_up_by_life_and_reason(void **state)
{
	struct bench *bench = begin_kvm(1, true);
	const struct tallied_table *totals = &bench->tally.tables[CAPTURE_EXIT_TOTALS];
	struct account_exit_total total = { .tid = 7,
					    .start_ns = ZERO_NS,
					    .isa = ACCOUNT_VMX,
					    .reason = VMX_IO,
					    .count = 3,
					    .host_ns = 50,
					    .host_max_ns = 30 };

	(void)state;
	found(bench, 0, 0, 0);
	tell(bench, 7, 0, "seven");
	sleeps(bench, 0, 0, 1 * MS, 7);
	assert_int_equal(account_exit_total(bench->account, &total), 0);
	total.host_max_ns = 40;
	assert_int_equal(account_exit_total(bench->account, &total), 0);
	total.reason = VMX_HLT;
	assert_int_equal(account_exit_total(bench->account, &total), 0);
	end_at(bench, 10 * MS);
	assert_int_equal(totals->count, 2);
	assert_int_equal(totals->rows[0].values[EXIT_TOTALS_TASK], task_of(bench, 7, "seven"));
	assert_int_equal(totals->rows[0].values[EXIT_TOTALS_COUNT], 6);
	assert_int_equal(totals->rows[0].values[EXIT_TOTALS_HOST_NS], 100);
	assert_int_equal(totals->rows[0].values[EXIT_TOTALS_HOST_MAX_NS], 40);
	finish(bench);
}

static void events_of_kvm_are_refused_where_it_is_not_recorded(void **state)
{
	struct bench *bench = begin(1);
	const struct account_kvm_exit event = { .tid = 7 };

	(void)state;
	assert_int_equal(account_kvm_exit(bench->account, &event), -22);
	assert_int_equal(account_kvm_entry(bench->account, 0, 7, 0, 0), -22);
	finish(bench);
}

static void a_vcpu_that_nobody_could_tell_has_its_name_from_kvm(void **state)
{
	struct account_name name = {
		.tid = 7, .name = "fw.thread", .vm = "fw", .vcpu = CAPTURE_NIL, .open = true
	};
	struct bench *bench = begin_kvm(1, true);
	const uint64_t *row;

	(void)state;
	tell(bench, 7, 0, "qemu");
	tell(bench, 8, 0, "qemu");
	found(bench, 0, 0, 0);
	begins(bench, 0, 0, 1 * MS, 7);
	leaves(bench, 7, 2 * MS, VMX_IO);
	assert_int_equal(account_name(bench->account, &name), 0);
	name.tid = 8;
	assert_int_equal(account_name(bench->account, &name), 0);
	begins(bench, 0, 1 * MS, 3 * MS, 8);
	end_at(bench, 10 * MS);
	row = tally_task(&bench->tally, task_of(bench, 7, "qemu"))->values;
	assert_string_equal(string_pool_text(bench->strings, row[TASKS_NAME]), "fw.vcpu3");
	assert_int_equal(row[TASKS_VCPU], 3);
	row = tally_task(&bench->tally, task_of(bench, 8, "qemu"))->values;
	assert_string_equal(string_pool_text(bench->strings, row[TASKS_NAME]), "fw.thread");
	finish(bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_vcpu_is_in_its_guest_from_entry_to_exit_and_in_the_host_from_exit_to_entry),
		cmocka_unit_test(its_task_is_a_vcpu_with_its_number_also_when_it_is_dead),
		cmocka_unit_test(a_vcpu_that_nobody_could_tell_has_its_name_from_kvm),
		cmocka_unit_test(asleep_after_hlt_is_halted_and_the_wait_for_a_core_is_waiting),
		cmocka_unit_test(asleep_after_another_exit_is_blocked),
		cmocka_unit_test(
			one_that_is_preempted_in_its_guest_waits_and_its_guest_time_is_without_that),
		cmocka_unit_test(a_clock_that_differs_between_kvm_and_switches_changes_no_sum),
		cmocka_unit_test(what_has_no_partner_is_counted_and_no_interval),
		cmocka_unit_test(
			one_killed_between_exit_and_entry_leaves_its_exit_without_a_partner),
		cmocka_unit_test(a_life_that_ends_in_the_guest_was_there_until_then),
		cmocka_unit_test(
			after_lost_events_its_time_on_the_cpu_is_nothing_until_the_next_one),
		cmocka_unit_test(asleep_after_lost_events_is_neither_halted_nor_blocked),
		cmocka_unit_test(after_lost_switches_nobody_knows_where_it_was),
		cmocka_unit_test(one_that_spins_in_its_guest_is_in_every_bucket_that_is_flushed),
		cmocka_unit_test(a_first_exit_tells_that_the_run_so_far_was_in_the_guest),
		cmocka_unit_test(exits_are_booked_where_their_interval_ends),
		cmocka_unit_test(a_vcpu_that_migrates_keeps_its_interval),
		cmocka_unit_test(without_switches_all_time_outside_of_the_guest_is_the_hosts),
		cmocka_unit_test(without_switches_a_thread_that_exits_is_there_until_then),
		cmocka_unit_test(totals_of_exits_add_up_by_life_and_reason),
		cmocka_unit_test(events_of_kvm_are_refused_where_it_is_not_recorded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
