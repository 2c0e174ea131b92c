/* SPDX-License-Identifier: Apache-2.0 */
/* The end: the kernel's totals beside what the samples said. */
#include "account/fill.h"
#include "account/flush.h"
#include "account/lives.h"
#include "account/selection.h"
#include "account/switches.h"

#include "base/array.h"

#include <errno.h>
#include <stdlib.h>

static uint32_t whose(struct account *account, const struct account_total *total)
{
	if (total->unknown)
		return UNKNOWN_LIFE;
	if (!total->tid)
		return life_of_idle(account, total->cpu);
	return life_of_total(account, total->tid, total->start_ns);
}

int account_total(struct account *account, const struct account_total *total)
{
	uint32_t slot;

	if (total->cpu >= account->options.cpu_count || total->tid >= ACCOUNT_TIDS)
		return -EINVAL;
	slot = whose(account, total);
	if (slot == NO_LIFE ||
	    ARRAY_RESERVE(account->totals, account->total_capacity, account->total_count + 1))
		return -ENOMEM;
	account->cpus[total->cpu].total_switches += total->switches;
	account->cpus[total->cpu].total_run_ns += total->run_ns;
	account->totals[account->total_count] = *total;
	account->totals[account->total_count++].tid = account->lives[slot].task;
	return 0;
}

int account_cpu_total(struct account *account, const struct account_cpu_total *total)
{
	if (total->cpu >= account->options.cpu_count)
		return -EINVAL;
	account->cpus[total->cpu].total = *total;
	account->cpus[total->cpu].has_total = true;
	return 0;
}

static int by_task_and_cpu(const void *a, const void *b)
{
	const struct account_total *x = a, *y = b;

	if (x->tid != y->tid)
		return x->tid < y->tid ? -1 : 1;
	return x->cpu < y->cpu ? -1 : x->cpu > y->cpu;
}

static int write_total(struct account *account, const struct account_total *total)
{
	const uint64_t values[TOTALS_COLUMNS] = {
		[TOTALS_TASK] = total->tid,
		[TOTALS_CPU] = total->cpu,
		[TOTALS_RUN_NS] = total->run_ns,
		[TOTALS_SWITCHES] = total->switches,
		[TOTALS_VOLUNTARY] = total->voluntary,
		[TOTALS_INVOLUNTARY] = total->involuntary,
	};

	return output_row(&account->output, CAPTURE_TOTALS, 0, values);
}

/* Those to write come first, under the tasks that they are written under; gives how many. */
static size_t select_totals(struct account *account)
{
	size_t count = 0;

	for (size_t i = 0; i < account->total_count; i++) {
		struct account_total total = account->totals[i];

		if (!selection_lists_cpu(account, total.cpu))
			continue;
		total.tid = selection_shown(account, total.tid);
		account->totals[count++] = total;
	}
	return count;
}

/* Those of tasks that have ended come while recording: in a day there may be millions. */
#define TOTALS_HELD 8192

/* One key may come from a slot and, evicted earlier, from the hash: they add up here, and where a
   key has several rows. */
int flush_totals(struct account *account, bool all)
{
	size_t count;
	int error = 0;

	if (!all && account->total_count < TOTALS_HELD)
		return 0;
	count = select_totals(account);
	account->total_count = 0;
	if (count)
		qsort(account->totals, count, sizeof(*account->totals), by_task_and_cpu);
	for (size_t i = 0; i < count && !error;) {
		struct account_total sum = account->totals[i++];

		for (; i < count && !by_task_and_cpu(&sum, &account->totals[i]); i++) {
			sum.run_ns += account->totals[i].run_ns;
			sum.switches += account->totals[i].switches;
			sum.voluntary += account->totals[i].voluntary;
			sum.involuntary += account->totals[i].involuntary;
		}
		error = write_total(account, &sum);
	}
	return error ? error : output_done(&account->output);
}

static struct capture_proof_cpu prove_cpu(const struct cpu *cpu, bool has_totals)
{
	return (struct capture_proof_cpu){
		.cpu = cpu->number,
		.samples_switches = cpu->switches,
		.samples_run_ns = cpu->run_ns,
		.lost_switches = cpu->lost_switches,
		.lost_run_ns = cpu->lost_run_ns,
		.totals_switches = has_totals ? cpu->total_switches : CAPTURE_NIL,
		.totals_run_ns = has_totals ? cpu->total_run_ns : CAPTURE_NIL,
		.open_ns = cpu->total.open_ns,
		.live_ns = cpu->total.live_ns,
	};
}

static bool is_equal(const struct capture_proof_cpu *proof)
{
	return proof->samples_switches + proof->lost_switches == proof->totals_switches &&
	       proof->samples_run_ns + proof->lost_run_ns == proof->totals_run_ns;
}

static int prove(struct account *account, struct capture_end *end, bool has_totals, bool complete)
{
	bool equal = true;

	free(account->proof);
	account->proof = calloc(account->options.cpu_count, sizeof(*account->proof));
	if (!account->proof)
		return -ENOMEM;
	end->proof = account->proof;
	end->proof_count = 0;
	end->switches = 0;
	for (uint32_t i = 0; i < account->options.cpu_count; i++) {
		const struct cpu *cpu = &account->cpus[i];
		struct capture_proof_cpu *proof = &account->proof[end->proof_count];

		if (!cpu->known && !cpu->has_total)
			continue;
		*proof = prove_cpu(cpu, has_totals);
		equal &= is_equal(proof);
		end->switches += cpu->switches;
		end->proof_count++;
	}
	if (!has_totals)
		end->verdict = VERDICT_NO_TOTALS;
	else if (!complete)
		end->verdict = VERDICT_NOT_PROVABLE;
	else
		end->verdict = equal ? VERDICT_EQUAL : VERDICT_DIFFERENT;
	return 0;
}

/* Everything that is left, buckets that are not complete included. */
static int write_rest(struct account *account, uint64_t at_ns)
{
	int error = 0;

	if (at_ns >= account->grid.end_ns)
		error = fill_advance(account, at_ns);
	if (!error)
		error = flush_fill(account, at_ns);
	if (!error)
		error = kvm_end(account, at_ns);
	if (!error)
		error = flush_rows(account, UINT64_MAX);
	if (!error)
		error = switches_flush(account, at_ns, true);
	if (!error)
		error = flush_totals(account, true);
	if (!error)
		error = kvm_flush_totals(account);
	return error ? error : flush_losses(account, at_ns);
}

int account_end(struct account *account, struct capture_end *end, bool has_totals,
		bool totals_complete)
{
	int error = write_rest(account, end->duration_ns);

	if (!error)
		error = prove(account, end, has_totals, totals_complete);
	if (error)
		return error;
	end->runs_before_zero = account->runs_unknown[RUN_BEFORE_ZERO];
	end->runs_after_loss = account->runs_unknown[RUN_AFTER_LOSS];
	end->runs_missed_switch = account->runs_unknown[RUN_MISSED_SWITCH];
	if (account->sink->flush)
		error = account->sink->flush(account->sink, end->duration_ns);
	return error ? error : account->sink->end(account->sink, end);
}
