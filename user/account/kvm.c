/* SPDX-License-Identifier: Apache-2.0 */
/* KVM's events: an exit opens an interval, the entry after it closes it. */
#include "account/kvm.h"

#include "account/fill.h"
#include "account/lives.h"
#include "account/selection.h"
#include "base/array.h"
#include "capture/histogram.h"

#include <errno.h>
#include <stdlib.h>

int kvm_init(struct account *account)
{
	return account->options.kvm ? kvm_rows_init(&account->kvm.rows) : 0;
}

void kvm_free(struct account *account)
{
	for (uint32_t i = 0; i < account->kvm.count; i++)
		free(account->kvm.vcpus[i].exits);
	free(account->kvm.vcpus);
	free(account->kvm.totals);
	kvm_rows_free(&account->kvm.rows);
}

/* ---- vCPUs ---- */

/* Index of a free one, or UINT32_MAX. */
static uint32_t take_vcpu(struct kvm *kvm)
{
	uint32_t index = kvm->free;

	if (index) {
		kvm->free = kvm->vcpus[index - 1].next_free;
		return index - 1;
	}
	if (ARRAY_RESERVE(kvm->vcpus, kvm->capacity, kvm->count + 1))
		return UINT32_MAX;
	kvm->vcpus[kvm->count] = (struct kvm_vcpu){ .life = NO_LIFE };
	return kvm->count++;
}

/* Its clock begins with the run that it is in. */
static void place_vcpu(const struct account *account, struct kvm_vcpu *vcpu, uint64_t at_ns)
{
	uint32_t cpu = account->lives[vcpu->life].cpu;

	vcpu->place = cpu == NO_CPU ? KVM_UNSEEN : KVM_ON_CPU;
	vcpu->filled_ns = cpu == NO_CPU ? at_ns : account->cpus[cpu].run_at_ns;
	if (account->options.sched_recorded)
		return;
	vcpu->place = KVM_ON_CPU; /* for all that is known */
	vcpu->filled_ns = at_ns;
}

static struct kvm_vcpu *new_vcpu(struct account *account, uint32_t life, uint64_t at_ns)
{
	uint32_t index = take_vcpu(&account->kvm);
	struct kvm_vcpu *vcpu;

	if (index == UINT32_MAX)
		return NULL;
	vcpu = &account->kvm.vcpus[index];
	*vcpu = (struct kvm_vcpu){
		.life = life,
		.number = ACCOUNT_NO_VCPU,
		.mode = account->kvm.lossy ? KVM_MODE_UNKNOWN : KVM_MODE_NEW,
		.exits = vcpu->exits,
		.exit_capacity = vcpu->exit_capacity,
	};
	account->lives[life].vcpu = index + 1;
	account->who[life].is_vcpu = true;
	place_vcpu(account, vcpu, at_ns);
	return life_touch(account, life) ? NULL : vcpu;
}

/* Who has this event on this CPU. */
static uint32_t life_of(struct account *account, uint32_t cpu, uint32_t tid, uint64_t at_ns)
{
	uint32_t running = account->cpus[cpu].life;

	if (running != UNKNOWN_LIFE && account->lives[running].tid == tid &&
	    account->lives[running].stage == LIFE_ALIVE)
		return running;
	return life_switched_in(account, cpu, tid, at_ns, CAPTURE_NIL);
}

static int set_number(struct account *account, struct kvm_vcpu *vcpu, uint32_t number)
{
	if (number == ACCOUNT_NO_VCPU || number == vcpu->number)
		return 0;
	vcpu->number = number;
	account->who[vcpu->life].vcpu = number;
	return life_touch(account, vcpu->life);
}

/* The vCPU that an event is of, its time not before what is known of it; NULL without memory. */
static struct kvm_vcpu *meet(struct account *account, uint32_t cpu, uint32_t tid, uint64_t *at_ns,
			     uint32_t number)
{
	uint32_t life = life_of(account, cpu, tid, *at_ns);
	struct kvm_vcpu *vcpu;

	if (life == NO_LIFE)
		return NULL;
	if (account->lives[life].vcpu)
		vcpu = &account->kvm.vcpus[account->lives[life].vcpu - 1];
	else
		vcpu = new_vcpu(account, life, *at_ns);
	if (!vcpu || set_number(account, vcpu, number))
		return NULL;
	if (account->options.sched_recorded && account->lives[life].cpu != cpu)
		kvm_lost_sight(account, life);
	vcpu->cpu = cpu;
	if (*at_ns < vcpu->filled_ns)
		*at_ns = vcpu->filled_ns;
	return vcpu;
}

static int enter(struct account *account, uint32_t cpu, uint32_t tid, uint64_t at_ns)
{
	if (!account->options.kvm || cpu >= account->options.cpu_count || !tid ||
	    tid >= ACCOUNT_TIDS)
		return -EINVAL;
	return at_ns >= account->grid.end_ns ? fill_advance(account, at_ns) : 0;
}

/* ---- rows ---- */

/* The one of this reason comes first from now on: a vCPU mostly repeats itself. */
static struct kvm_exit_row *first_of(struct kvm_vcpu *vcpu, uint32_t reason)
{
	struct kvm_exit_row row;
	size_t i = 0;

	while (i < vcpu->exit_count && vcpu->exits[i].reason != reason)
		i++;
	if (i == vcpu->exit_count) {
		if (ARRAY_RESERVE(vcpu->exits, vcpu->exit_capacity, vcpu->exit_count + 1))
			return NULL;
		vcpu->exits[vcpu->exit_count++] =
			(struct kvm_exit_row){ .start_ns = CAPTURE_NIL, .reason = reason };
	}
	if (i < 4)
		return &vcpu->exits[i];
	row = vcpu->exits[i];
	vcpu->exits[i] = vcpu->exits[0];
	vcpu->exits[0] = row;
	return &vcpu->exits[0];
}

/* The row of a reason in the bucket that holds at_ns. NULL without memory. */
static struct kvm_exit_row *row_of(struct account *account, struct kvm_vcpu *vcpu, uint32_t reason,
				   uint64_t at_ns)
{
	uint64_t start_ns = fill_start(account, at_ns);
	struct kvm_exit_row *row = first_of(vcpu, reason);

	if (!row || row->start_ns == start_ns)
		return row;
	if (life_tell(account, vcpu->life))
		return NULL;
	if (row->start_ns != CAPTURE_NIL && kvm_rows_keep_exits(&account->kvm.rows, row))
		return NULL;
	*row = (struct kvm_exit_row){
		.start_ns = start_ns,
		.task = account->lives[vcpu->life].task,
		.reason = reason,
		.host_min_ns = CAPTURE_NIL,
	};
	account->kvm.rows.made++;
	return row;
}

static uint64_t known(uint64_t length_ns)
{
	return length_ns == CAPTURE_NIL ? 0 : length_ns;
}

/* The open exit was the last for now that anybody knows of. */
static int leave_unpaired(struct account *account, struct kvm_vcpu *vcpu, uint64_t at_ns)
{
	struct kvm_exit_row *row;

	if (vcpu->mode != KVM_MODE_HOST || !vcpu->exit.listed)
		return 0;
	row = row_of(account, vcpu, vcpu->exit.reason, at_ns);
	if (!row)
		return -ENOMEM;
	row->unpaired++;
	row->guest_ns += known(vcpu->exit.guest_ns);
	return 0;
}

static int add_cells(struct account *account, const struct kvm_vcpu *vcpu, uint64_t at_ns,
		     uint64_t host_ns)
{
	uint64_t start_ns = fill_start(account, at_ns);
	uint32_t task = account->lives[vcpu->life].task;
	uint32_t bin = histogram_bin(host_ns);
	int error = cells_add(&account->cells, start_ns, CELL_KEY(task, CELL_HOST, bin));

	if (error)
		return error;
	return cells_add(&account->kvm.rows.cells, start_ns,
			 CELL_KEY(task, vcpu->exit.reason, bin));
}

/* The entry at entry_ns ends the open exit; at_ns says in which bucket. */
static int pair(struct account *account, struct kvm_vcpu *vcpu, uint64_t entry_ns, uint64_t at_ns)
{
	const struct kvm_open_exit *exit = &vcpu->exit;
	uint64_t host_ns = entry_ns > exit->at_ns ? entry_ns - exit->at_ns : 0;
	struct kvm_exit_row *row;

	account->kvm.paired.count++;
	account->kvm.paired.host_ns += host_ns;
	if (!exit->listed)
		return 0;
	row = row_of(account, vcpu, exit->reason, at_ns);
	if (!row)
		return -ENOMEM;
	row->count++;
	row->host_ns += host_ns;
	row->off_ns += exit->off_ns < host_ns ? exit->off_ns : host_ns;
	row->off_unknown |= exit->off_unknown;
	row->guest_ns += known(exit->guest_ns);
	if (host_ns < row->host_min_ns)
		row->host_min_ns = host_ns;
	if (host_ns > row->host_max_ns)
		row->host_max_ns = host_ns;
	return add_cells(account, vcpu, at_ns, host_ns);
}

/* ---- events ---- */

/* How long it was in the guest before an exit, without what it was off the CPU meanwhile. */
static uint64_t guest_of(const struct kvm_vcpu *vcpu, uint64_t exit_ns)
{
	uint64_t wall_ns = exit_ns > vcpu->entry_ns ? exit_ns - vcpu->entry_ns : 0;

	if (vcpu->mode != KVM_MODE_GUEST)
		return CAPTURE_NIL;
	return wall_ns > vcpu->away_ns ? wall_ns - vcpu->away_ns : 0;
}

static int guest_cell(struct account *account, const struct kvm_vcpu *vcpu, uint64_t at_ns,
		      uint64_t guest_ns)
{
	uint64_t key =
		CELL_KEY(account->lives[vcpu->life].task, CELL_GUEST, histogram_bin(guest_ns));

	if (guest_ns == CAPTURE_NIL || !selection_lists_cpu(account, vcpu->cpu))
		return 0;
	return cells_add(&account->cells, fill_start(account, at_ns), key);
}

/*
 * Before an exit the vCPU was in its guest. Where no entry was told since the exit before, KVM went
 * back at once ("fastpath"; Linux 5.8 to 6.8 tell of no entry then).
 */
static int fill_guest(struct account *account, struct kvm_vcpu *vcpu, uint64_t at_ns)
{
	if (vcpu->mode == KVM_MODE_UNKNOWN)
		return kvm_states_go_on(account, vcpu, at_ns);
	return kvm_states_until(account, vcpu, KVM_GUEST, at_ns);
}

static int take_exit(struct account *account, struct kvm_vcpu *vcpu,
		     const struct account_kvm_exit *event, uint64_t at_ns, uint32_t reason)
{
	uint64_t guest_ns = guest_of(vcpu, event->at_ns);
	int error = leave_unpaired(account, vcpu, at_ns);

	if (!error)
		error = guest_cell(account, vcpu, at_ns, guest_ns);
	if (!error)
		error = fill_guest(account, vcpu, at_ns);
	vcpu->mode = KVM_MODE_HOST;
	vcpu->exit = (struct kvm_open_exit){
		.at_ns = event->at_ns,
		.guest_ns = guest_ns,
		.reason = reason,
		.off_unknown = vcpu->place != KVM_ON_CPU,
		.listed = selection_lists_cpu(account, vcpu->cpu),
	};
	return error;
}

int account_kvm_exit(struct account *account, const struct account_kvm_exit *event)
{
	uint64_t at_ns = event->at_ns;
	struct kvm_vcpu *vcpu;
	int error = enter(account, event->cpu, event->tid, at_ns);
	int reason;

	if (error)
		return error;
	reason = kvm_rows_reason(&account->kvm.rows, event->isa,
				 exit_reason_basic((enum exit_isa)event->isa, event->reason));
	if (reason == -ENOSPC)
		return account_kvm_lost(account, event->tid, 1);
	vcpu = reason < 0 ? NULL : meet(account, event->cpu, event->tid, &at_ns, event->vcpu);
	if (!vcpu)
		return -ENOMEM;
	account->kvm.exits++;
	return take_exit(account, vcpu, event, at_ns, (uint32_t)reason);
}

int account_kvm_entry(struct account *account, uint32_t cpu, uint32_t tid, uint64_t at_ns,
		      uint32_t number)
{
	uint64_t entry_ns = at_ns;
	struct kvm_vcpu *vcpu;
	int error = enter(account, cpu, tid, at_ns);

	if (error)
		return error;
	vcpu = meet(account, cpu, tid, &at_ns, number);
	if (!vcpu)
		return -ENOMEM;
	if (vcpu->mode == KVM_MODE_HOST)
		error = pair(account, vcpu, entry_ns, at_ns);
	else
		account->kvm.entries_unpaired++;
	if (!error && vcpu->mode == KVM_MODE_NEW)
		error = kvm_states_until(account, vcpu, KVM_HOST, at_ns);
	else if (!error)
		error = kvm_states_go_on(account, vcpu, at_ns);
	vcpu->mode = KVM_MODE_GUEST;
	vcpu->entry_ns = entry_ns;
	vcpu->away_ns = 0;
	return error;
}

/* ---- ends ---- */

static int lose(struct account *account, struct kvm_vcpu *vcpu)
{
	int error = leave_unpaired(account, vcpu, vcpu->filled_ns);

	vcpu->mode = KVM_MODE_UNKNOWN;
	return error;
}

static int lose_all(struct account *account)
{
	struct kvm *kvm = &account->kvm;
	int error = 0;

	for (uint32_t i = 0; i < kvm->count && !error; i++)
		if (kvm->vcpus[i].life != NO_LIFE)
			error = lose(account, &kvm->vcpus[i]);
	return error;
}

/* One event at a time, perhaps, of any number of vCPUs: only this thread's are looked at. */
static int lose_thread(struct account *account, uint32_t tid)
{
	uint32_t slot = life_newest(account, tid);
	int error = 0;

	for (; slot != NO_LIFE && !error; slot = account->lives[slot].older)
		if (account->lives[slot].vcpu)
			error = lose(account, &account->kvm.vcpus[account->lives[slot].vcpu - 1]);
	return error;
}

int account_kvm_lost(struct account *account, uint32_t tid, uint64_t count)
{
	account->losses[LOSS_KVM_EVENTS].count += count;
	account->kvm.lossy = true;
	if (tid == ACCOUNT_ALL_TIDS)
		return lose_all(account);
	return tid < ACCOUNT_TIDS ? lose_thread(account, tid) : 0;
}

static int keep_exits(struct account *account, const struct kvm_vcpu *vcpu)
{
	int error = 0;

	for (size_t i = 0; i < vcpu->exit_count && !error; i++)
		if (vcpu->exits[i].start_ns != CAPTURE_NIL)
			error = kvm_rows_keep_exits(&account->kvm.rows, &vcpu->exits[i]);
	return error;
}

void kvm_dies(struct account *account, uint32_t life)
{
	uint32_t index = account->lives[life].vcpu - 1;
	struct kvm_vcpu *vcpu = &account->kvm.vcpus[index];
	int error = kvm_ends_gone(account, vcpu);

	if (!error)
		error = leave_unpaired(account, vcpu, vcpu->filled_ns);
	if (!error && vcpu->row_end_ns)
		error = kvm_rows_keep_states(&account->kvm.rows, &vcpu->row);
	if (!error)
		error = keep_exits(account, vcpu);
	if (error)
		account->kvm.error = error;
	vcpu->exit_count = 0;
	vcpu->life = NO_LIFE;
	vcpu->next_free = account->kvm.free;
	account->kvm.free = index + 1;
	account->lives[life].vcpu = 0;
}
