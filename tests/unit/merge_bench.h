/* SPDX-License-Identifier: Apache-2.0 */
/* Blocks by hand: two CPUs, whose run queues' clocks are CLOCK_MONOTONIC. */
#ifndef MERGE_BENCH_H
#define MERGE_BENCH_H

#include "account/account.h"
#include "base/string_pool.h"
#include "live/merge.h"
#include "pftrace.h"
#include "tally.h"

#define MS 1000000ULL
#define ZERO_NS 1000000000ULL
#define CPUS 2

struct bench {
	struct tally tally;
	struct string_pool *strings;
	struct account *account;
	struct merge *merge;
	struct pft_block blocks[CPUS];
	uint64_t closed_ns[CPUS];
	struct pft_kvm_block kvm_blocks[CPUS];
};

/* Both CPUs are seeded at zero, in their idle tasks. */
struct bench *bench_begin(void);
void bench_finish(struct bench *bench);
/* CLOCK_MONOTONIC, and the run queue's clock, so long after zero. */
uint64_t bench_clock_at(uint64_t at_ns);
/* `next` takes over; who leaves goes to sleep, unless next's flags say otherwise. */
void bench_add(struct bench *bench, uint32_t cpu, uint64_t at_ns, uint32_t next);
/* The block is full: the next one begins where it ends. */
void bench_hand_over(struct bench *bench, uint32_t cpu, bool lost);
/* What the thread's hook in KVM saw, in the run that began at run_at_ns. */
struct bench_kvm {
	uint64_t at_ns;
	uint64_t run_at_ns;
	uint32_t cpu;
	uint32_t tid;
	bool entry;
	uint32_t value; /* reason, or vCPU */
};
void bench_add_kvm(struct bench *bench, struct bench_kvm event);
/* It found its CPU's block claimed, and is in the ring. */
void bench_add_kvm_alone(struct bench *bench, struct bench_kvm event);
void bench_hand_over_kvm(struct bench *bench, uint32_t cpu, bool lost);

/* Looks at all blocks in progress. */
void bench_look(struct bench *bench);
void bench_advance(struct bench *bench, uint64_t at_ns);
void bench_end_at(struct bench *bench, uint64_t at_ns);

#endif
