/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One CPU's KVM samples, which wait for the runs that they happened in. A run is known by the rq
 * time of its switch-in, which both the switch and the KVM sample carry: the two clocks never decide
 * what came first.
 */
#ifndef LIVE_MERGE_KVM_H
#define LIVE_MERGE_KVM_H

#include "live/merge_look.h"
#include "pftrace.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct account;

struct merge_kvm_event {
	uint64_t at_ns;
	uint32_t who;	  /* as in pft_kvm_sample; 0: a gap in the numbers */
	uint32_t value;	  /* likewise; of a gap: how many are missing */
	uint64_t run_key; /* likewise; of a gap: until when */
};

/* Which thread has the CPU. */
struct merge_run {
	uint64_t begin_ns;
	uint64_t told_until_ns; /* the gap that its thread was told of */
	uint32_t tid;		/* 0: idle, or nobody knows */
	uint32_t key;
	uint32_t key_before; /* of the run before it */
	bool has_key;
	bool was_missed; /* nobody saw it begin: its events carry the key before */
};

struct merge_kvm {
	struct merge_kvm_event *events; /* by at_ns, but for gaps */
	size_t first;
	size_t end;
	size_t capacity;
	uint64_t next_number; /* of the first sample not known yet */
	uint64_t last_ns;     /* of the last sample known */
	uint64_t gap_from_ns; /* whoever ran here then, to gap_until_ns, lost events */
	uint64_t gap_until_ns;

	struct merge_look look; /* at its block in progress */
};

void merge_kvm_free(struct merge_kvm *kvm);

/* Takes what is new in the first `count` samples of a block. 0 or -ENOMEM, as all that follow. */
int merge_kvm_take(struct merge_kvm *kvm, const struct pft_kvm_block *block, uint32_t count,
		   uint64_t zero_ns);
int merge_kvm_take_alone(struct merge_kvm *kvm, const struct pft_kvm_alone *alone,
			 uint64_t zero_ns);

/* As merge_look() and merge_looked(). */
int merge_kvm_look(struct merge_kvm *kvm, const struct pft_kvm_block *block, bool final);
int merge_kvm_looked(struct merge_kvm *kvm, uint64_t zero_ns);

struct merge_run_end {
	uint64_t at_ns;
	uint32_t key;	/* of the switch */
	uint32_t found; /* tid of the run that began unseen; 0: none did */
};

/* Feeds account with what happened in a run that has ended. */
int merge_kvm_run_ends(struct merge_kvm *kvm, struct account *account, uint32_t cpu,
		       struct merge_run *run, const struct merge_run_end *end);

/* The same of a run that goes on: what happened before until_ns. UINT64_MAX: nothing will follow,
   and what is left belongs to no run that is known. */
int merge_kvm_run_goes_on(struct merge_kvm *kvm, struct account *account, uint32_t cpu,
			  struct merge_run *run, uint64_t until_ns);

/* Feeds account with the first event, whoever ran: for captures without switches. */
int merge_kvm_feed_first(struct merge_kvm *kvm, struct account *account, uint32_t cpu);

/* Memory in use. */
size_t merge_kvm_bytes(const struct merge_kvm *kvm);

static inline size_t merge_kvm_length(const struct merge_kvm *kvm)
{
	return kvm->end - kvm->first;
}

/* When the first event was; UINT64_MAX: there is none. */
static inline uint64_t merge_kvm_next_ns(const struct merge_kvm *kvm)
{
	return merge_kvm_length(kvm) ? kvm->events[kvm->first].at_ns : UINT64_MAX;
}

#endif
