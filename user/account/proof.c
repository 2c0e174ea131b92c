/* SPDX-License-Identifier: Apache-2.0 */
/* The end: the kernel's totals beside what the samples said. */
#include "account/flush.h"
#include "account/lives.h"
#include "account/proof.h"
#include "account/selection.h"

#include "base/array.h"

#include <errno.h>
#include <stdlib.h>

/* The key of the task, or 0 without memory. */
static uint32_t whose(struct account *account, const struct account_total *total)
{
	uint32_t slot = UNKNOWN_LIFE;

	if (!total->unknown && total->tid)
		return life_task_of_total(account, total->tid, total->start_ns, total->over);
	if (!total->unknown)
		slot = life_of_idle(account, total->cpu);
	return slot == NO_LIFE ? 0 : account->lives[slot].task;
}

int account_total(struct account *account, const struct account_total *total)
{
	uint32_t task;

	if (total->cpu >= account->options.cpu_count || total->tid >= ACCOUNT_TIDS)
		return -EINVAL;
	account->cpus[total->cpu].sums.total_switches += total->switches;
	account->cpus[total->cpu].sums.total_run_ns += total->run_ns;
	if (account->options.in_parts)
		return 0;
	task = whose(account, total);
	if (!task ||
	    ARRAY_RESERVE(account->totals, account->total_capacity, account->total_count + 1))
		return -ENOMEM;
	account->totals[account->total_count] = *total;
	account->totals[account->total_count++].tid = task;
	return 0;
}

void account_total_is_due(struct account *account, uint32_t tid, uint64_t start_ns)
{
	struct forgotten_task *task = forgotten_find(&account->forgotten, tid, start_ns);

	if (task)
		task->due = true;
}

void account_totals_swept(struct account *account)
{
	forgotten_drop_rest(&account->forgotten);
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

/* How long the run in progress has lasted, and since when runs have followed each other. */
static void prove_wall_time(const struct account *account, const struct cpu *cpu,
			    const struct account_border *border, uint64_t at_ns,
			    struct capture_proof_cpu *proof)
{
	uint64_t since_ns = cpu->before_since_ns;

	proof->open_ns = border ? at_ns - cpu->run_at_ns : cpu->total.open_ns;
	if (!account->part.later && !border) {
		proof->live_ns = cpu->total.live_ns;
		return;
	}
	if (!account->part.later)
		since_ns = border->seeded_ns;
	proof->live_ns = at_ns > since_ns ? at_ns - since_ns : 0;
}

static struct capture_proof_cpu prove_cpu(const struct cpu *cpu,
					  const struct account_border *border, bool has_totals)
{
	const struct cpu_sums *now = &cpu->sums, *before = &cpu->before;
	uint64_t switches = border ? border->switches : now->total_switches;
	uint64_t run_ns = border ? border->run_ns : now->total_run_ns;

	return (struct capture_proof_cpu){
		.cpu = cpu->number,
		.samples_switches = now->switches - before->switches,
		.samples_run_ns = now->run_ns - before->run_ns,
		.lost_switches = now->lost_switches - before->lost_switches,
		.lost_run_ns = now->lost_run_ns - before->lost_run_ns,
		.totals_switches = has_totals ? switches - before->total_switches : CAPTURE_NIL,
		.totals_run_ns = has_totals ? run_ns - before->total_run_ns : CAPTURE_NIL,
	};
}

static bool is_equal(const struct capture_proof_cpu *proof)
{
	return proof->samples_switches + proof->lost_switches == proof->totals_switches &&
	       proof->samples_run_ns + proof->lost_run_ns == proof->totals_run_ns;
}

static uint64_t runs_unknown(const struct account *account, enum run_cause cause)
{
	return account->runs_unknown[cause] - account->part.runs_unknown[cause];
}

bool proof_borders_are_known(const struct account *account, const struct account_border *borders)
{
	bool known = true;

	for (uint32_t i = 0; i < account->options.cpu_count; i++)
		known &= borders[i].known || !account->cpus[i].known;
	return known;
}

/* Whether each CPU has its totals as of here and, in a later part, as of its begin. */
static bool totals_are_known(const struct account *account, const struct account_border *borders)
{
	return (!account->part.later || account->part.totals_known) &&
	       (!borders || proof_borders_are_known(account, borders));
}

static void verdict_of(const struct account *account, struct capture_end *end, bool has_totals,
		       bool complete)
{
	bool equal = true;

	for (size_t i = 0; i < end->proof_count; i++) {
		end->switches += account->proof[i].samples_switches;
		equal &= is_equal(&account->proof[i]);
	}
	if (!has_totals)
		end->verdict = VERDICT_NO_TOTALS;
	else if (!complete)
		end->verdict = VERDICT_NOT_PROVABLE;
	else
		end->verdict = equal ? VERDICT_EQUAL : VERDICT_DIFFERENT;
}

int proof_make(struct account *account, struct capture_end *end, uint64_t at_ns,
	       const struct account_border *borders, bool has_totals, bool complete)
{
	bool known = totals_are_known(account, borders);

	free(account->proof);
	account->proof = calloc(account->options.cpu_count, sizeof(*account->proof));
	if (!account->proof)
		return -ENOMEM;
	end->proof = account->proof;
	end->proof_count = 0;
	end->switches = 0;
	for (uint32_t i = 0; i < account->options.cpu_count; i++) {
		const struct cpu *cpu = &account->cpus[i];
		const struct account_border *border = borders ? &borders[i] : NULL;
		struct capture_proof_cpu *proof = &account->proof[end->proof_count];

		if (!cpu->known && !cpu->has_total)
			continue;
		*proof = prove_cpu(cpu, border, has_totals && known);
		prove_wall_time(account, cpu, border, at_ns, proof);
		end->proof_count++;
	}
	verdict_of(account, end, has_totals, complete && known);
	end->runs_before_zero = runs_unknown(account, RUN_BEFORE_ZERO);
	end->runs_after_loss = runs_unknown(account, RUN_AFTER_LOSS);
	end->runs_missed_switch = runs_unknown(account, RUN_MISSED_SWITCH);
	end->kvm_exits = account->kvm.exits - account->part.kvm_exits;
	end->kvm_entries_unpaired =
		account->kvm.entries_unpaired - account->part.kvm_entries_unpaired;
	if (!account->options.sched_recorded)
		end->switches = end->runs_before_zero = end->runs_after_loss =
			end->runs_missed_switch = CAPTURE_NIL;
	return 0;
}

/* Everything that is left, buckets that are not complete included. */
static int write_rest(struct account *account, uint64_t at_ns)
{
	int error;

	/* no switch of theirs is to come; without any, who is over by the end is so */
	lives_end_gone(account,
		       account->options.sched_recorded ? INT64_MAX : at_ns + LIFE_LAG_NS + 1);
	error = flush_all(account, at_ns, UINT64_MAX, kvm_end);
	if (!error)
		error = flush_totals(account, true);
	if (!error)
		error = kvm_flush_totals(account);
	return error ? error : flush_losses(account, at_ns);
}

int account_end(struct account *account, struct capture_end *end, bool has_totals,
		bool totals_complete)
{
	uint64_t at_ns = end->duration_ns;
	int error = write_rest(account, at_ns);

	if (!error)
		error = proof_make(account, end, at_ns, NULL, has_totals, totals_complete);
	if (error)
		return error;
	end->duration_ns = in_part(account, at_ns);
	if (account->sink->flush)
		error = account->sink->flush(account->sink, end->duration_ns);
	return error ? error : account->sink->end(account->sink, end);
}
