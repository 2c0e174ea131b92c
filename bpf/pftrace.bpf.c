// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The table of hooks: each is one call. */
#include "vmlinux.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "maps.bpf.h"
#include "compat.bpf.h"
#include "clock.bpf.h"
#include "blocks.bpf.h"
#include "totals.bpf.h"
#include "identity.bpf.h"
#include "sched.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* sched_switch's own idea of prev's state: between its read and ours a wakeup may change it, so
   the argument is used where there is one. */
static __always_inline __u32 prev_state_of(unsigned long long *context, struct task_struct *prev)
{
	if (has_prev_state_argument)
		return (__u32)context[3];
	return compat_task_state(prev);
}

SEC("tp_btf/sched_switch")
int BPF_PROG(on_sched_switch, bool preempt, struct task_struct *prev, struct task_struct *next)
{
	handle_switch(preempt, prev, next, prev_state_of(ctx, prev));
	return 0;
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(on_fork, struct task_struct *parent, struct task_struct *child)
{
	identity_emit(PFT_IDENTITY_FORK, child);
	return 0;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(on_exec, struct task_struct *task, pid_t old_tid)
{
	identity_emit_exec(task, old_tid);
	return 0;
}

SEC("tp_btf/task_rename")
int BPF_PROG(on_rename, struct task_struct *task, const char *comm)
{
	identity_emit_rename(task, comm);
	return 0;
}

/* Without switches there is no last one, which tells of a task's end otherwise. */
SEC("tp_btf/sched_process_exit")
int BPF_PROG(on_task_exit, struct task_struct *task)
{
	identity_emit(PFT_IDENTITY_DEAD, task);
	return 0;
}

/* Both steps are walked in both directions; on the way down the CPU's state is below the step, on
   the way up it is not (cpuhp_next_state() in kernel/cpu.c). */
SEC("tp_btf/cpuhp_exit")
int BPF_PROG(on_cpu_state, unsigned int cpu, int state, int step, int result)
{
	bool up = state >= step;

	if (result)
		return 0;
	if (up && step == (int)bpf_core_enum_value(enum cpuhp_state, CPUHP_BRINGUP_CPU))
		identity_emit_cpu(PFT_IDENTITY_CPU_ONLINE, cpu);
	if (!up && step == (int)bpf_core_enum_value(enum cpuhp_state, CPUHP_TEARDOWN_CPU))
		identity_emit_cpu(PFT_IDENTITY_CPU_OFFLINE, cpu);
	return 0;
}

SEC("iter/task")
int on_task(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	struct pft_identity identity;

	if (!task)
		return 0;
	identity_fill(&identity, PFT_IDENTITY_ALIVE, task);
	bpf_seq_write(ctx->meta->seq, &identity, sizeof(identity));
	return 0;
}

SEC("raw_tp")
int seed(void *ctx)
{
	handle_seed();
	return 0;
}

SEC("raw_tp")
int take_sums(void *ctx)
{
	handle_sums();
	return 0;
}

/* What measuring itself reads: subtracted from the other programs' run time. */
SEC("raw_tp")
int empty(void *ctx)
{
	return 0;
}
