/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What an exit and an entry mean: one sample, one total. Shared by all kinds of hooks. */
#ifndef PFT_KVM_BPF_H
#define PFT_KVM_BPF_H

/* The event that a hook sees: who, in which run, when. */
struct kvm_event {
	struct pft_kvm_block *block;
	__u64 now;
	__u64 start_ns;
	__u32 cpu;
	__u32 tid;
	__u32 run_key;
};

/* The key is read before the clock: who is preempted in between was still in that run. */
static __always_inline bool kvm_begin(struct kvm_event *event)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct pft_cpu *cpu;

	if (!kvm_gate_open)
		return false;
	cpu = this_cpu_state();
	event->cpu = bpf_get_smp_processor_id();
	event->block = bpf_map_lookup_elem(&kvm_blocks, &event->cpu);
	event->tid = task->pid & PFT_TID_MASK;
	event->start_ns = task->start_time;
	event->run_key = cpu ? (__u32)cpu->since_ns : 0;
	event->now = bpf_ktime_get_ns();
	return event->block;
}

static __always_inline void handle_kvm_exit(__u32 isa, __u32 reason)
{
	struct pft_kvm_thread *thread;
	struct pft_kvm_sample sample;
	struct kvm_event event;

	if (!kvm_begin(&event))
		return;
	thread = kvm_thread_find(event.block, event.tid, event.start_ns);
	if (thread)
		kvm_thread_exits(event.block, thread, isa, reason, event.now);
	sample = (struct pft_kvm_sample){ .run_key = event.run_key,
					  .who = event.tid | isa << PFT_KVM_ISA_SHIFT,
					  .value = reason };
	kvm_sample_add(event.block, event.cpu, event.now, &sample);
}

static __always_inline void handle_kvm_entry(__u32 vcpu)
{
	struct pft_kvm_thread *thread;
	struct pft_kvm_sample sample;
	struct kvm_event event;

	if (!kvm_begin(&event))
		return;
	thread = kvm_thread_find(event.block, event.tid, event.start_ns);
	if (thread)
		kvm_thread_enters(event.block, thread, event.tid, event.now);
	sample = (struct pft_kvm_sample){ .run_key = event.run_key,
					  .who = event.tid | PFT_KVM_ENTRY,
					  .value = vcpu };
	kvm_sample_add(event.block, event.cpu, event.now, &sample);
}

#endif
