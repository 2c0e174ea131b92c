/* SPDX-License-Identifier: Apache-2.0 */
/* The machine while it runs, and its recorder. */
#ifndef SIM_MACHINE_H
#define SIM_MACHINE_H

#include "capture/joined.h"
#include "kernel.h"
#include "sim.h"

struct merge;

#define SEEDING_NS UINT64_C(5000) /* each CPU takes so long */

enum machine_event_kind {
	MACHINE_RUN_ENDS,
	MACHINE_WAKES,
	MACHINE_GOES_OFFLINE,
	MACHINE_COMES_BACK,
	MACHINE_IS_BACK,
	MACHINE_LOOKS,
	MACHINE_DRAINS,
};

struct machine_event {
	uint64_t at_ns;
	uint64_t number;
	enum machine_event_kind kind;
	uint32_t id;
	uint32_t generation;
};

struct machine_task {
	uint32_t cpu;
	uint64_t queued_ns;
	bool unnoticed; /* its next switch-in, by the scheduler's statistics */
};

struct machine_cpu {
	uint32_t running; /* task index; its own number: idle */
	uint32_t generation;
	uint32_t *queue;
	size_t queued;
	size_t queue_capacity;
	uint64_t rq_base_ns;
	uint64_t rq_ns;
	int64_t drift_ppm;
	bool preempt;
	bool missed; /* the last switch */
	bool dying;
	bool going;   /* takes no more tasks */
	bool leaving; /* and has none */
	bool offline;
};

/* A record of the identity ring. */
struct machine_told {
	enum pft_identity_event event;
	uint64_t at_ns;
	uint32_t task; /* or CPU */
	uint32_t nth;
	char comm[PFT_COMM_BYTES];
};

/* What the recorder has seen of a block in progress, to know what merge may use. */
struct machine_look {
	bool looked;
	uint32_t sequence;
	uint32_t count;
	bool has_copy;
	uint32_t copy_sequence;
	uint64_t copy_first;
	uint64_t copy_end;
};

struct machine {
	struct sim_plan plan;
	enum sim_break broken;
	struct sim_random random;
	struct kernel *kernel;
	struct sim_history history;
	uint64_t now_ns;
	struct machine_event *events;
	size_t event_count, event_capacity;
	uint64_t event_number;
	struct machine_task *tasks;
	size_t task_capacity;
	struct machine_cpu *cpus;
	uint64_t *tid_free_ns; /* from then on it may be used (again) */
	uint32_t last_tid;
	uint32_t reusable_tid;
	uint64_t last_start_ns;
	uint64_t alive;
	struct machine_told *told;
	size_t told_count, told_capacity, told_taken;

	/* the recorder */
	struct sim_random choices; /* its own, so that a break does not change the history */
	struct sim_result *result;
	struct account *account;
	struct merge *merge;
	struct machine_look *looks;
	struct pft_block *scratch; /* what a look is shown */
	uint64_t looked_ns;
	uint64_t seen_ns;
	uint64_t flushed_ns;
	struct joined joined; /* parts, for the tally */
	uint64_t cut_ns;      /* the next border, since zero; 0: none */
	bool summed;
	uint64_t watermark_ns;		/* since zero */
	struct account_border *borders; /* by CPU */
	uint64_t blocks_given;
	uint64_t totals_switches;
	bool final;
};

void machine_plan(struct machine *m, uint64_t at_ns, enum machine_event_kind kind, uint32_t id,
		  uint32_t generation);

void recorder_begins(struct machine *m, struct sim_result *result);
void recorder_looks(struct machine *m);
void recorder_drains(struct machine *m);
void recorder_ends(struct machine *m);

#endif
