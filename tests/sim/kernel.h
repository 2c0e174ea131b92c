/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel side on the host: its hooks, its maps, its ring. One machine at a time. */
#ifndef SIM_KERNEL_H
#define SIM_KERNEL_H

#include "pftrace.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* As much of a task_struct as the kernel side reads. */
struct task_struct {
	int pid;
	uint64_t start_time;
	struct {
		uint64_t pcount;
		uint64_t run_delay;
		uint64_t last_queued;
		uint64_t last_arrival;
	} sched_info;
	uint64_t nvcsw;
	uint64_t nivcsw;
	uint32_t index; /* the machine's own */
};

struct kernel_ring_record {
	size_t bytes;
	unsigned char data[PFT_BLOCK_BYTES];
};

struct kernel_evicted {
	struct pft_evicted_key key;
	struct pft_evicted value;
};

struct kernel {
	uint32_t cpus;
	struct pft_block *blocks;
	struct pft_cpu *states;
	struct pft_sums *sums;
	struct kernel_ring_record *ring;
	size_t ring_first, ring_end, ring_capacity;
	size_t ring_bytes, ring_bytes_max;
	struct kernel_evicted *evicted;
	size_t evicted_count, evicted_capacity;

	/* the moment of the hook that runs */
	uint32_t this_cpu;
	uint64_t mono_ns;
	uint64_t rq_ns;
	struct task_struct *current;
	bool wrong_slot; /* charge the next run to another task's total */
};

struct kernel *kernel_new(uint32_t cpus, size_t ring_bytes);
void kernel_free(struct kernel *kernel);

void kernel_seed(struct kernel *kernel, uint32_t cpu, uint64_t mono_ns,
		 struct task_struct *current);

/* `state` is an enum pft_state. */
void kernel_switch(struct kernel *kernel, uint32_t cpu, uint64_t mono_ns, uint64_t rq_ns,
		   bool preempt, struct task_struct *prev, struct task_struct *next,
		   unsigned int state);

/* Takes the sums of one CPU's totals. */
void kernel_sum(struct kernel *kernel, uint32_t cpu, uint64_t mono_ns);

/* The number of the CPU's next sample, and the sum of its closed runs. */
uint64_t kernel_next_number(const struct kernel *kernel, uint32_t cpu);
uint64_t kernel_closed_ns(const struct kernel *kernel, uint32_t cpu);

/* The block in progress goes to the ring. */
void kernel_hand_over(struct kernel *kernel, uint32_t cpu);

#endif
