/* SPDX-License-Identifier: Apache-2.0 */
/* One CPU's blocks, decoded: numbers tell what is new and what is lost. */
#ifndef LIVE_MERGE_CPU_H
#define LIVE_MERGE_CPU_H

#include "live/merge_kvm.h"
#include "live/merge.h"
#include "live/merge_look.h"
#include "live/merge_queue.h"
#include "live/timeline.h"
#include "pftrace.h"

#include <stdbool.h>

/* A CPU goes or comes back. */
struct merge_moment {
	uint64_t at_ns;
	bool online;
};

struct merge_cpu {
	struct merge_queue queue;
	struct timeline line;
	struct merge_kvm kvm;
	struct merge_run run;	/* as account has it */
	uint64_t next_number;	/* of the first sample not known yet */
	uint64_t closed_run_ns; /* of all runs closed before it, the lost ones included */
	uint64_t since_ns;	/* when the run in progress began: rq or mono */
	uint64_t late;		/* samples that came behind the watermark, not yet counted */
	uint32_t next_sequence; /* of the next block to come from the ring */
	uint32_t markers;
	bool started; /* who runs since when is known */
	bool since_is_mono;
	bool run_unknown; /* the run in progress was found by a marker, or went on offline */
	bool offline;
	bool was_offline;     /* now, or before: */
	bool told_back;	      /* though no block of it has come yet */
	uint32_t offline_tid; /* who seemed to run then */
	uint64_t offline_ns;  /* since then */
	uint64_t back_ns;     /* until then */

	struct merge_moment *moments; /* not yet in the queue */
	size_t moment_count;
	size_t moment_capacity;

	struct merge_look look; /* at its block in progress */
};

void merge_cpu_init(struct merge_cpu *cpu, uint64_t zero_ns);
void merge_cpu_free(struct merge_cpu *cpu);

/* Takes what is new in the first `count` samples of a block. 0 or -ENOMEM, as all. */
int merge_cpu_take(struct merge_cpu *cpu, const struct pft_block *block, uint32_t count,
		   uint64_t watermark_ns);

/* See merge_look() and merge_looked(). */
int merge_cpu_look(struct merge_cpu *cpu, const struct pft_block *block, bool final);
int merge_cpu_looked(struct merge_cpu *cpu, uint64_t watermark_ns);

/* See merge_between(). */
int merge_cpu_between(const struct merge_cpu *cpu, uint64_t number, struct merge_sum *sum);

/* Memory in use. */
size_t merge_cpu_bytes(const struct merge_cpu *cpu);

/* ---- merge_moments.c ---- */

int merge_cpu_moment(struct merge_cpu *cpu, uint64_t mono_ns, bool online);

/* Puts the moments before at_ns into the queue. */
int merge_cpu_place_moments(struct merge_cpu *cpu, uint64_t at_ns);

/* The CPU was offline when its first run known began, by the header of a block behind a loss. */
int merge_cpu_starts_offline(struct merge_cpu *cpu);

/* An offline CPU speaks, at rq_ns, before we are told that it is back. */
int merge_cpu_comes_back(struct merge_cpu *cpu, uint64_t rq_ns, const struct pft_sample *sample);

#endif
