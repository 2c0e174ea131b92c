/* SPDX-License-Identifier: Apache-2.0 */
/* In which of its five states a vCPU spends its time. */
#include "account/fill.h"
#include "account/flush.h"
#include "account/lives.h"
#include "account/selection.h"

/* ---- time into buckets ---- */

static int begin_row(struct account *account, struct kvm_vcpu *vcpu, uint64_t at_ns)
{
	int error = fill_spend(account);

	if (!error)
		error = life_tell(account, vcpu->life);
	if (!error && kvm_rows_pending(&account->kvm.rows) > ROWS_KEPT_MAX)
		error = flush_rows(account, account->grid.start_ns);
	if (!error && vcpu->row_end_ns)
		error = kvm_rows_keep_states(&account->kvm.rows, &vcpu->row);
	vcpu->row = (struct kvm_state_row){
		.start_ns = grid_start(&account->grid, at_ns),
		.task = account->lives[vcpu->life].task,
	};
	vcpu->row_end_ns = grid_end(&account->grid, at_ns);
	account->kvm.rows.made++;
	return error;
}

int kvm_states_add(struct account *account, struct kvm_vcpu *vcpu, enum kvm_state state,
		   uint64_t from_ns, uint64_t to_ns)
{
	int error = 0;

	if (!selection_lists_cpu(account, vcpu->cpu))
		return 0;
	while (from_ns < to_ns && !error) {
		uint64_t until_ns;

		if (from_ns < vcpu->row.start_ns || from_ns >= vcpu->row_end_ns)
			error = begin_row(account, vcpu, from_ns);
		until_ns = vcpu->row_end_ns < to_ns ? vcpu->row_end_ns : to_ns;
		vcpu->row.ns[state] += until_ns - from_ns;
		from_ns = until_ns;
	}
	return error;
}

int kvm_states_until(struct account *account, struct kvm_vcpu *vcpu, enum kvm_state state,
		     uint64_t at_ns)
{
	uint64_t from_ns = vcpu->filled_ns;

	if (at_ns <= from_ns)
		return 0;
	vcpu->filled_ns = at_ns;
	if (vcpu->place != KVM_ON_CPU)
		return 0;
	return kvm_states_add(account, vcpu, state, from_ns, at_ns);
}

int kvm_states_go_on(struct account *account, struct kvm_vcpu *vcpu, uint64_t at_ns)
{
	if (vcpu->mode == KVM_MODE_GUEST)
		return kvm_states_until(account, vcpu, KVM_GUEST, at_ns);
	if (vcpu->mode == KVM_MODE_HOST)
		return kvm_states_until(account, vcpu, KVM_HOST, at_ns);
	if (at_ns > vcpu->filled_ns)
		vcpu->filled_ns = at_ns;
	return 0;
}

/* ---- switches ---- */

static struct kvm_vcpu *vcpu_of(struct account *account, uint32_t life)
{
	return &account->kvm.vcpus[account->lives[life].vcpu - 1];
}

int kvm_switched_out(struct account *account, uint32_t life, uint64_t at_ns)
{
	struct kvm_vcpu *vcpu = vcpu_of(account, life);
	int error = kvm_states_go_on(account, vcpu, at_ns);

	vcpu->place = KVM_OFF_CPU;
	return error;
}

/* Whether the exit that is open is the guest's own wish to sleep. */
static bool is_halt(const struct account *account, const struct kvm_vcpu *vcpu)
{
	/* Intel SDM vol. 3 app. C; AMD APM vol. 2 app. C (HLT, idle HLT); Arm ARM, ESR_ELx.EC: WFx */
	static const struct kvm_reason halts[] = {
		{ 12, ACCOUNT_VMX },
		{ 0x78, ACCOUNT_SVM },
		{ 0xa6, ACCOUNT_SVM },
		{ 0x01, ACCOUNT_ARM64 },
	};
	const struct kvm_reason *reason;

	if (vcpu->mode != KVM_MODE_HOST)
		return false;
	reason = &account->kvm.rows.reasons[vcpu->exit.reason];
	for (size_t i = 0; i < sizeof(halts) / sizeof(halts[0]); i++)
		if (halts[i].isa == reason->isa && halts[i].reason == reason->reason)
			return true;
	return false;
}

/* The time off the CPU up to at_ns, of which it waited for the last wait_ns. */
static int add_off(struct account *account, struct kvm_vcpu *vcpu, uint64_t at_ns, uint64_t wait_ns)
{
	enum kvm_state asleep = is_halt(account, vcpu) ? KVM_HALTED : KVM_BLOCKED;
	uint64_t from_ns = vcpu->filled_ns;
	uint64_t off_ns = at_ns - from_ns;
	uint64_t woken_ns = at_ns - (wait_ns < off_ns ? wait_ns : off_ns);
	/* a lost exit may have been a HLT, or none */
	bool told = vcpu->mode != KVM_MODE_UNKNOWN;
	int error = told ? kvm_states_add(account, vcpu, asleep, from_ns, woken_ns) : 0;

	if (vcpu->mode == KVM_MODE_HOST)
		vcpu->exit.off_ns += off_ns;
	else
		vcpu->away_ns += off_ns;
	vcpu->filled_ns = at_ns;
	return error ? error : kvm_states_add(account, vcpu, KVM_WAITING, woken_ns, at_ns);
}

/* One that was preempted waits all the time; whose wait is not known has slept. */
static uint64_t wait_of(const struct account *account, uint32_t life, uint64_t wait_ns)
{
	if (account->lives[life].runnable)
		return UINT64_MAX;
	return wait_ns == CAPTURE_NIL ? 0 : wait_ns;
}

int kvm_switched_in(struct account *account, uint32_t life, uint32_t cpu, uint64_t at_ns,
		    uint64_t wait_ns, bool known)
{
	struct kvm_vcpu *vcpu = vcpu_of(account, life);

	vcpu->cpu = cpu;
	if (vcpu->place != KVM_OFF_CPU || !known) {
		kvm_found(account, life, cpu, at_ns);
		return 0;
	}
	vcpu->place = KVM_ON_CPU;
	if (at_ns <= vcpu->filled_ns)
		return 0;
	return add_off(account, vcpu, at_ns, wait_of(account, life, wait_ns));
}

void kvm_found(struct account *account, uint32_t life, uint32_t cpu, uint64_t at_ns)
{
	struct kvm_vcpu *vcpu = vcpu_of(account, life);

	kvm_lost_sight(account, life);
	vcpu->place = KVM_ON_CPU;
	vcpu->cpu = cpu;
	if (at_ns > vcpu->filled_ns)
		vcpu->filled_ns = at_ns;
}

void kvm_lost_sight(struct account *account, uint32_t life)
{
	struct kvm_vcpu *vcpu = vcpu_of(account, life);

	vcpu->place = KVM_UNSEEN;
	vcpu->exit.off_unknown = true;
}

/* ---- time passes ---- */

/* Without switches nothing tells of a death but the task's last identity. */
static uint64_t until_gone(const struct account *account, const struct kvm_vcpu *vcpu,
			   uint64_t at_ns)
{
	int64_t gone_ns = account->who[vcpu->life].gone_at_ns;

	if (account->options.sched_recorded || gone_ns >= (int64_t)at_ns)
		return at_ns;
	return gone_ns > 0 ? (uint64_t)gone_ns : 0;
}

int kvm_ends_gone(struct account *account, struct kvm_vcpu *vcpu)
{
	uint64_t end_ns = account->who[vcpu->life].end_ns;

	if (account->options.sched_recorded || vcpu->place != KVM_ON_CPU || end_ns == CAPTURE_NIL)
		return 0;
	return kvm_states_go_on(account, vcpu, until_gone(account, vcpu, end_ns));
}

int kvm_fill(struct account *account, uint64_t at_ns)
{
	int error = 0;

	for (uint32_t i = 0; i < account->kvm.count && !error; i++) {
		struct kvm_vcpu *vcpu = &account->kvm.vcpus[i];

		if (vcpu->life != NO_LIFE && vcpu->place == KVM_ON_CPU)
			error = kvm_states_go_on(account, vcpu, until_gone(account, vcpu, at_ns));
	}
	return error;
}

/* One that is off its CPU sleeps, or waits, as far as anybody knows until the end. */
static int end_states(struct account *account, struct kvm_vcpu *vcpu, uint64_t at_ns)
{
	if (vcpu->place == KVM_ON_CPU)
		return kvm_states_go_on(account, vcpu, until_gone(account, vcpu, at_ns));
	if (vcpu->place == KVM_UNSEEN || at_ns <= vcpu->filled_ns)
		return 0;
	return add_off(account, vcpu, at_ns, wait_of(account, vcpu->life, 0));
}

int kvm_cut(struct account *account, uint64_t at_ns)
{
	int error = 0;

	for (uint32_t i = 0; i < account->kvm.count && !error; i++) {
		struct kvm_vcpu *vcpu = &account->kvm.vcpus[i];

		if (vcpu->life == NO_LIFE)
			continue;
		error = end_states(account, vcpu, at_ns);
		if (vcpu->filled_ns < at_ns)
			vcpu->filled_ns = at_ns;
	}
	return error;
}

int kvm_end(struct account *account, uint64_t at_ns)
{
	int error = 0;

	for (uint32_t i = 0; i < account->kvm.count && !error; i++) {
		uint32_t life = account->kvm.vcpus[i].life;

		if (life == NO_LIFE)
			continue;
		error = end_states(account, &account->kvm.vcpus[i], at_ns);
		kvm_dies(account, life);
	}
	return error;
}

/* Rows in progress wait with the others. */
static int keep_rows(struct account *account, struct kvm_vcpu *vcpu, uint64_t until_ns)
{
	int error = 0;

	if (vcpu->row_end_ns && vcpu->row.start_ns < until_ns) {
		error = kvm_rows_keep_states(&account->kvm.rows, &vcpu->row);
		vcpu->row_end_ns = 0;
	}
	for (size_t i = 0; i < vcpu->exit_count && !error; i++) {
		struct kvm_exit_row *row = &vcpu->exits[i];

		if (row->start_ns == CAPTURE_NIL || row->start_ns >= until_ns)
			continue;
		error = kvm_rows_keep_exits(&account->kvm.rows, row);
		row->start_ns = CAPTURE_NIL;
	}
	return error;
}

int kvm_flush(struct account *account, uint64_t until_ns)
{
	struct cells *cells = &account->kvm.rows.cells;
	int error = account->kvm.error;

	if (!account->options.kvm)
		return 0;
	if (!error && until_ns > cells->start_ns)
		error = cells_advance(cells, cells->start_ns);
	for (uint32_t i = 0; i < account->kvm.count && !error; i++)
		if (account->kvm.vcpus[i].life != NO_LIFE)
			error = keep_rows(account, &account->kvm.vcpus[i], until_ns);
	return error ? error : kvm_rows_flush(account, until_ns);
}
