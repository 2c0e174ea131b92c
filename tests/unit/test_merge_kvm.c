/* SPDX-License-Identifier: Apache-2.0 */
/* KVM's events belong to runs, whatever the clocks say. */
#include "unit.h"

#include "merge_bench.h"

#define VCPU 7u
#define OTHER 9u
#define CPUID 0x72u
#define HLT 0x78u
#define PREEMPTED PFT_SAMPLE_PREEMPTED

static void runs(struct bench *bench, uint32_t cpu, uint64_t at_ns, uint32_t tid)
{
	bench_add(bench, cpu, at_ns, tid);
}

/* The task that leaves stays runnable. */
static void preempts(struct bench *bench, uint32_t cpu, uint64_t at_ns, uint32_t tid)
{
	struct pft_block *block = &bench->blocks[cpu];

	bench_add(bench, cpu, at_ns, tid);
	block->samples[PFT_WORD_COUNT(block->word) - 1].next = tid | PREEMPTED;
}

/* A marker: it has run since began_ns, and nobody saw it begin. */
static void is_found(struct bench *bench, uint32_t cpu, uint64_t at_ns, uint32_t tid,
		     uint64_t began_ns)
{
	struct pft_block *block = &bench->blocks[cpu];
	struct pft_sample *sample = &block->samples[PFT_WORD_COUNT(block->word)];

	bench_add(bench, cpu, at_ns, tid);
	sample->next = tid | PFT_SAMPLE_MARKER;
	sample->delta_ns = 0; /* its wait */
	sample->wait_total_ns = bench_clock_at(began_ns);
}

static void enters(struct bench *bench, uint32_t cpu, uint64_t run_at_ns, uint64_t at_ns,
		   uint32_t tid)
{
	bench_add_kvm(bench, (struct bench_kvm){ at_ns, run_at_ns, cpu, tid, true, 3 });
}

static void exits(struct bench *bench, uint32_t cpu, uint64_t run_at_ns, uint64_t at_ns,
		  uint32_t tid, uint32_t reason)
{
	bench_add_kvm(bench, (struct bench_kvm){ at_ns, run_at_ns, cpu, tid, false, reason });
}

static uint64_t state_ns(const struct bench *bench, unsigned int column)
{
	return tally_sum(&bench->tally, CAPTURE_VCPU_SAMPLES, column, VCPU_SAMPLES_TASK,
			 CAPTURE_NIL);
}

static uint64_t exit_sum(const struct bench *bench, unsigned int column, uint64_t reason)
{
	return tally_sum(&bench->tally, CAPTURE_EXITS, column, EXITS_REASON, reason);
}

static uint64_t lost(const struct bench *bench)
{
	struct account_counters counters;

	account_counters(bench->account, &counters);
	return counters.losses[LOSS_KVM_EVENTS];
}

static void an_exit_that_the_clock_puts_behind_its_switch_out_is_before_it(void **state)
{
	struct bench *bench = bench_begin();

	(void)state;
	runs(bench, 0, 10 * MS, VCPU);
	enters(bench, 0, 10 * MS, 11 * MS, VCPU);
	/* the run queue's clock lags: it halts at 21 ms, and has left at 20 ms */
	exits(bench, 0, 10 * MS, 21 * MS, VCPU, HLT);
	runs(bench, 0, 20 * MS, 0);
	runs(bench, 0, 40 * MS, VCPU);
	enters(bench, 0, 40 * MS, 41 * MS, VCPU);
	bench_end_at(bench, 50 * MS);
	assert_int_equal(exit_sum(bench, EXITS_COUNT, HLT), 1);
	assert_int_equal(exit_sum(bench, EXITS_HOST_NS, HLT), 20 * MS);
	assert_int_equal(state_ns(bench, VCPU_SAMPLES_GUEST_NS), (21 - 11 + 50 - 41) * MS);
	assert_int_equal(state_ns(bench, VCPU_SAMPLES_HALTED_NS), (40 - 21) * MS);
	assert_int_equal(lost(bench), 0);
	bench_finish(bench);
}

static void an_entry_that_the_clock_puts_before_its_switch_in_is_behind_it(void **state)
{
	struct bench *bench = bench_begin();

	(void)state;
	runs(bench, 0, 10 * MS, VCPU);
	exits(bench, 0, 10 * MS, 15 * MS, VCPU, HLT);
	runs(bench, 0, 20 * MS, OTHER);
	runs(bench, 0, 30 * MS, VCPU);
	enters(bench, 0, 30 * MS, 29 * MS, VCPU);
	bench_end_at(bench, 40 * MS);
	assert_int_equal(exit_sum(bench, EXITS_COUNT, HLT), 1);
	assert_int_equal(state_ns(bench, VCPU_SAMPLES_HALTED_NS), 10 * MS);
	assert_int_equal(state_ns(bench, VCPU_SAMPLES_GUEST_NS), (5 + 10) * MS);
	assert_int_equal(lost(bench), 0);
	bench_finish(bench);
}

static void who_is_preempted_between_exit_and_entry_waits(void **state)
{
	struct bench *bench = bench_begin();

	(void)state;
	runs(bench, 0, 10 * MS, VCPU);
	enters(bench, 0, 10 * MS, 10 * MS, VCPU);
	exits(bench, 0, 10 * MS, 12 * MS, VCPU, CPUID);
	preempts(bench, 0, 14 * MS, OTHER);
	runs(bench, 0, 24 * MS, VCPU);
	enters(bench, 0, 24 * MS, 25 * MS, VCPU);
	bench_end_at(bench, 30 * MS);
	assert_int_equal(exit_sum(bench, EXITS_HOST_NS, CPUID), 13 * MS);
	assert_int_equal(exit_sum(bench, EXITS_OFF_NS, CPUID), 10 * MS);
	assert_int_equal(state_ns(bench, VCPU_SAMPLES_WAITING_NS), 10 * MS);
	assert_int_equal(state_ns(bench, VCPU_SAMPLES_HOST_NS), 3 * MS);
	assert_int_equal(state_ns(bench, VCPU_SAMPLES_GUEST_NS), (2 + 5) * MS);
	bench_finish(bench);
}

static void who_is_preempted_in_the_guest_is_in_it_when_back(void **state)
{
	struct bench *bench = bench_begin();

	(void)state;
	runs(bench, 0, 10 * MS, VCPU);
	enters(bench, 0, 10 * MS, 10 * MS, VCPU);
	preempts(bench, 0, 14 * MS, OTHER);
	runs(bench, 0, 24 * MS, VCPU);
	exits(bench, 0, 24 * MS, 25 * MS, VCPU, CPUID);
	bench_end_at(bench, 30 * MS);
	assert_int_equal(state_ns(bench, VCPU_SAMPLES_GUEST_NS), (4 + 1) * MS);
	assert_int_equal(state_ns(bench, VCPU_SAMPLES_WAITING_NS), 10 * MS);
	bench_finish(bench);
}

static void events_of_a_thread_that_moved_stay_in_its_order(void **state)
{
	struct bench *bench = bench_begin();

	(void)state;
	runs(bench, 0, 10 * MS, VCPU);
	enters(bench, 0, 10 * MS, 11 * MS, VCPU);
	exits(bench, 0, 10 * MS, 14 * MS, VCPU, CPUID);
	runs(bench, 0, 15 * MS, 0);
	/* the other core's clock is behind: the thread arrives there before it has left */
	runs(bench, 1, 13 * MS, VCPU);
	enters(bench, 1, 13 * MS, 16 * MS, VCPU);
	exits(bench, 1, 13 * MS, 18 * MS, VCPU, HLT);
	runs(bench, 1, 19 * MS, 0);
	bench_end_at(bench, 30 * MS);
	assert_int_equal(exit_sum(bench, EXITS_COUNT, CPUID), 1);
	assert_int_equal(exit_sum(bench, EXITS_HOST_NS, CPUID), 2 * MS);
	assert_int_equal(exit_sum(bench, EXITS_UNPAIRED, HLT), 1);
	assert_int_equal(lost(bench), 0);
	bench_finish(bench);
}

static void a_vcpu_that_never_leaves_its_core_tells_of_itself(void **state)
{
	struct bench *bench = bench_begin();
	struct account_counters counters;

	(void)state;
	runs(bench, 0, 10 * MS, VCPU);
	for (uint64_t at_ns = 20 * MS; at_ns < 120 * MS; at_ns += 2 * MS) {
		enters(bench, 0, 10 * MS, at_ns, VCPU);
		exits(bench, 0, 10 * MS, at_ns + MS, VCPU, CPUID);
	}
	bench_look(bench);
	bench_look(bench);
	bench_advance(bench, 70 * MS);
	account_counters(bench->account, &counters);
	assert_int_equal(counters.kvm_exits, 25);
	bench_end_at(bench, 130 * MS);
	assert_int_equal(exit_sum(bench, EXITS_COUNT, CPUID), 49);
	assert_int_equal(exit_sum(bench, EXITS_UNPAIRED, CPUID), 1);
	bench_finish(bench);
}

static void a_lost_block_is_of_whoever_ran_there(void **state)
{
	struct bench *bench = bench_begin();

	(void)state;
	runs(bench, 0, 10 * MS, VCPU);
	runs(bench, 1, 10 * MS, OTHER);
	enters(bench, 1, 10 * MS, 11 * MS, OTHER);
	enters(bench, 0, 10 * MS, 11 * MS, VCPU);
	exits(bench, 0, 10 * MS, 12 * MS, VCPU, CPUID);
	bench_hand_over_kvm(bench, 0, false);
	enters(bench, 0, 10 * MS, 13 * MS, VCPU);
	exits(bench, 0, 10 * MS, 14 * MS, VCPU, CPUID);
	bench_hand_over_kvm(bench, 0, true);
	enters(bench, 0, 10 * MS, 50 * MS, VCPU);
	exits(bench, 0, 10 * MS, 51 * MS, VCPU, CPUID);
	enters(bench, 0, 10 * MS, 52 * MS, VCPU);
	bench_end_at(bench, 100 * MS);
	assert_int_equal(lost(bench), 2);
	/* of the three exits the first has no end that is known, and the second is lost */
	assert_int_equal(exit_sum(bench, EXITS_COUNT, CPUID), 1);
	assert_int_equal(exit_sum(bench, EXITS_UNPAIRED, CPUID), 1);
	/* the other core's thread is in its guest all the while */
	assert_int_equal(state_ns(bench, VCPU_SAMPLES_GUEST_NS),
			 (100 - 11 + 1 + 1 + 100 - 52) * MS);
	bench_finish(bench);
}

static void events_of_runs_that_were_lost_are_lost_and_later_ones_are_not(void **state)
{
	struct bench *bench = bench_begin();

	(void)state;
	runs(bench, 0, 10 * MS, OTHER);
	bench_hand_over(bench, 0, false);
	runs(bench, 0, 20 * MS, VCPU);
	enters(bench, 0, 20 * MS, 21 * MS, VCPU);
	exits(bench, 0, 20 * MS, 22 * MS, VCPU, CPUID);
	runs(bench, 0, 23 * MS, OTHER);
	bench_hand_over(bench, 0, true);
	runs(bench, 0, 24 * MS, VCPU);
	enters(bench, 0, 24 * MS, 25 * MS, VCPU);
	exits(bench, 0, 24 * MS, 26 * MS, VCPU, HLT);
	enters(bench, 0, 24 * MS, 27 * MS, VCPU);
	runs(bench, 0, 30 * MS, OTHER);
	bench_end_at(bench, 40 * MS);
	assert_int_equal(lost(bench), 2);
	assert_int_equal(exit_sum(bench, EXITS_COUNT, CPUID), 0);
	assert_int_equal(exit_sum(bench, EXITS_COUNT, HLT), 1);
	bench_finish(bench);
}

static void a_sample_that_went_alone_takes_its_place_in_time(void **state)
{
	struct bench *bench = bench_begin();

	(void)state;
	runs(bench, 0, 10 * MS, VCPU);
	enters(bench, 0, 10 * MS, 11 * MS, VCPU);
	enters(bench, 0, 10 * MS, 15 * MS, VCPU);
	bench_add_kvm_alone(bench, (struct bench_kvm){ 13 * MS, 10 * MS, 0, VCPU, false, CPUID });
	bench_end_at(bench, 20 * MS);
	assert_int_equal(exit_sum(bench, EXITS_COUNT, CPUID), 1);
	assert_int_equal(exit_sum(bench, EXITS_HOST_NS, CPUID), 2 * MS);
	bench_finish(bench);
}

static void the_run_that_was_seeded_is_known_by_its_key(void **state)
{
	struct bench *bench = bench_begin();

	(void)state;
	/* it has been running since long before zero: the CPU knows it since it was seeded */
	bench->blocks[1].running_tid = VCPU;
	enters(bench, 1, 0, 5 * MS, VCPU);
	exits(bench, 1, 0, 6 * MS, VCPU, CPUID);
	runs(bench, 1, 7 * MS, 0);
	bench_end_at(bench, 20 * MS);
	assert_int_equal(exit_sum(bench, EXITS_UNPAIRED, CPUID), 1);
	assert_int_equal(lost(bench), 0);
	bench_finish(bench);
}

/* The hook saw OTHER switched in, and next VCPU switched out: it had come at 13 ms. */
static void a_run_that_began_unseen_has_the_events_that_carry_the_key_before(void **state)
{
	struct bench *bench = bench_begin();

	(void)state;
	runs(bench, 0, 10 * MS, OTHER);
	enters(bench, 0, 10 * MS, 14 * MS, VCPU);
	exits(bench, 0, 10 * MS, 15 * MS, VCPU, CPUID);
	enters(bench, 0, 10 * MS, 17 * MS, VCPU);
	is_found(bench, 0, 20 * MS, VCPU, 13 * MS);
	runs(bench, 0, 20 * MS, 0);
	bench_end_at(bench, 30 * MS);
	assert_int_equal(exit_sum(bench, EXITS_COUNT, CPUID), 1);
	assert_int_equal(exit_sum(bench, EXITS_HOST_NS, CPUID), 2 * MS);
	assert_int_equal(lost(bench), 0);
	bench_finish(bench);
}

static void events_of_a_third_are_not_of_a_run_that_began_unseen(void **state)
{
	struct bench *bench = bench_begin();

	(void)state;
	runs(bench, 0, 10 * MS, OTHER);
	exits(bench, 0, 10 * MS, 11 * MS, VCPU + 1, CPUID);
	is_found(bench, 0, 20 * MS, VCPU, 13 * MS);
	runs(bench, 0, 20 * MS, 0);
	bench_end_at(bench, 30 * MS);
	assert_int_equal(lost(bench), 1);
	bench_finish(bench);
}

static void without_switches_the_clock_is_the_order(void **state)
{
	struct bench *bench = bench_begin();

	(void)state;
	merge_without_switches(bench->merge);
	enters(bench, 0, 0, 11 * MS, VCPU);
	exits(bench, 0, 0, 12 * MS, VCPU, CPUID);
	enters(bench, 1, 0, 14 * MS, VCPU);
	exits(bench, 1, 0, 17 * MS, VCPU, HLT);
	enters(bench, 0, 0, 18 * MS, VCPU);
	bench_end_at(bench, 20 * MS);
	assert_int_equal(exit_sum(bench, EXITS_HOST_NS, CPUID), 2 * MS);
	assert_int_equal(exit_sum(bench, EXITS_HOST_NS, HLT), 1 * MS);
	bench_finish(bench);
}

static void a_record_that_cannot_be_is_refused(void **state)
{
	struct bench *bench = bench_begin();
	struct pft_kvm_alone alone = { .cpu = CPUS };
	struct pft_kvm_block block = { .word = 1 };

	(void)state;
	assert_int_equal(merge_kvm_record(bench->merge, &alone, sizeof(alone)), -22);
	assert_int_equal(merge_kvm_record(bench->merge, &alone, sizeof(alone) - 1), -22);
	assert_int_equal(merge_kvm_record(bench->merge, &block, PFT_KVM_BLOCK_HEADER_BYTES), -22);
	block.word = PFT_KVM_BLOCK_SAMPLES + 1;
	assert_int_equal(merge_kvm_record(bench->merge, &block, sizeof(block)), -22);
	bench_finish(bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_exit_that_the_clock_puts_behind_its_switch_out_is_before_it),
		cmocka_unit_test(an_entry_that_the_clock_puts_before_its_switch_in_is_behind_it),
		cmocka_unit_test(who_is_preempted_between_exit_and_entry_waits),
		cmocka_unit_test(who_is_preempted_in_the_guest_is_in_it_when_back),
		cmocka_unit_test(events_of_a_thread_that_moved_stay_in_its_order),
		cmocka_unit_test(a_vcpu_that_never_leaves_its_core_tells_of_itself),
		cmocka_unit_test(a_lost_block_is_of_whoever_ran_there),
		cmocka_unit_test(events_of_runs_that_were_lost_are_lost_and_later_ones_are_not),
		cmocka_unit_test(a_sample_that_went_alone_takes_its_place_in_time),
		cmocka_unit_test(the_run_that_was_seeded_is_known_by_its_key),
		cmocka_unit_test(a_run_that_began_unseen_has_the_events_that_carry_the_key_before),
		cmocka_unit_test(events_of_a_third_are_not_of_a_run_that_began_unseen),
		cmocka_unit_test(without_switches_the_clock_is_the_order),
		cmocka_unit_test(a_record_that_cannot_be_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
