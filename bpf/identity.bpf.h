/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Who a tid is: records for fork, exec, rename and the last switch, and the task iterator. */
#ifndef PFT_IDENTITY_BPF_H
#define PFT_IDENTITY_BPF_H

static __always_inline void identity_fill(struct pft_identity *identity,
					  enum pft_identity_event event, struct task_struct *task)
{
	identity->event = event;
	identity->flags = task->flags & PF_KTHREAD ? PFT_IDENTITY_KTHREAD : 0;
	identity->tid = task->pid;
	identity->tgid = task->tgid;
	identity->old_tid = 0;
	identity->reserved = 0;
	identity->at_mono_ns = bpf_ktime_get_ns();
	identity->start_ns = task->start_time;
	identity->cgroup_id = BPF_CORE_READ(task, cgroups, dfl_cgrp, kn, id);
	identity->voluntary = task->nvcsw;
	identity->involuntary = task->nivcsw;
	identity->run_delay_ns = compat_has_sched_info() ? task->sched_info.run_delay : 0;
	identity->run_ns = task->se.sum_exec_runtime;
	bpf_core_read(identity->comm, sizeof(identity->comm), &task->comm);
}

static __always_inline struct pft_identity *identity_reserve(void)
{
	struct pft_identity *identity =
		bpf_ringbuf_reserve(&identity_ring, sizeof(struct pft_identity), 0);
	struct pft_cpu *cpu;

	if (!identity) {
		cpu = this_cpu_state();
		if (cpu)
			__sync_fetch_and_add(&cpu->identities_lost, 1);
	}
	return identity;
}

static __always_inline void identity_emit(enum pft_identity_event event, struct task_struct *task)
{
	struct pft_identity *identity = identity_reserve();

	if (!identity)
		return;
	identity_fill(identity, event, task);
	bpf_ringbuf_submit(identity, BPF_RB_NO_WAKEUP);
}

/* The tracepoint fires before the new name stands in the task. */
static __always_inline void identity_emit_rename(struct task_struct *task, const char *comm)
{
	struct pft_identity *identity = identity_reserve();

	if (!identity)
		return;
	identity_fill(identity, PFT_IDENTITY_RENAME, task);
	__builtin_memset(identity->comm, 0, sizeof(identity->comm));
	bpf_probe_read_kernel_str(identity->comm, sizeof(identity->comm), comm);
	bpf_ringbuf_submit(identity, BPF_RB_NO_WAKEUP);
}

/* A name changes with exec by task_rename; what only exec tells is a thread that took over its
   leader's tid. */
static __always_inline void identity_emit_exec(struct task_struct *task, pid_t old_tid)
{
	struct pft_identity *identity;

	if (old_tid == task->pid)
		return;
	identity = identity_reserve();
	if (!identity)
		return;
	identity_fill(identity, PFT_IDENTITY_EXEC, task);
	identity->old_tid = old_tid;
	bpf_ringbuf_submit(identity, BPF_RB_NO_WAKEUP);
}

static __always_inline void identity_emit_cpu(enum pft_identity_event event, __u32 cpu)
{
	struct pft_identity *identity = identity_reserve();

	if (!identity)
		return;
	__builtin_memset(identity, 0, sizeof(*identity));
	identity->event = event;
	identity->tid = cpu;
	identity->at_mono_ns = bpf_ktime_get_ns();
	bpf_ringbuf_submit(identity, BPF_RB_NO_WAKEUP);
}

#endif
