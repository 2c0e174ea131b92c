/* SPDX-License-Identifier: Apache-2.0 */
/* A capture that goes on in another sink: what is open at the border goes on, what is counted begins anew. */
#include "account/flush.h"
#include "account/lives.h"
#include "account/proof.h"
#include "account/selection.h"

#include <errno.h>
#include <string.h>

uint64_t account_border(const struct account *account, uint64_t at_ns)
{
	uint64_t start_ns = grid_start(&account->grid, at_ns);

	return start_ns == at_ns ? at_ns : grid_end(&account->grid, at_ns);
}

static int write_part(struct account *account, uint64_t at_ns)
{
	int error;

	lives_end_gone(account, at_ns);
	error = flush_all(account, at_ns, at_ns, kvm_cut);
	return error ? error : flush_losses(account, at_ns);
}

/* Nothing that lies before the border is written any more. */
static void begin_cpus(struct account *account, uint64_t at_ns,
		       const struct account_border *borders)
{
	for (uint32_t i = 0; i < account->options.cpu_count; i++) {
		struct cpu *cpu = &account->cpus[i];

		if (cpu->filled_ns < at_ns)
			cpu->filled_ns = at_ns;
		cpu->before_since_ns = cpu->run_at_ns;
		cpu->before = cpu->sums;
		cpu->before.total_switches = borders[i].switches;
		cpu->before.total_run_ns = borders[i].run_ns;
	}
}

static int begin_part(struct account *account, uint64_t at_ns, const struct account_border *borders)
{
	int error;

	account->part.zero_ns = at_ns;
	account->part.later = true;
	account->part.totals_known = proof_borders_are_known(account, borders);
	memcpy(account->part.losses, account->losses, sizeof(account->losses));
	memcpy(account->part.runs_unknown, account->runs_unknown, sizeof(account->runs_unknown));
	account->part.kvm_exits = account->kvm.exits;
	account->part.kvm_entries_unpaired = account->kvm.entries_unpaired;
	begin_cpus(account, at_ns, borders);
	grid_init(&account->grid, at_ns, account->options.bucket_ns);
	rows_advance(&account->rows, at_ns);
	account->flushed_ns = at_ns;
	account->partial_ns = at_ns;
	account->window_ns = at_ns;
	account->window_rows = 0;
	successors_begin_part(&account->successors, at_ns);
	lives_begin_part(account);
	error = selection_begin_part(account);
	/* whoever runs may be named before it has a row */
	for (uint32_t i = 0; i < account->options.cpu_count && !error; i++)
		if (account->cpus[i].known)
			error = life_tell(account, account->cpus[i].life);
	return error;
}

int account_cut(struct account *account, uint64_t at_ns, const struct account_border *borders,
		struct capture_end *end)
{
	int error;

	if (at_ns <= account->part.zero_ns || account_border(account, at_ns) != at_ns)
		return -EINVAL;
	error = write_part(account, at_ns);
	if (!error)
		error = proof_make(account, end, at_ns, borders, account->options.sched_recorded,
				   true);
	if (error)
		return error;
	end->duration_ns = in_part(account, at_ns);
	if (account->sink->flush)
		error = account->sink->flush(account->sink, end->duration_ns);
	if (!error)
		error = account->sink->end(account->sink, end);
	return error ? error : begin_part(account, at_ns, borders);
}

int account_go_on(struct account *account, struct capture_sink *sink)
{
	uint64_t at_ns = account->part.zero_ns;
	int error = 0;

	account->sink = sink;
	account->output.sink = sink;
	for (uint32_t i = 0; i < account->options.cpu_count && !error; i++)
		if (account->cpus[i].offline)
			error = flush_online(account, &account->cpus[i], at_ns, false);
	return error;
}
