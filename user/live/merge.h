/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Puts the sample blocks of all CPUs on one time line, in time order, and feeds account. Knows
 * bpf/pftrace.h but no libbpf: arrays of blocks test it.
 *
 * One drain is: merge_look() at every block in progress; merge_block() for all that the ring held;
 * merge_looked() once; merge_advance() to the watermark. KVM's blocks and ring likewise.
 */
#ifndef LIVE_MERGE_H
#define LIVE_MERGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct account;
struct merge;
struct pft_block;
struct pft_kvm_block;

/* `zero_ns` is CLOCK_MONOTONIC at the capture's zero. `account` is borrowed. NULL: no memory. */
struct merge *merge_new(uint32_t cpu_count, uint64_t zero_ns, struct account *account);
void merge_free(struct merge *merge);

/*
 * Copies what is new in a block in progress, which its CPU may be writing meanwhile, and keeps the
 * copy aside until merge_looked(). Only samples that an earlier look at the same sequence saw
 * counted are used, so that the copy is whole on weakly ordered machines, too. 0 or -ENOMEM.
 */
int merge_look(struct merge *merge, uint32_t cpu, const struct pft_block *block);

/*
 * A block from the ring, `bytes` long (header and filled part). Samples that are known already are
 * skipped; a gap in the numbers becomes a loss. 0, -ENOMEM, or -EINVAL for a block that cannot be.
 */
int merge_block(struct merge *merge, const struct pft_block *block, size_t bytes);

/* The same of KVM's. Any two captures may be mixed: with switches, without, with and without KVM. */
int merge_kvm_look_at(struct merge *merge, uint32_t cpu, const struct pft_kvm_block *block);
/* A record of KVM's ring: a block, or a sample alone. */
int merge_kvm_record(struct merge *merge, const void *record, size_t bytes);

/* No switches are recorded: KVM's events are fed in the order of their clock. */
void merge_without_switches(struct merge *merge);

/* The ring is drained up to the moment of the looks: their copies are taken over now. */
int merge_looked(struct merge *merge);

/* The CPU is offline from this moment: it fills no buckets and holds nobody up. */
int merge_cpu_offline(struct merge *merge, uint32_t cpu, uint64_t mono_ns);

/*
 * The CPU is back from this moment. One that was followed before goes on with its idle task (the
 * kernel side kept its state; the run in progress has no known length); one that is new says by
 * its block who runs.
 */
int merge_cpu_online(struct merge *merge, uint32_t cpu, uint64_t mono_ns);

/* CPUs are stopped for good: the next look may use every sample counted. */
void merge_final(struct merge *merge);

/*
 * Feeds account with every event before `mono_ns` (CLOCK_MONOTONIC), in time order. A switch-in
 * before its task's switch-out elsewhere waits for it up to `patience`, inside merge.
 */
int merge_advance(struct merge *merge, uint64_t mono_ns);

/* Switches and run time (idle and unknown included) of one CPU. */
struct merge_sum {
	uint64_t switches;
	uint64_t run_ns;
};

/*
 * What lies between what account has been fed of a CPU and its sample `number`, losses included.
 * -EAGAIN when that is not known: the sample has not come yet, was lost, or account has it already.
 */
int merge_between(const struct merge *merge, uint32_t cpu, uint64_t number, struct merge_sum *sum);

/* Up to here, in ns since zero, account has every event: behind the last merge_advance only by
   what is held back for a switch-out elsewhere. What account_flush() wants to know. */
uint64_t merge_complete_ns(const struct merge *merge);

/* Memory in use, and samples held. */
size_t merge_bytes(const struct merge *merge);
size_t merge_pending(const struct merge *merge);

#endif
