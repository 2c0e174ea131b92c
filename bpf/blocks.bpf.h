/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Sample blocks. Only its own CPU writes a block, with interrupts off; the user side may read it
 * at any moment, so every sample is complete before the word that counts it, and the sequence
 * changes before anything is overwritten.
 */
#ifndef PFT_BLOCKS_BPF_H
#define PFT_BLOCKS_BPF_H

static __always_inline void block_publish(struct pft_block *block, __u64 word)
{
	barrier();
	*(volatile __u64 *)&block->word = word;
}

/* Hands the filled part over and makes the block empty. A full ring is seen by the numbers. */
static __always_inline void block_submit(struct pft_block *block, struct pft_cpu *cpu)
{
	__u32 count = PFT_WORD_COUNT(block->word);
	__u32 sequence = PFT_WORD_SEQUENCE(block->word) + 1;
	__u64 bytes;

	bytes = PFT_BLOCK_HEADER_BYTES + count * sizeof(struct pft_sample);
	barrier_var(bytes); /* or clang folds the bound away from where the verifier looks */
	if (bytes > PFT_BLOCK_BYTES)
		bytes = PFT_BLOCK_BYTES;
	if (bpf_ringbuf_output(&ring, block, bytes, BPF_RB_NO_WAKEUP))
		cpu->blocks_lost++;
	cpu->first_number += count;
	__sync_lock_test_and_set(&block->word, (__u64)sequence << 32);
}

/*
 * Fills the header for the first sample, which comes next. Who runs is read from `prev`, whose
 * lines are warm now, and not from `next` at every switch-in, where they would be cold.
 */
static __always_inline void block_begin(struct pft_block *block, struct pft_cpu *cpu,
					struct task_struct *prev, __u64 now)
{
	block->first_number = cpu->first_number;
	block->closed_run_ns =
		cpu->flags & PFT_BLOCK_SINCE_IS_MONO ? 0 : cpu->since_ns - cpu->base_ns;
	block->rq_ns = now;
	block->mono_ns = bpf_ktime_get_ns();
	block->since_ns = cpu->since_ns;
	block->running_start_ns = prev->pid ? prev->start_time : 0;
	block->running_tid = prev->pid;
	if (cpu->running_task != (__u64)prev) {
		block->running_start_ns = 0;
		/* volatile, or clang makes one load of two, which the verifier refuses */
		block->running_tid = *(volatile __u32 *)&cpu->running_tid;
	}
	block->flags = cpu->flags;
	block->markers = (__u32)cpu->markers;
}

/* Room for a marker and a switch, in a block that is not too old. */
static __always_inline bool block_must_go(const struct pft_block *block, __u64 now)
{
	return PFT_WORD_COUNT(block->word) > PFT_BLOCK_SAMPLES - 2 ||
	       now - block->rq_ns >= PFT_BLOCK_AGE_NS;
}

/* Out of line, as all that is rare: the hot path stays on few lines of the instruction cache, which
   is cold when hundreds of tasks take turns. */
static __noinline int block_turn(struct pft_block *block, struct pft_cpu *cpu,
				 struct task_struct *prev, __u64 now)
{
	if (PFT_WORD_COUNT(block->word))
		block_submit(block, cpu);
	block_begin(block, cpu, prev, now);
	return 0;
}

static __always_inline void block_prepare(struct pft_block *block, struct pft_cpu *cpu,
					  struct task_struct *prev, __u64 now)
{
	if (!PFT_WORD_COUNT(block->word) || block_must_go(block, now))
		block_turn(block, cpu, prev, now);
}

static __always_inline void block_add(struct pft_block *block, struct pft_sample added)
{
	__u64 word = block->word;
	__u32 count = PFT_WORD_COUNT(word);

	if (count >= PFT_BLOCK_SAMPLES)
		return; /* block_prepare made room: only the verifier does not know */
	block->samples[count] = added;
	block_publish(block, word + 1);
}

#endif
