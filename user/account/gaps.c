/* SPDX-License-Identifier: Apache-2.0 */
/* What a CPU did not tell: its begin, losses, missed switches, its time offline. */
#include "account/fill.h"
#include "account/flush.h"
#include "account/lives.h"
#include "account/runs.h"
#include "account/switches.h"

/* The moment as this CPU has it: its time never goes back. */
static int enter(struct account *account, uint32_t number, uint64_t *at_ns, struct cpu **cpu)
{
	if (number >= account->options.cpu_count)
		return -EINVAL;
	*cpu = &account->cpus[number];
	if (*at_ns < (*cpu)->filled_ns)
		*at_ns = (*cpu)->filled_ns;
	return *at_ns >= account->grid.end_ns ? fill_advance(account, *at_ns) : 0;
}

/* The task that was running here is somewhere else by now, nobody knows since when. */
static int lose_sight(struct account *account, struct cpu *cpu)
{
	struct life *life = &account->lives[cpu->life];
	uint32_t unknown = account->lives[UNKNOWN_LIFE].task;
	uint32_t task = cpu->offline || cpu->forced ? unknown : life->task; /* lost already */

	if (cpu->life != UNKNOWN_LIFE && life->cpu == cpu->number) {
		life->cpu = NO_CPU;
		life->last_cpu = NO_CPU;
		life->left_at_ns = CAPTURE_NIL;
		life->wait_total_ns = CAPTURE_NIL;
		if (life->vcpu)
			kvm_lost_sight(account, cpu->life);
	}
	cpu->life = UNKNOWN_LIFE;
	cpu->filler = UNKNOWN_LIFE;
	return switches_found(account, cpu, cpu->filled_ns, task, unknown);
}

/* Somebody runs here, whose beginning nobody saw. */
static int run_is_found(struct account *account, struct cpu *cpu, uint64_t at_ns, uint32_t tid,
			uint64_t start_ns)
{
	uint32_t slot = tid ? life_found(account, tid, at_ns, start_ns)
			    : life_of_idle(account, cpu->number);
	struct life *life;

	if (slot == NO_LIFE)
		return -ENOMEM;
	life = &account->lives[slot];
	life->cpu = cpu->number;
	life->wait_total_ns = CAPTURE_NIL;
	cpu->life = slot;
	cpu->filler = slot;
	cpu->run_at_ns = at_ns;
	if (life->vcpu)
		kvm_found(account, slot, cpu->number, at_ns);
	return switches_found(account, cpu, at_ns, account->lives[UNKNOWN_LIFE].task, life->task);
}

int account_found_running(struct account *account, uint32_t number, uint64_t at_ns, uint32_t tid,
			  uint64_t start_ns, bool after_loss)
{
	struct cpu *cpu;
	int error = enter(account, number, &at_ns, &cpu);

	if (error)
		return error;
	if (tid >= ACCOUNT_TIDS)
		return -EINVAL;
	error = lose_sight(account, cpu);
	if (!error)
		error = fill_cpu(account, cpu, at_ns);
	if (!error && cpu->offline)
		error = flush_online(account, cpu, at_ns, true);
	cpu->offline = false;
	cpu->known = true;
	cpu->forced = false;
	cpu->cause = after_loss ? RUN_AFTER_LOSS : RUN_BEFORE_ZERO;
	return error ? error : run_is_found(account, cpu, at_ns, tid, start_ns);
}

static uint64_t wait_total_of(const struct account *account, uint32_t tid)
{
	uint32_t slot = life_newest(account, tid);

	if (!tid || slot == NO_LIFE || account->lives[slot].stage != LIFE_ALIVE)
		return CAPTURE_NIL;
	return account->lives[slot].wait_total_ns;
}

/* Whoever began in the capture, and is seen for the first time: all its waits were since then. */
static bool is_newborn(const struct account *account, uint32_t slot, uint64_t at_ns)
{
	const struct life_who *who = &account->who[slot];

	return account->lives[slot].began_at_ns == at_ns && who->start_ns != CAPTURE_NIL &&
	       who->started_at_ns >= 0;
}

/* What account_missed_wait() will need of whoever was found; its wait until now may be known. */
static void note_found(struct account *account, uint32_t slot, uint64_t at_ns)
{
	account->found_since_ns = account->lives[slot].began_at_ns;
	if (account->found_wait_total_ns != CAPTURE_NIL || !is_newborn(account, slot, at_ns))
		return;
	account->found_wait_total_ns = 0;
	account->found_since_ns = (uint64_t)account->who[slot].started_at_ns;
}

int account_missed_switch(struct account *account, uint32_t number, uint64_t at_ns, uint32_t tid,
			  uint64_t unknown_ns)
{
	struct cpu *cpu;
	bool counted;
	int error = enter(account, number, &at_ns, &cpu);

	if (error)
		return error;
	if (tid >= ACCOUNT_TIDS)
		return -EINVAL;
	counted = cpu->forced;
	account->found_wait_total_ns = wait_total_of(account, tid);
	error = lose_sight(account, cpu);
	if (!error)
		error = fill_cpu(account, cpu, at_ns);
	cpu->sums.run_ns += unknown_ns;
	cpu->forced = false;
	cpu->known = true;
	cpu->cause = RUN_MISSED_SWITCH;
	if (!counted) {
		account->losses[LOSS_MISSED_SWITCH].count++;
		account->runs_unknown[RUN_MISSED_SWITCH]++;
	}
	account->losses[LOSS_MISSED_SWITCH].run_ns += unknown_ns;
	account->lossy = true;
	if (!error)
		error = run_is_found(account, cpu, at_ns, tid, 0);
	note_found(account, cpu->life, at_ns);
	return error;
}

/*
 * Should the wait be 2^32 ns or longer, the rest of it shows at the next switch-in. One that is
 * longer than the life tells that the life is another.
 */
int account_missed_wait(struct account *account, uint32_t number, uint32_t wait_total_low_ns)
{
	uint64_t total_ns = account->found_wait_total_ns;
	struct cpu *cpu;
	uint32_t wait_ns;

	if (number >= account->options.cpu_count)
		return -EINVAL;
	cpu = &account->cpus[number];
	if (total_ns == CAPTURE_NIL)
		return 0;
	wait_ns = wait_total_low_ns - (uint32_t)total_ns;
	if (wait_ns > cpu->filled_ns - account->found_since_ns)
		return 0;
	account->lives[cpu->life].wait_total_ns = total_ns + wait_ns;
	if (!wait_ns)
		return 0;
	return runs_add_wait(account, cpu, cpu->life, cpu->filled_ns, wait_ns);
}

/* Its old CPU said nothing about its leaving: a switch was missed there. */
int runs_force_off(struct account *account, uint32_t slot)
{
	struct cpu *cpu = &account->cpus[account->lives[slot].cpu];
	struct life *life = &account->lives[slot];

	life->cpu = NO_CPU;
	life->last_cpu = NO_CPU;
	life->left_at_ns = CAPTURE_NIL;
	life->wait_total_ns = CAPTURE_NIL;
	if (life->vcpu)
		kvm_lost_sight(account, slot);
	if (cpu->life != slot || cpu->forced)
		return 0;
	cpu->filler = UNKNOWN_LIFE;
	cpu->forced = true;
	account->lossy = true;
	account->losses[LOSS_MISSED_SWITCH].count++;
	account->runs_unknown[RUN_MISSED_SWITCH]++;
	return switches_found(account, cpu, cpu->filled_ns, life->task,
			      account->lives[UNKNOWN_LIFE].task);
}

int account_lost(struct account *account, uint32_t number, uint64_t at_ns, uint64_t switches,
		 uint64_t run_ns, uint64_t blocks)
{
	struct loss_sums *loss = &account->losses[LOSS_RING_FULL];
	struct cpu *cpu;
	int error;

	if (number >= account->options.cpu_count)
		return -EINVAL;
	cpu = &account->cpus[number];
	error = lose_sight(account, cpu);
	cpu->cause = RUN_AFTER_LOSS;
	cpu->forced = false;
	cpu->known = true; /* it was there, whoever ran */
	cpu->sums.lost_switches += switches;
	cpu->sums.lost_run_ns += run_ns;
	loss->count += blocks;
	loss->switches += switches;
	loss->run_ns += run_ns;
	account->lossy = true;
	if (at_ns > account->lost_until_ns)
		account->lost_until_ns = at_ns;
	return error;
}

int account_offline(struct account *account, uint32_t number, uint64_t at_ns)
{
	struct cpu *cpu;
	int error = enter(account, number, &at_ns, &cpu);

	if (error || cpu->offline)
		return error;
	error = fill_cpu(account, cpu, at_ns);
	if (!error)
		error = switches_found(account, cpu, at_ns, account->lives[cpu->life].task,
				       account->lives[UNKNOWN_LIFE].task);
	cpu->offline = true;
	cpu->known = true;
	return error ? error : flush_online(account, cpu, at_ns, false);
}

void account_count_loss(struct account *account, enum capture_loss_cause cause, uint64_t count)
{
	account->losses[cause].count += count;
}
