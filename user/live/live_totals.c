/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel side's own totals and counters, read from its maps. */
#include "live/live_internal.h"

#include "account/account.h"
#include "base/array.h"
#include "live/cpu_list.h"
#include "pftrace.skel.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

int live_totals_read_cpus(struct live *live)
{
	uint32_t zero = 0;
	int error = bpf_map_lookup_elem(bpf_map__fd(live->bpf->maps.cpus), &zero, live->cpus);

	if (!error)
		cpu_list_spread(live->cpus, sizeof(*live->cpus), live->possible,
				live->possible_count);
	return error;
}

/* Runs of the switch program that the kernel skipped, because one was still running. */
static uint64_t read_recursions(const struct live *live)
{
	struct bpf_prog_info info = { 0 };
	uint32_t bytes = sizeof(info);

	if (bpf_obj_get_info_by_fd(bpf_program__fd(live->bpf->progs.on_sched_switch), &info,
				   &bytes))
		return 0;
	return info.recursion_misses;
}

static void count_new(struct live *live, enum capture_loss_cause cause, uint64_t *known,
		      uint64_t now)
{
	account_count_loss(live->account, cause, now - *known);
	*known = now;
}

static uint64_t identities_lost(const struct live *live)
{
	uint64_t lost = 0;

	for (uint32_t cpu = 0; cpu < live->cpu_count; cpu++)
		lost += live->cpus[cpu].identities_lost;
	return lost;
}

int live_totals_begin(struct live *live)
{
	int error = live_totals_read_cpus(live);

	live->identities_lost = identities_lost(live);
	live->recursions = read_recursions(live);
	return error;
}

int live_totals_count_losses(struct live *live)
{
	uint64_t evictions_failed = 0, evictions = 0;
	int error = live_totals_read_cpus(live);

	if (error)
		return error;
	for (uint32_t cpu = 0; cpu < live->cpu_count; cpu++) {
		evictions_failed += live->cpus[cpu].evictions_failed;
		evictions += live->cpus[cpu].evictions;
	}
	live->evictions = evictions;
	count_new(live, LOSS_IDENTITY_RING, &live->identities_lost, identities_lost(live));
	count_new(live, LOSS_TOTALS_EVICTION, &live->evictions_failed, evictions_failed);
	count_new(live, LOSS_RECURSION, &live->recursions, read_recursions(live));
	return 0;
}

int live_totals_feed_task(struct live *live, const struct pft_evicted_key *key,
			  const struct pft_evicted *value, bool over)
{
	struct account_total total = {
		.tid = key->tid,
		.cpu = key->cpu,
		.start_ns = key->start_ns,
		.run_ns = value->run_ns,
		.switches = value->voluntary + value->involuntary,
		.voluntary = value->voluntary,
		.involuntary = value->involuntary,
		.over = over,
	};

	return account_total(live->account, &total);
}

static int feed_slots(struct live *live, uint32_t cpu)
{
	const struct pft_total *slots = &live->cpus[cpu].totals[0][0];
	int error = 0;

	for (size_t i = 0; i < 2 * PFT_TOTAL_SETS && !error; i++) {
		struct pft_evicted_key key = { slots[i].start_ns, slots[i].tid, cpu };
		struct pft_evicted value = { slots[i].run_ns, slots[i].voluntary,
					     slots[i].involuntary };

		if (slots[i].tid)
			error = live_totals_feed_task(live, &key, &value, false);
	}
	return error;
}

/*
 * How long the run in progress has lasted when the gate was closed. Its begin is on the run
 * queue's clock; the pair of the CPU's block brings it to CLOCK_MONOTONIC.
 */
static uint64_t open_run_ns(const struct live *live, uint32_t cpu)
{
	const struct pft_cpu *state = &live->cpus[cpu];
	const struct pft_block *block = &live->blocks[cpu];
	uint64_t since_ns = state->since_ns;

	if (!(state->flags & PFT_BLOCK_SINCE_IS_MONO))
		since_ns += block->mono_ns - block->rq_ns;
	return since_ns < live->stopped_ns ? live->stopped_ns - since_ns : 0;
}

/* What belongs to no task's slot, and the sums that the proof compares. */
static int feed_cpu(struct live *live, uint32_t cpu)
{
	const struct pft_cpu *state = &live->cpus[cpu];
	const struct pft_block *block = &live->blocks[cpu];
	struct account_total idle = { .cpu = cpu,
				      .run_ns = state->idle_run_ns,
				      .switches = state->idle_switches };
	struct account_total unknown = { .cpu = cpu,
					 .unknown = true,
					 .run_ns = state->unknown_run_ns };
	struct account_cpu_total sums = { .cpu = cpu,
					  .open_ns = open_run_ns(live, cpu),
					  .live_ns = live->stopped_ns - block->seeded_mono_ns };
	int error;

	error = account_total(live->account, &idle);
	if (!error && state->unknown_run_ns)
		error = account_total(live->account, &unknown);
	return error ? error : account_cpu_total(live->account, &sums);
}

#define EVICTED_BATCH 4096 /* at least the longest chain of the hash, or the call is refused */

struct evicted_batch {
	struct pft_evicted_key keys[EVICTED_BATCH];
	struct pft_evicted values[EVICTED_BATCH];
};

static int each_evicted(struct live *live, struct evicted_batch *batch,
			int (*take)(struct live *live, const struct pft_evicted_key *key,
				    const struct pft_evicted *value))
{
	int map = bpf_map__fd(live->bpf->maps.evicted);
	uint32_t position, count;
	void *from = NULL;
	int result = 0, error = 0;

	while (!result && !error) {
		count = EVICTED_BATCH;
		result = bpf_map_lookup_batch(map, from, &position, batch->keys, batch->values,
					      &count, NULL);
		if (result && result != -ENOENT) /* which is the end */
			return result;
		for (uint32_t i = 0; i < count && !error; i++)
			error = take(live, &batch->keys[i], &batch->values[i]);
		from = &position;
	}
	return error;
}

int live_totals_each_evicted(struct live *live,
			     int (*take)(struct live *live, const struct pft_evicted_key *key,
					 const struct pft_evicted *value))
{
	struct evicted_batch *batch = malloc(sizeof(*batch));
	int error = batch ? each_evicted(live, batch, take) : -ENOMEM;

	free(batch);
	return error;
}

static int feed_evicted(struct live *live, const struct pft_evicted_key *key,
			const struct pft_evicted *value)
{
	return live_totals_feed_task(live, key, value, false);
}

int live_totals_feed(struct live *live, bool *complete)
{
	int error = live_totals_count_losses(live);

	for (uint32_t cpu = 0; cpu < live->cpu_count && !error; cpu++) {
		if (!live->cpus[cpu].live)
			continue;
		error = feed_slots(live, cpu);
		if (!error)
			error = feed_cpu(live, cpu);
	}
	*complete = !live->evictions_failed;
	return error ? error : live_totals_each_evicted(live, feed_evicted);
}
