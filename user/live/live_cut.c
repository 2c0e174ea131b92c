/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Borders between parts. The kernel's totals only grow, so those of a part are a difference: the
 * sums at its end less those at its begin. They are taken a moment behind the border, each CPU's
 * together with the number of its next sample; the samples between the border and that number, which
 * merge still holds by then, are subtracted.
 */
#include "live/live_internal.h"

#include "account/account.h"
#include "base/clock.h"
#include "live/merge.h"
#include "pftrace.skel.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>

int live_cut_new(struct live *live)
{
	live->borders = calloc(live->cpu_count, sizeof(*live->borders));
	live->summed_at = calloc(live->cpu_count, sizeof(*live->summed_at));
	return live->borders && live->summed_at ? 0 : -ENOMEM;
}

void live_cut_free(struct live *live)
{
	free(live->borders);
	free(live->summed_at);
}

uint64_t live_cut_at(struct live *live, uint64_t at_ns)
{
	if (!live->cut_ns)
		live->cut_ns = account_border(live->account, at_ns);
	return live->cut_ns;
}

uint64_t live_cut_limit(const struct live *live, uint64_t watermark_ns)
{
	uint64_t border_ns = live->zero_monotonic_ns + live->cut_ns;

	return live->cut_ns && border_ns < watermark_ns ? border_ns : watermark_ns;
}

bool live_is_at_cut(const struct live *live)
{
	return live->cut_ns && live->summed &&
	       live->watermark_ns == live->zero_monotonic_ns + live->cut_ns;
}

/* ---- the sums of one CPU ---- */

/* Of a CPU that is offline: nobody writes there. */
static int sum_offline(struct live *live, uint32_t cpu, struct pft_sums *sums)
{
	const struct pft_cpu *state = &live->cpus[cpu];
	int error = live_totals_read_cpus(live);

	if (error)
		return error;
	sums->number = state->first_number + PFT_WORD_COUNT(live->blocks[cpu].word);
	sums->switches = state->idle_switches + state->evicted_switches;
	sums->run_ns = state->idle_run_ns + state->unknown_run_ns + state->evicted_run_ns;
	for (size_t i = 0; i < 2 * PFT_TOTAL_SETS; i++) {
		const struct pft_total *total = &state->totals[0][0] + i;

		sums->switches += total->voluntary + total->involuntary;
		sums->run_ns += total->run_ns;
	}
	return 0;
}

/* 0 also when the program did not run, because the CPU is offline: *ran tells. */
static int sum_online(struct live *live, uint32_t cpu, struct pft_sums *sums, bool *ran)
{
	uint64_t begin_ns = clock_now_ns();
	int error = live_run_on_cpu(live->bpf->progs.take_sums, cpu);

	if (!error)
		error = bpf_map_lookup_elem(bpf_map__fd(live->bpf->maps.sums), &cpu, sums);
	*ran = !error && sums->mono_ns >= begin_ns;
	return error;
}

static int no_sums(struct live *live, uint32_t cpu)
{
	live->summed_at[cpu] = 0;
	live->borders[cpu].switches = 0;
	live->borders[cpu].run_ns = 0;
	return 0;
}

/* One that comes back while it is read as an offline one is asked again. */
static int sum_cpu(struct live *live, uint32_t cpu)
{
	struct pft_sums sums = { 0 }, again;
	bool ran;
	int error;

	/* of most CPUs that are possible there are none: of a virtual machine often hundreds */
	if (live->kvm.options.no_sched || !live->blocks[cpu].seeded_mono_ns)
		return no_sums(live, cpu);
	error = sum_online(live, cpu, &sums, &ran);
	if (!error && !ran) {
		error = sum_offline(live, cpu, &sums);
		if (!error)
			error = sum_online(live, cpu, &again, &ran);
		if (ran)
			sums = again;
	}
	live->summed_at[cpu] = sums.number;
	live->borders[cpu].switches = sums.switches;
	live->borders[cpu].run_ns = sums.run_ns;
	return error;
}

/* All that lies before the border has happened when the clock is behind it by more than its lag. */
int live_cut_tick(struct live *live, uint64_t now_ns)
{
	uint64_t border_ns = live->zero_monotonic_ns + live->cut_ns;
	int error = 0;

	if (!live->cut_ns || live->summed || now_ns < border_ns + LIVE_CLOCK_LAG_NS)
		return 0;
	for (uint32_t cpu = 0; cpu < live->cpu_count && !error; cpu++)
		error = sum_cpu(live, cpu);
	if (!error)
		error = live_identity_iterate(live, live_identity_take);
	live->summed = !error;
	return error;
}

/* ---- the cut ---- */

/* The sums become those of the border itself. False: of some CPU that cannot be told. */
static bool step_back(struct live *live)
{
	struct merge_sum between;
	bool all = true;

	for (uint32_t cpu = 0; cpu < live->cpu_count; cpu++) {
		struct account_border *border = &live->borders[cpu];
		uint64_t seeded_ns = live->blocks[cpu].seeded_mono_ns;
		int error = merge_between(live->merge, cpu, live->summed_at[cpu], &between);

		border->known = !error;
		border->switches -= between.switches;
		border->run_ns -= between.run_ns;
		border->seeded_ns = seeded_ns ? seeded_ns - live->zero_monotonic_ns : 0;
		all &= border->known;
	}
	return all;
}

int live_cut(struct live *live, struct capture_end *end, bool last_try)
{
	uint64_t at_ns = live->cut_ns;
	int error = live_totals_count_losses(live);

	live->cut_ns = 0;
	live->summed = false;
	if (error)
		return error;
	/* buckets may have doubled since it was asked for */
	if (account_border(live->account, at_ns) != at_ns || (!step_back(live) && !last_try))
		return -EAGAIN;
	live_fill_cost(live, end);
	return account_cut(live->account, at_ns, live->borders, end);
}
