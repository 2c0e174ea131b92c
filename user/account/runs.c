/* SPDX-License-Identifier: Apache-2.0 */
/* Switches: the hot path. A run ends, another begins. */
#include "account/fill.h"
#include "account/lives.h"
#include "account/runs.h"
#include "account/selection.h"
#include "account/switches.h"

#include "capture/histogram.h"

static int cell(struct account *account, const struct cpu *cpu, uint64_t at_ns, uint32_t slot,
		enum cell_kind kind, uint64_t length_ns)
{
	uint64_t key = CELL_KEY(account->lives[slot].task, kind, histogram_bin(length_ns));

	if (!selection_lists_cpu(account, cpu->number))
		return 0;
	if (life_tell(account, slot))
		return -ENOMEM;
	return cells_add(&account->cells, fill_start(account, at_ns), key);
}

/* ---- a run ends ---- */

static void count_switch(struct row *row, const struct account_switch *event, bool is_task)
{
	row->switches++;
	if (!is_task)
		return;
	if (event->preempted || event->prev_state == ACCOUNT_RUNNING)
		row->involuntary++;
	else
		row->voluntary++;
}

/* The task itself goes; when it was seen on another CPU meanwhile, only this run ends. */
static int leave(struct account *account, const struct cpu *cpu, const struct account_switch *event,
		 uint64_t at_ns)
{
	struct life *life = &account->lives[cpu->life];
	int error = 0;

	if (life->cpu == cpu->number) {
		life->cpu = NO_CPU;
		life->last_cpu = cpu->number;
		life->left_at_ns = at_ns;
		life->runnable = event->preempted || event->prev_state == ACCOUNT_RUNNING;
		if (UNLIKELY(life->vcpu))
			error = kvm_switched_out(account, cpu->life, at_ns);
	}
	if (UNLIKELY(event->prev_state == ACCOUNT_DEAD) && life->tid)
		life_dies(account, cpu->life, at_ns);
	return error;
}

static int run_ends(struct account *account, struct cpu *cpu, const struct account_switch *event,
		    uint64_t at_ns)
{
	struct row *row;
	int error = fill_cpu(account, cpu, at_ns);

	if (error)
		return error;
	row = fill_row(account, cpu, cpu->life, fill_start(account, at_ns));
	if (!row)
		return -ENOMEM;
	count_switch(row, event, account->lives[cpu->life].tid != 0);
	cpu->sums.switches++;
	if (event->run_ns != CAPTURE_NIL)
		cpu->sums.run_ns += event->run_ns;
	if (LIKELY(event->run_known && event->run_ns != CAPTURE_NIL))
		error = cell(account, cpu, at_ns, cpu->life, CELL_RUN, event->run_ns);
	else
		account->runs_unknown[cpu->cause]++;
	return error ? error : leave(account, cpu, event, at_ns);
}

/* ---- a run begins ---- */

/* What could have run where nobody saw it did not only wait or sleep. */
static bool off_is_known(const struct account *account, const struct life *life)
{
	return life->left_at_ns != CAPTURE_NIL && life->left_at_ns >= account->lost_until_ns;
}

/* How long the life has waited since its last run, CAPTURE_NIL when that is not known. */
static uint64_t wait_of(const struct account *account, const struct life *life,
			const struct account_switch *event)
{
	if (event->wait_total_ns == CAPTURE_NIL)
		return CAPTURE_NIL;
	if (event->first || account->options.wait_apart)
		return event->wait_total_ns;
	if (life->wait_total_ns == CAPTURE_NIL || event->wait_total_ns < life->wait_total_ns ||
	    !off_is_known(account, life))
		return CAPTURE_NIL;
	return event->wait_total_ns - life->wait_total_ns;
}

int runs_add_wait(struct account *account, struct cpu *cpu, uint32_t slot, uint64_t at_ns,
		  uint64_t wait_ns)
{
	uint64_t start_ns = fill_start(account, at_ns);
	uint64_t here_ns = wait_ns;
	struct row *row;
	int error;

	if (UNLIKELY(wait_ns > at_ns - start_ns)) {
		error = fill_wait_slow(account, cpu, slot, at_ns, wait_ns, &here_ns);
		if (error)
			return error;
	}
	row = fill_row(account, cpu, slot, start_ns);
	if (!row)
		return -ENOMEM;
	row->wait_ns += here_ns;
	row->wait_flags |= WAIT_KNOWN;
	if (wait_ns > row->wait_max_ns) {
		row->wait_max_ns = wait_ns;
		row->wait_max_at_ns = at_ns;
	}
	return cell(account, cpu, at_ns, slot, CELL_WAIT, wait_ns);
}

static int mark_wait_unknown(struct account *account, struct cpu *cpu, uint32_t slot,
			     uint64_t at_ns)
{
	struct row *row = fill_row(account, cpu, slot, fill_start(account, at_ns));

	if (!row)
		return -ENOMEM;
	row->wait_flags |= WAIT_UNKNOWN;
	return 0;
}

/* Asleep was it for what is left of its time off the CPU. */
static int add_sleep(struct account *account, const struct cpu *cpu, uint32_t slot, uint64_t at_ns,
		     uint64_t wait_ns)
{
	const struct life *life = &account->lives[slot];
	uint64_t off_ns = at_ns > life->left_at_ns ? at_ns - life->left_at_ns : 0;

	return cell(account, cpu, at_ns, slot, CELL_SLEEP, off_ns > wait_ns ? off_ns - wait_ns : 0);
}

static int count_migration(struct account *account, struct cpu *cpu, uint32_t slot, uint64_t at_ns)
{
	struct row *row = fill_row(account, cpu, slot, fill_start(account, at_ns));

	if (!row)
		return -ENOMEM;
	row->migrations++;
	return 0;
}

/* Its intervals off the CPU end. */
static int account_off_cpu(struct account *account, struct cpu *cpu, uint32_t slot,
			   const struct account_switch *event, uint64_t at_ns, uint64_t wait_ns)
{
	const struct life *life = &account->lives[slot];
	bool known = off_is_known(account, life);
	int error = 0;

	if (wait_ns != CAPTURE_NIL)
		error = runs_add_wait(account, cpu, slot, at_ns, wait_ns);
	else if (account->options.wait_offered)
		error = mark_wait_unknown(account, cpu, slot, at_ns);
	life = &account->lives[slot];
	if (!error && known && !event->first && !life->runnable &&
	    (wait_ns != CAPTURE_NIL || !account->options.wait_offered))
		error = add_sleep(account, cpu, slot, at_ns, wait_ns == CAPTURE_NIL ? 0 : wait_ns);
	if (!error && known && life->last_cpu != cpu->number && life->last_cpu != NO_CPU)
		error = count_migration(account, cpu, slot, at_ns);
	if (UNLIKELY(!error && life->vcpu))
		error = kvm_switched_in(account, slot, cpu->number, at_ns, wait_ns, known);
	return error;
}

/*
 * A life's wait only grows: a switch-in with less of it than another, which has been accounted,
 * was before that one, although it sorts behind it.
 */
static bool is_overtaken(const struct life *life, const struct account_switch *event)
{
	return event->wait_total_ns != CAPTURE_NIL && life->wait_total_ns != CAPTURE_NIL &&
	       event->wait_total_ns < life->wait_total_ns;
}

/* Its run counts, but the life has gone on already. */
static void run_overtaken(struct account *account, struct cpu *cpu, uint32_t slot)
{
	cpu->life = slot;
	cpu->filler = slot;
	account->losses[LOSS_REORDERED].count++;
}

static uint32_t switched_in(struct account *account, const struct account_switch *event,
			    uint64_t at_ns)
{
	if (UNLIKELY(event->first && event->next_tid))
		return life_first(account, event->next_tid, at_ns, event->wait_total_ns);
	return life_switched_in(account, event->cpu, event->next_tid, at_ns, event->wait_total_ns);
}

/* *wait_ns is for how long next waited; CAPTURE_NIL: not known. */
static int run_begins(struct account *account, struct cpu *cpu, const struct account_switch *event,
		      uint64_t at_ns, uint64_t *wait_ns)
{
	uint32_t slot = switched_in(account, event, at_ns);
	struct life *life;
	int error = 0;

	if (slot == NO_LIFE)
		return -ENOMEM;
	life = &account->lives[slot];
	switches_prepare(account, account->lives[cpu->life].task, life->task);
	if (event->next_tid) {
		if (UNLIKELY(is_overtaken(life, event)) &&
		    (life->cpu != NO_CPU || life->stage == LIFE_DEAD || !account->lossy)) {
			run_overtaken(account, cpu, slot);
			return 0;
		}
		if (UNLIKELY(life->cpu != NO_CPU && life->cpu != event->cpu))
			error = runs_force_off(account, slot);
		*wait_ns = wait_of(account, life, event);
		if (!error)
			error = account_off_cpu(account, cpu, slot, event, at_ns, *wait_ns);
		life->wait_total_ns =
			account->options.wait_apart ? CAPTURE_NIL : event->wait_total_ns;
	}
	life->cpu = event->cpu;
	cpu->run_at_ns = at_ns;
	cpu->life = slot;
	cpu->filler = slot;
	return error ? error : life_tell(account, slot);
}

/* Who left, and for how long who took over had waited, are known by now. */
static int keep_switch(struct account *account, const struct cpu *cpu,
		       const struct account_switch *event, struct switch_log_row *row)
{
	int error = 0;

	row->next = account->lives[cpu->life].task;
	if (UNLIKELY(account->options.detail)) {
		row->cpu = cpu->number;
		row->state = event->preempted ? SWITCH_LOG_PREEMPTED : (uint8_t)event->prev_state;
		error = switches_log(account, row);
	}
	return error ? error : switches_count(account, cpu, row->task, row->next);
}

int account_switch(struct account *account, const struct account_switch *event)
{
	struct cpu *cpu;
	struct switch_log_row row = { .wait_ns = CAPTURE_NIL };
	uint64_t at_ns = event->at_ns;
	int error = 0;

	if (UNLIKELY(event->cpu >= account->options.cpu_count || event->next_tid >= ACCOUNT_TIDS))
		return -EINVAL;
	cpu = &account->cpus[event->cpu];
	if (at_ns < cpu->filled_ns)
		at_ns = cpu->filled_ns;
	if (UNLIKELY(at_ns >= account->grid.end_ns))
		error = fill_advance(account, at_ns);
	if (!error)
		error = run_ends(account, cpu, event, at_ns);
	row.at_ns = at_ns;
	row.task = account->lives[cpu->life].task;
	if (!error)
		error = run_begins(account, cpu, event, at_ns, &row.wait_ns);
	if (!error)
		error = keep_switch(account, cpu, event, &row);
	cpu->known = true;
	cpu->forced = false;
	return error;
}

bool account_must_wait(const struct account *account, const struct account_switch *event)
{
	uint32_t newest;
	const struct life *life;

	if (!event->next_tid || event->first || event->next_tid >= ACCOUNT_TIDS)
		return false;
	newest = account->tids[event->next_tid];
	while (newest && account->lives[newest - 1].began_at_ns == CAPTURE_NIL)
		newest = account->lives[newest - 1].older + 1; /* NO_LIFE becomes 0 */
	if (!newest || account->lives[newest - 1].stage != LIFE_ALIVE)
		return false;
	life = &account->lives[newest - 1];
	return life->cpu != NO_CPU && life->cpu != event->cpu && !is_overtaken(life, event);
}

void account_prepare(const struct account *account, uint32_t next_tid)
{
	uint32_t newest = account->tids[next_tid];

	if (newest)
		__builtin_prefetch(&account->lives[newest - 1], 1);
}
