/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "account/account.h"
#include "base/string_pool.h"
#include "live/merge.h"
#include "pftrace.h"
#include "tally.h"

#define MS 1000000ULL
#define ZERO_NS 1000000000ULL
#define CPUS 2

struct bench {
	struct tally tally;
	struct string_pool *strings;
	struct account *account;
	struct merge *merge;
	struct pft_block blocks[CPUS];
	uint64_t closed_ns[CPUS];
};

/* Both CPUs are seeded at zero, in their idle tasks. */
static struct bench *begin(void)
{
	struct account_options options = { .cpu_count = CPUS,
					   .bucket_ns = 10 * MS,
					   .wait_offered = true };
	struct bench *bench = calloc(1, sizeof(*bench));

	assert_non_null(bench);
	tally_init(&bench->tally);
	bench->strings = string_pool_new();
	bench->account = account_new(&options, &bench->tally.sink, bench->strings);
	bench->merge = merge_new(CPUS, ZERO_NS, bench->account);
	for (uint32_t cpu = 0; cpu < CPUS; cpu++)
		bench->blocks[cpu] = (struct pft_block){ .cpu = cpu,
							 .since_ns = ZERO_NS,
							 .flags = PFT_BLOCK_SINCE_IS_MONO,
							 .seeded_mono_ns = ZERO_NS };
	return bench;
}

static void finish(struct bench *bench)
{
	merge_free(bench->merge);
	account_free(bench->account);
	string_pool_free(bench->strings);
	tally_free(&bench->tally);
	free(bench);
}

/* The run queue's clock is CLOCK_MONOTONIC here. */
static uint64_t clock_at(uint64_t at_ns)
{
	return ZERO_NS + at_ns;
}

static void add(struct bench *bench, uint32_t cpu, uint64_t at_ns, uint32_t next)
{
	struct pft_block *block = &bench->blocks[cpu];
	uint32_t count = PFT_WORD_COUNT(block->word);

	if (!count) {
		block->rq_ns = clock_at(at_ns);
		block->mono_ns = clock_at(at_ns);
		block->closed_run_ns = bench->closed_ns[cpu];
	}
	block->samples[count].delta_ns = (uint32_t)(clock_at(at_ns) - block->rq_ns);
	block->samples[count].next = next | PFT_STATE_INTERRUPTIBLE << PFT_SAMPLE_STATE_SHIFT;
	block->samples[count].wait_total_ns = 0;
	block->word++;
}

/* The block is full: the next one begins where it ends. */
static void hand_over(struct bench *bench, uint32_t cpu, bool lost)
{
	struct pft_block *block = &bench->blocks[cpu];
	uint32_t count = PFT_WORD_COUNT(block->word);
	uint64_t last_ns = block->rq_ns + block->samples[count - 1].delta_ns;

	if (!lost)
		assert_int_equal(
			merge_block(bench->merge, block,
				    PFT_BLOCK_HEADER_BYTES + count * sizeof(struct pft_sample)),
			0);
	bench->closed_ns[cpu] = last_ns - ZERO_NS;
	block->first_number += count;
	block->since_ns = last_ns;
	block->running_tid = block->samples[count - 1].next & PFT_TID_MASK;
	block->flags = 0;
	block->word = ((block->word >> 32) + 1) << 32;
}

static void look(struct bench *bench)
{
	for (uint32_t cpu = 0; cpu < CPUS; cpu++)
		assert_int_equal(merge_look(bench->merge, cpu, &bench->blocks[cpu]), 0);
	assert_int_equal(merge_looked(bench->merge), 0);
}

static void advance(struct bench *bench, uint64_t at_ns)
{
	assert_int_equal(merge_advance(bench->merge, clock_at(at_ns)), 0);
}

static void end_at(struct bench *bench, uint64_t at_ns)
{
	struct capture_end end = { .duration_ns = at_ns };

	merge_final(bench->merge);
	look(bench);
	assert_int_equal(merge_advance(bench->merge, UINT64_MAX), 0);
	assert_int_equal(account_end(bench->account, &end, false, false), 0);
}

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

static uint64_t run_ns_on(const struct bench *bench, uint64_t cpu, uint32_t tid)
{
	const struct tallied_table *samples = &bench->tally.tables[CAPTURE_SAMPLES];
	uint64_t sum = 0;

	for (size_t i = 0; i < samples->count; i++) {
		const uint64_t *values = samples->rows[i].values;
		uint64_t task = values[SAMPLES_TASK];

		if (values[SAMPLES_CPU] == cpu &&
		    tally_task(&bench->tally, task)->values[TASKS_TID] == tid)
			sum += values[SAMPLES_RUN_NS];
	}
	return sum;
}

static void samples_seen_by_a_look_and_by_the_ring_count_once(void **state)
{
	struct bench *bench = begin();

	(void)state;
	look(bench);
	add(bench, 0, 1 * MS, 7);
	look(bench);
	add(bench, 0, 2 * MS, 0);
	look(bench);
	advance(bench, 5 * MS);
	assert_int_equal(switches(bench), 1);
	hand_over(bench, 0, false);
	advance(bench, 6 * MS);
	assert_int_equal(switches(bench), 2);
	end_at(bench, 10 * MS);
	assert_int_equal(switches(bench), 2);
	finish(bench);
}

static void a_look_trusts_only_what_an_earlier_look_saw_counted(void **state)
{
	struct bench *bench = begin();

	(void)state;
	add(bench, 0, 1 * MS, 7);
	look(bench);
	assert_int_equal(merge_pending(bench->merge), 1); /* CPU 1 was found */
	add(bench, 0, 2 * MS, 0);
	look(bench);
	assert_int_equal(merge_pending(bench->merge), 3); /* CPU 0, too, and one sample */
	end_at(bench, 10 * MS);
	assert_int_equal(switches(bench), 2);
	finish(bench);
}

static void a_lost_block_is_counted_and_its_time_is_nobodys(void **state)
{
	struct bench *bench = begin();

	(void)state;
	look(bench);
	add(bench, 0, 1 * MS, 7);
	hand_over(bench, 0, false);
	add(bench, 0, 2 * MS, 8);
	add(bench, 0, 5 * MS, 9);
	hand_over(bench, 0, true);
	add(bench, 0, 7 * MS, 0);
	hand_over(bench, 0, false);
	end_at(bench, 10 * MS);
	assert_int_equal(losses(bench, LOSS_RING_FULL), 1);
	assert_int_equal(bench->tally.end.proof[0].lost_switches, 2);
	assert_int_equal(bench->tally.end.proof[0].lost_run_ns, 4 * MS);
	assert_int_equal(run_ns_on(bench, 0, 9), 2 * MS); /* known from the header on */
	assert_int_equal(bench->tally.end.runs_after_loss, 0);
	finish(bench);
}

static void a_block_that_is_lost_after_a_look_is_lost_in_part_only(void **state)
{
	struct bench *bench = begin();

	(void)state;
	look(bench);
	add(bench, 0, 1 * MS, 7);
	add(bench, 0, 2 * MS, 0);
	look(bench);
	look(bench);
	add(bench, 0, 3 * MS, 7);
	hand_over(bench, 0, true);
	add(bench, 0, 4 * MS, 0);
	end_at(bench, 10 * MS);
	assert_int_equal(switches(bench), 3);
	assert_int_equal(bench->tally.end.proof[0].lost_switches, 1);
	finish(bench);
}

static void a_switch_in_waits_for_its_switch_out_elsewhere(void **state)
{
	struct bench *bench = begin();

	(void)state;
	look(bench);
	add(bench, 0, 1 * MS, 7);
	add(bench, 0, 3 * MS, 0); /* a little too late by its clock */
	add(bench, 1, 2 * MS, 7);
	add(bench, 1, 4 * MS, 0);
	end_at(bench, 10 * MS);
	assert_int_equal(losses(bench, LOSS_REORDERED), 1);
	assert_int_equal(losses(bench, LOSS_MISSED_SWITCH), 0);
	assert_int_equal(run_ns_on(bench, 0, 7), 2 * MS);
	assert_int_equal(run_ns_on(bench, 1, 7), 2 * MS);
	finish(bench);
}

static void patience_ends_and_the_old_run_is_a_missed_switch(void **state)
{
	struct bench *bench = begin();

	(void)state;
	look(bench);
	add(bench, 0, 1 * MS, 7); /* and never leaves */
	add(bench, 1, 5 * MS, 7);
	hand_over(bench, 0, false);
	hand_over(bench, 1, false);
	advance(bench, 10 * MS);
	assert_int_equal(merge_complete_ns(bench->merge), 5 * MS);
	assert_int_equal(switches(bench), 1);
	advance(bench, 60 * MS);
	assert_int_equal(switches(bench), 2);
	assert_int_equal(merge_complete_ns(bench->merge), 60 * MS);
	assert_int_equal(losses(bench, LOSS_MISSED_SWITCH), 1);
	end_at(bench, 70 * MS);
	assert_int_equal(run_ns_on(bench, 0, 7), 0);
	assert_int_equal(run_ns_on(bench, 1, 7), 65 * MS);
	finish(bench);
}

static void a_sample_behind_the_watermark_is_late_but_applied(void **state)
{
	struct bench *bench = begin();

	(void)state;
	look(bench);
	advance(bench, 20 * MS);
	add(bench, 0, 5 * MS, 7);
	hand_over(bench, 0, false);
	end_at(bench, 30 * MS);
	assert_int_equal(losses(bench, LOSS_LATE), 1);
	assert_int_equal(switches(bench), 1);
	assert_int_equal(run_ns_on(bench, 0, 7), 25 * MS);
	finish(bench);
}

static void a_marker_charges_nobody_until_the_run_it_found_began(void **state)
{
	struct bench *bench = begin();
	struct pft_block *block = &bench->blocks[0];

	(void)state;
	look(bench);
	add(bench, 0, 1 * MS, 7);
	add(bench, 0, 6 * MS, 9);
	block->samples[1].next = 9 | PFT_SAMPLE_MARKER;
	block->samples[1].delta_ns = 0;			    /* its wait */
	block->samples[1].wait_total_ns = clock_at(4 * MS); /* its begin */
	add(bench, 0, 6 * MS, 0);
	end_at(bench, 10 * MS);
	assert_int_equal(run_ns_on(bench, 0, 7), 0);
	assert_int_equal(run_ns_on(bench, 0, 9), 2 * MS);
	assert_int_equal(bench->tally.end.switches, 2);
	assert_int_equal(losses(bench, LOSS_MISSED_SWITCH), 1);
	assert_int_equal(bench->tally.end.runs_missed_switch, 1);
	finish(bench);
}

static void a_cpu_that_goes_and_comes_back_fills_no_buckets_meanwhile(void **state)
{
	struct bench *bench = begin();

	(void)state;
	look(bench);
	add(bench, 0, 1 * MS, 7);
	add(bench, 0, 2 * MS, 0);
	assert_int_equal(merge_cpu_offline(bench->merge, 0, clock_at(5 * MS)), 0);
	assert_int_equal(merge_cpu_online(bench->merge, 0, clock_at(8 * MS)), 0);
	add(bench, 0, 9 * MS, 7);
	end_at(bench, 10 * MS);
	assert_int_equal(run_ns_on(bench, 0, 0), 1 * MS + 3 * MS + 1 * MS);
	assert_int_equal(run_ns_on(bench, 0, 7), 2 * MS);
	assert_int_equal(bench->tally.tables[CAPTURE_CPUS].count, 2);
	assert_int_equal(bench->tally.end.runs_before_zero, 2); /* the seeded, the interrupted */
	finish(bench);
}

static void a_block_that_cannot_be_is_refused(void **state)
{
	struct bench *bench = begin();
	struct pft_block *block = &bench->blocks[0];

	(void)state;
	add(bench, 0, 1 * MS, 7);
	assert_int_equal(merge_block(bench->merge, block, PFT_BLOCK_HEADER_BYTES - 1), -22);
	assert_int_equal(merge_block(bench->merge, block, PFT_BLOCK_HEADER_BYTES), -22);
	block->cpu = CPUS;
	assert_int_equal(merge_block(bench->merge, block, sizeof(*block)), -22);
	block->cpu = 0;
	block->word = PFT_BLOCK_SAMPLES + 1;
	assert_int_equal(merge_block(bench->merge, block, sizeof(*block)), -22);
	finish(bench);
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
		cmocka_unit_test(a_block_that_cannot_be_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
