/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Blocks of KVM samples. A hook claims its CPU's block for as long as it writes there; another that
 * preempted it in the middle finds it claimed, and goes to the ring alone.
 */
#ifndef PFT_KVM_BLOCKS_BPF_H
#define PFT_KVM_BLOCKS_BPF_H

static __always_inline bool kvm_block_claim(struct pft_kvm_block *block)
{
	return !__sync_lock_test_and_set(&block->claimed, 1);
}

static __always_inline void kvm_block_release(struct pft_kvm_block *block)
{
	barrier();
	*(volatile __u32 *)&block->claimed = 0;
}

static __noinline int kvm_block_submit(struct pft_kvm_block *block)
{
	__u32 count = PFT_WORD_COUNT(block->word);
	__u32 sequence = PFT_WORD_SEQUENCE(block->word) + 1;
	__u64 bytes = PFT_KVM_BLOCK_HEADER_BYTES + count * sizeof(struct pft_kvm_sample);

	barrier_var(bytes); /* or clang folds the bound away from where the verifier looks */
	if (bytes > PFT_BLOCK_BYTES)
		bytes = PFT_BLOCK_BYTES;
	/* a full ring is seen by the numbers */
	bpf_ringbuf_output(&kvm_ring, block, bytes, BPF_RB_NO_WAKEUP);
	__sync_lock_test_and_set(&block->word, (__u64)sequence << 32);
	/* behind the new sequence: one who copies the block meanwhile would take the old samples for
	   those that come next, and this hook may be preempted here */
	block->first_number += count;
	return 0;
}

static __always_inline void kvm_block_add(struct pft_kvm_block *block, __u32 cpu, __u64 now,
					  struct pft_kvm_sample *added)
{
	__u32 count = PFT_WORD_COUNT(block->word);

	if (count >= PFT_KVM_BLOCK_SAMPLES ||
	    (count && now - block->mono_ns >= PFT_BLOCK_AGE_NS && now > block->mono_ns)) {
		kvm_block_submit(block);
		count = 0;
	}
	if (!count) {
		block->mono_ns = now;
		block->cpu = cpu;
	}
	/* one that was preempted between its clock and here may be older than the first */
	added->delta_ns = now > block->mono_ns ? (__u32)(now - block->mono_ns) : 0;
	if (count < PFT_KVM_BLOCK_SAMPLES)
		block->samples[count] = *added;
	barrier();
	*(volatile __u64 *)&block->word = block->word + 1;
}

static __noinline int kvm_send_alone(struct pft_kvm_block *block, __u32 cpu, __u64 now,
				     struct pft_kvm_sample *added)
{
	struct pft_kvm_alone alone = { .mono_ns = now, .cpu = cpu, .sample = *added };

	if (bpf_ringbuf_output(&kvm_ring, &alone, sizeof(alone), BPF_RB_NO_WAKEUP))
		__sync_fetch_and_add(&block->alone_lost, 1);
	return 0;
}

static __always_inline void kvm_sample_add(struct pft_kvm_block *block, __u32 cpu, __u64 now,
					   struct pft_kvm_sample *added)
{
	if (!kvm_block_claim(block)) {
		kvm_send_alone(block, cpu, now, added);
		return;
	}
	kvm_block_add(block, cpu, now, added);
	kvm_block_release(block);
}

#endif
