/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Drains, as the live side does them; what it gives to merge is remembered, so that the oracle
 * knows what can be known. Breaks are made here and in breaks.c.
 */
#include "machine.h"

#include "base/array.h"
#include "breaks.h"
#include "live/merge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SLACK_NS (10 * SIM_MS) /* a sample's position may lag the clock by so much */

static void check(int error, const char *what)
{
	if (!error)
		return;
	fprintf(stderr, "sim: %s returned %d\n", what, error);
	abort();
}

/* A border is asked for while recording: all CPUs have been seeded by then. */
static uint64_t first_cut(const struct sim_plan *plan)
{
	if (!plan->part_ns)
		return 0;
	return (1 + plan->cpus * SEEDING_NS / plan->part_ns) * plan->part_ns;
}

void recorder_begins(struct machine *m, struct sim_result *result)
{
	struct account_options options = {
		.cpu_count = m->plan.cpus,
		.bucket_ns = m->plan.bucket_ns,
		.rows_per_s_max = m->plan.rows_per_s_max,
		.wait_offered = true,
		.detail = true,
		.sched_recorded = true,
		.in_parts = m->plan.part_ns,
		.keys_stay = true,
	};

	m->result = result;
	m->choices.state = ~m->plan.seed;
	tally_init(&result->tally);
	result->strings = string_pool_new();
	joined_init(&m->joined, &result->tally.sink);
	m->account = account_new(&options, m->plan.part_ns ? &m->joined.sink : &result->tally.sink,
				 result->strings);
	m->merge = merge_new(m->plan.cpus, m->history.zero_ns, m->account);
	m->looks = calloc(m->plan.cpus, sizeof(*m->looks));
	m->scratch = calloc(m->plan.cpus, sizeof(*m->scratch));
	m->borders = calloc(m->plan.cpus, sizeof(*m->borders));
	m->cut_ns = first_cut(&m->plan);
	if (!m->borders || !m->account || !m->merge || !m->looks || !m->scratch)
		abort();
	m->looked_ns = m->history.zero_ns;
	m->flushed_ns = m->history.zero_ns;
	breaks_begin(m->broken, m->plan.cpus);
	if (m->broken == BREAK_HALF_READ)
		merge_final(m->merge);
	machine_plan(m, m->now_ns + m->plan.drain_ns, MACHINE_LOOKS, 0, 0);
}

/* ---- what merge knows ---- */

static void learn(struct machine *m, uint32_t cpu, uint64_t first, uint64_t end)
{
	struct sim_cpu_truth *truth = &m->history.cpus[cpu];
	size_t had = truth->known_count;

	if (first < truth->next_known)
		first = truth->next_known;
	if (end <= first)
		return;
	if (ARRAY_RESERVE(truth->known, truth->known_count, end))
		abort();
	memset(truth->known + had, 0, (truth->known_count - had) * sizeof(*truth->known));
	memset(truth->known + first, 1, end - first);
	truth->next_known = end;
}

static void learn_copy(struct machine *m, uint32_t cpu)
{
	struct machine_look *look = &m->looks[cpu];

	if (look->has_copy)
		learn(m, cpu, look->copy_first, look->copy_end);
	look->has_copy = false;
}

/* ---- looks ---- */

/*
 * On a machine that orders stores weakly, what an earlier look did not see may still be what stood
 * there before.
 */
static void spoil(const struct machine_look *look, struct pft_block *shown,
		  const struct pft_block *before)
{
	uint32_t count = PFT_WORD_COUNT(shown->word), whole = 0;
	uint64_t word = shown->word;

	if (!PFT_WORD_SEQUENCE(word) && !count)
		return;
	if (look->looked && look->sequence == PFT_WORD_SEQUENCE(word)) {
		whole = look->count < count ? look->count : count;
	} else {
		memcpy(shown, before, PFT_BLOCK_HEADER_BYTES);
		shown->word = word;
	}
	memcpy(&shown->samples[whole], &before->samples[whole],
	       (PFT_BLOCK_SAMPLES - whole) * sizeof(shown->samples[0]));
}

static void look_at(struct machine *m, uint32_t cpu)
{
	struct machine_look *look = &m->looks[cpu];
	struct pft_block *shown = &m->scratch[cpu], before = *shown;
	uint32_t sequence, count, use;
	bool overwritten = false, known;

	*shown = m->kernel->blocks[cpu];
	sequence = PFT_WORD_SEQUENCE(shown->word);
	count = PFT_WORD_COUNT(shown->word);
	known = look->looked && look->sequence == sequence;
	use = m->final ? count : !known ? 0 : look->count < count ? look->count : count;
	if (m->plan.half_read && !m->final) {
		spoil(look, shown, &before);
		/* (a ring without room would hide it until the CPU's next sample) */
		overwritten = count && sim_chance(&m->choices, 0.2) &&
			      m->kernel->ring_bytes + PFT_BLOCK_BYTES <= m->kernel->ring_bytes_max;
	}
	look->has_copy = (known || m->final) && !overwritten && use;
	look->copy_sequence = sequence;
	look->copy_first = m->kernel->blocks[cpu].first_number;
	look->copy_end = look->copy_first + use;
	breaks_overwrite(overwritten ? shown : NULL);
	check(merge_look(m->merge, cpu, shown), "merge_look");
	breaks_overwrite(NULL);
	if (overwritten)
		kernel_hand_over(m->kernel, cpu);
	look->looked = true;
	look->sequence = sequence;
	look->count = count;
}

/* ---- parts, as live_cut.c makes them ---- */

static void take_sums(struct machine *m)
{
	if (!m->cut_ns || m->summed || m->now_ns < m->history.zero_ns + m->cut_ns + SLACK_NS)
		return;
	for (uint32_t cpu = 0; cpu < m->plan.cpus; cpu++)
		kernel_sum(m->kernel, cpu, m->now_ns);
	m->summed = true;
}

static bool find_borders(struct machine *m)
{
	struct merge_sum between;
	bool all = true;

	for (uint32_t cpu = 0; cpu < m->plan.cpus; cpu++) {
		const struct pft_sums *sums = &m->kernel->sums[cpu];
		bool known = !merge_between(m->merge, cpu, sums->number, &between);

		if (m->broken == BREAK_BORDER)
			between = (struct merge_sum){ 0 };
		m->borders[cpu] = (struct account_border){
			.known = known,
			.switches = sums->switches - between.switches,
			.run_ns = sums->run_ns - between.run_ns,
		};
		all &= known;
	}
	return all;
}

static void cut(struct machine *m)
{
	struct capture_end end = { 0 };
	uint64_t at_ns = m->cut_ns;

	if (!m->cut_ns || !m->summed || m->watermark_ns != at_ns)
		return;
	m->summed = false;
	m->cut_ns = at_ns + m->plan.bucket_ns; /* try again there */
	if (!find_borders(m))
		return;
	check(account_cut(m->account, at_ns, m->borders, &end), "account_cut");
	joined_begin_part(&m->joined, at_ns);
	check(account_go_on(m->account, &m->joined.sink), "account_go_on");
	m->cut_ns = at_ns + m->plan.part_ns;
	if (ARRAY_RESERVE(m->result->borders_ns, m->result->border_capacity, m->result->parts + 1))
		abort();
	m->result->borders_ns[m->result->parts++] = at_ns;
}

void recorder_looks(struct machine *m)
{
	take_sums(m);
	m->seen_ns = m->looked_ns;
	m->looked_ns = m->now_ns;
	for (uint32_t cpu = 0; cpu < m->plan.cpus; cpu++)
		look_at(m, cpu);
	if (!m->final)
		machine_plan(m, m->now_ns + sim_below(&m->choices, 2 * SIM_MS), MACHINE_DRAINS, 0,
			     0);
}

/* ---- the ring ---- */

static void swap_samples(struct pft_block *block)
{
	struct pft_sample *samples = block->samples;
	uint32_t next = samples[0].next;

	samples[0].next = samples[1].next;
	samples[1].next = next;
}

static void give_block(struct machine *m, const struct kernel_ring_record *record)
{
	struct pft_block block;
	uint32_t count;

	memcpy(&block, record->data, record->bytes);
	count = PFT_WORD_COUNT(block.word);
	if (block.first_number > m->history.cpus[block.cpu].next_known)
		learn_copy(m, block.cpu);
	learn(m, block.cpu, block.first_number, block.first_number + count);
	m->blocks_given++;
	if (m->broken == BREAK_DROP_BLOCK && m->blocks_given % 5 == 3)
		return;
	if (m->broken == BREAK_SWAP_SAMPLES && count > 2 && m->blocks_given % 5 == 3)
		swap_samples(&block);
	check(merge_block(m->merge, &block, record->bytes), "merge_block");
}

static void drain_ring(struct machine *m)
{
	struct kernel *kernel = m->kernel;

	while (kernel->ring_first < kernel->ring_end)
		give_block(m, &kernel->ring[kernel->ring_first++]);
	kernel->ring_first = 0;
	kernel->ring_end = 0;
	kernel->ring_bytes = 0;
}

/* ---- identities ---- */

static void give_identity(struct machine *m, const struct machine_told *told)
{
	const struct sim_task *task = &m->history.tasks[told->task];
	struct account_identity identity = {
		.tid = task->tid,
		.tgid = task->tid,
		.start_ns = task->start_ns,
		.started_at_ns = (int64_t)(task->start_ns - m->history.zero_ns),
		.told_at_ns = (int64_t)(told->at_ns - m->history.zero_ns),
		.comm = told->comm,
		.dead = told->event == PFT_IDENTITY_DEAD,
	};

	if (m->broken == BREAK_IDENTITY && told->event == PFT_IDENTITY_FORK)
		identity.start_ns--;
	check(account_identity(m->account, &identity), "account_identity");
}

static void give_told(struct machine *m, const struct machine_told *told)
{
	switch (told->event) {
	case PFT_IDENTITY_CPU_OFFLINE:
		if (m->broken != BREAK_NO_OFFLINE)
			check(merge_cpu_offline(m->merge, told->task, told->at_ns),
			      "merge_cpu_offline");
		break;
	case PFT_IDENTITY_CPU_ONLINE:
		if (m->broken != BREAK_NO_OFFLINE)
			check(merge_cpu_online(m->merge, told->task, told->at_ns),
			      "merge_cpu_online");
		break;
	default:
		give_identity(m, told);
	}
}

static void gather(struct machine *m)
{
	drain_ring(m);
	while (m->told_taken < m->told_count)
		give_told(m, &m->told[m->told_taken++]);
	check(merge_looked(m->merge), "merge_looked");
	for (uint32_t cpu = 0; cpu < m->plan.cpus; cpu++)
		learn_copy(m, cpu);
	if (m->broken == BREAK_WRONG_SLOT)
		m->kernel->wrong_slot = true;
}

void recorder_drains(struct machine *m)
{
	gather(m);
	if (m->seen_ns > m->history.zero_ns + SLACK_NS) {
		m->watermark_ns = m->seen_ns - SLACK_NS - m->history.zero_ns;
		if (m->cut_ns && m->cut_ns < m->watermark_ns)
			m->watermark_ns = m->cut_ns;
		check(merge_advance(m->merge, m->history.zero_ns + m->watermark_ns),
		      "merge_advance");
		cut(m);
	}
	if (m->now_ns - m->flushed_ns >= m->plan.flush_ns) {
		check(account_flush(m->account, merge_complete_ns(m->merge)), "account_flush");
		m->flushed_ns = m->now_ns;
	}
	machine_plan(m, m->now_ns + m->plan.drain_ns, MACHINE_LOOKS, 0, 0);
}

/* ---- the end ---- */

static void give_total(struct machine *m, uint32_t cpu, uint32_t tid, uint64_t start_ns,
		       uint64_t run_ns, uint64_t voluntary, uint64_t involuntary)
{
	const struct account_total total = { .cpu = cpu,
					     .tid = tid,
					     .start_ns = start_ns,
					     .run_ns = run_ns,
					     .switches = voluntary + involuntary,
					     .voluntary = voluntary,
					     .involuntary = involuntary };

	check(account_total(m->account, &total), "account_total");
}

static void give_totals(struct machine *m)
{
	for (size_t i = 0; i < m->kernel->evicted_count; i++) {
		const struct kernel_evicted *evicted = &m->kernel->evicted[i];

		give_total(m, evicted->key.cpu, evicted->key.tid, evicted->key.start_ns,
			   evicted->value.run_ns, evicted->value.voluntary,
			   evicted->value.involuntary);
	}
	for (uint32_t cpu = 0; cpu < m->plan.cpus; cpu++) {
		const struct pft_cpu *state = &m->kernel->states[cpu];
		const struct pft_total *slots = &state->totals[0][0];
		const struct account_total idle = { .cpu = cpu,
						    .run_ns = state->idle_run_ns,
						    .switches = state->idle_switches };
		const struct account_total unknown = { .cpu = cpu,
						       .unknown = true,
						       .run_ns = state->unknown_run_ns };
		const struct account_cpu_total sums = { .cpu = cpu };

		for (int i = 0; i < 2 * PFT_TOTAL_SETS; i++)
			if (slots[i].tid)
				give_total(m, cpu, slots[i].tid, slots[i].start_ns, slots[i].run_ns,
					   slots[i].voluntary, slots[i].involuntary);
		check(account_total(m->account, &idle), "account_total");
		check(account_total(m->account, &unknown), "account_total");
		check(account_cpu_total(m->account, &sums), "account_cpu_total");
		m->totals_switches += kernel_next_number(m->kernel, cpu) - state->markers;
	}
}

void recorder_ends(struct machine *m)
{
	struct capture_end end = { .duration_ns = m->history.end_ns - m->history.zero_ns };

	m->final = true;
	merge_final(m->merge);
	recorder_looks(m);
	gather(m);
	check(merge_advance(m->merge, UINT64_MAX), "merge_advance");
	give_totals(m);
	check(account_end(m->account, &end, true, true), "account_end");
	if (m->plan.part_ns)
		check(joined_end(&m->joined, end.cause, end.cut), "joined_end");
	joined_free(&m->joined);
	free(m->borders);
	merge_free(m->merge);
	account_free(m->account);
	free(m->looks);
	free(m->scratch);
}
