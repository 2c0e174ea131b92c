/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Which exit each vCPU's thread is in, and the totals of all exits that an entry ended: the witness
 * for the samples. Both belong to the thread, which alone writes them, wherever it runs.
 */
#ifndef PFT_KVM_TOTALS_BPF_H
#define PFT_KVM_TOTALS_BPF_H

static __noinline int kvm_thread_new(struct pft_kvm_block *block, __u32 tid, __u64 start_ns)
{
	struct pft_kvm_thread fresh = { .start_ns = start_ns };

	if (bpf_map_update_elem(&kvm_threads, &tid, &fresh, BPF_ANY))
		__sync_fetch_and_add(&block->threads_failed, 1);
	else
		__sync_fetch_and_add(&block->threads_made, 1);
	return 0;
}

/* NULL when there is no room for one more. */
static __always_inline struct pft_kvm_thread *kvm_thread_find(struct pft_kvm_block *block,
							      __u32 tid, __u64 start_ns)
{
	struct pft_kvm_thread *thread = bpf_map_lookup_elem(&kvm_threads, &tid);

	if (thread && thread->start_ns == start_ns)
		return thread;
	kvm_thread_new(block, tid, start_ns);
	return bpf_map_lookup_elem(&kvm_threads, &tid);
}

static __noinline int kvm_total_new(struct pft_kvm_block *block, struct pft_kvm_total_key *key,
				    __u64 host_ns)
{
	struct pft_kvm_total fresh = { .count = 1, .host_ns = host_ns, .host_max_ns = host_ns };

	if (bpf_map_update_elem(&kvm_totals, key, &fresh, BPF_NOEXIST))
		__sync_fetch_and_add(&block->totals_failed, 1);
	else
		__sync_fetch_and_add(&block->totals_made, 1);
	return 0;
}

static __always_inline void kvm_total_add(struct pft_kvm_block *block,
					  const struct pft_kvm_thread *thread, __u32 tid, __u64 now)
{
	__u64 host_ns = now - thread->exit_ns;
	struct pft_kvm_total_key key = {
		.start_ns = thread->start_ns,
		.who = tid | (__u32)thread->isa << PFT_KVM_ISA_SHIFT,
		.reason = thread->reason,
	};
	struct pft_kvm_total *total = bpf_map_lookup_elem(&kvm_totals, &key);

	if (!total) {
		kvm_total_new(block, &key, host_ns);
		return;
	}
	/* in place: updating an existing key would take the bucket's lock */
	total->count++;
	total->host_ns += host_ns;
	if (host_ns > total->host_max_ns)
		total->host_max_ns = host_ns;
}

static __always_inline void kvm_thread_exits(struct pft_kvm_block *block,
					     struct pft_kvm_thread *thread, __u32 isa, __u32 reason,
					     __u64 now)
{
	if (thread->mode == PFT_KVM_HOST)
		__sync_fetch_and_add(&block->unpaired, 1);
	thread->exit_ns = now;
	thread->reason = reason;
	thread->isa = isa;
	thread->mode = PFT_KVM_HOST;
}

static __always_inline void kvm_thread_enters(struct pft_kvm_block *block,
					      struct pft_kvm_thread *thread, __u32 tid, __u64 now)
{
	if (thread->mode == PFT_KVM_HOST)
		kvm_total_add(block, thread, tid, now);
	else if (thread->mode == PFT_KVM_GUEST)
		__sync_fetch_and_add(&block->unpaired, 1);
	thread->mode = PFT_KVM_GUEST;
}

#endif
