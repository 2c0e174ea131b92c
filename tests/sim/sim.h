/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A machine that never was: its scheduler's true history, the kernel side (the very code of bpf/,
 * compiled for the host) that samples it, merge and account that follow the samples, and an oracle
 * that knows what they should have found.
 */
#ifndef SIM_H
#define SIM_H

#include "account/account.h"
#include "base/string_pool.h"
#include "pftrace.h"
#include "tally.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SIM_NIL UINT64_MAX
#define SIM_MS UINT64_C(1000000)
#define SIM_SECOND UINT64_C(1000000000)

/* ---- what is different from seed to seed ---- */

struct sim_plan {
	uint64_t seed;
	uint32_t cpus;
	uint64_t duration_ns;
	uint32_t tasks; /* at the start */
	uint32_t tids;	/* tids in use are below this: small, so that they come again */
	uint64_t bucket_ns;
	uint64_t rows_per_s_max;
	uint64_t run_ns;   /* typical run */
	uint64_t sleep_ns; /* typical sleep */
	uint64_t lag_ns;   /* the run queue's clock lags by so much at most; 0: never */
	bool drift;	   /* run-queue clocks go wrong by up to 200 ppm */
	size_t ring_bytes;
	double missed;	/* part of the switches that the hook does not see */
	double fork;	/* part of the runs that end by a fork */
	double die;	/* ... by death */
	double migrate; /* part of the wakeups on another CPU */
	bool hotplug;
	bool half_read;	   /* looks find blocks half written */
	bool reuse_early;  /* tids are reused before their last switch */
	uint64_t reuse_ns; /* so long after it at the earliest, otherwise */
	uint64_t drain_ns;
	uint64_t flush_ns;
	uint64_t part_ns;     /* the capture is cut so often; 0: never */
	uint64_t silent_cpus; /* so many CPUs get no task */
};

/* What a test build of the chain breaks: each must be noticed. */
enum sim_break {
	BREAK_NOTHING,
	BREAK_DROP_BLOCK,   /* a block vanishes, and the numbers are sewn up behind it */
	BREAK_SWAP_SAMPLES, /* two samples of a block change places */
	BREAK_WRONG_SLOT,   /* a run is charged to another task's total */
	BREAK_WRONG_CPU,    /* an event is accounted to another CPU */
	BREAK_NO_RESYNC,    /* after a gap the old task is believed to run on */
	BREAK_NO_LOSS,	    /* a gap is not counted */
	BREAK_NO_WAITING,   /* a switch-in does not wait for its switch-out elsewhere */
	BREAK_NO_FIRST,	    /* a new life is not told from the old one */
	BREAK_NO_MARKER,    /* a marker is taken for a switch */
	BREAK_HALF_READ,    /* every sample counted is trusted at once */
	BREAK_NO_RECHECK,   /* a block that was overwritten while it was copied is used */
	BREAK_NO_OFFLINE,   /* a CPU's going is not told */
	BREAK_WAIT,	    /* waits are cumulated wrongly */
	BREAK_IDENTITY,	    /* a name goes to the life before */
	BREAK_CELL,	    /* one in a thousand run lengths is wrong */
	BREAK_LOG,	    /* a switch gets no row of its own */
	BREAK_SUCCESSOR,    /* one task is counted as another's successor */
	BREAK_BORDER,	    /* the samples between a border and its sums are forgotten */
	BREAK_COUNT,
};

const char *sim_break_word(enum sim_break what);

struct sim_random {
	uint64_t state;
};

uint64_t sim_next(struct sim_random *random);
uint64_t sim_below(struct sim_random *random, uint64_t limit);
bool sim_chance(struct sim_random *random, double probability);
/* Around `typical`, from a hundredth to a dozen times. */
uint64_t sim_length(struct sim_random *random, uint64_t typical);

void sim_plan_of_seed(struct sim_plan *plan, uint64_t seed);

/* ---- the true history ---- */

/* A task_struct of the machine; the oracle's key is its index. Idle tasks come first. */
struct sim_task {
	struct task_struct *kernel;
	uint32_t tid;
	uint64_t start_ns; /* CLOCK_MONOTONIC */
	uint64_t end_ns;   /* last switch-out, SIM_NIL */
	uint64_t named_ns; /* when it was named so */
	char comm[PFT_COMM_BYTES];
};

/* A switch as it was, and what the kernel side made of it. */
struct sim_switch {
	uint64_t mono_ns;
	uint64_t rq_ns;
	uint64_t lag_ns;
	uint64_t wait_total_ns;
	uint64_t run_ns;	/* as the kernel side closed it, 0 after a marker */
	uint64_t marker_ns;	/* length that a marker charged to nobody */
	uint64_t began_ns;	/* marker: when prev's run began, SIM_NIL: not known */
	uint64_t began_wait_ns; /* and what it had waited by then */
	uint64_t number;	/* of the sample; SIM_NIL: the hook did not see it */
	uint64_t marker;	/* number of the marker before it; SIM_NIL: none */
	uint32_t cpu;
	uint32_t prev;
	uint32_t next;
	uint8_t state; /* enum pft_state */
	bool preempted;
	bool first;
};

struct sim_cpu_truth {
	uint64_t seeded_ns; /* CLOCK_MONOTONIC */
	uint32_t seeded_task;
	uint64_t offline_ns; /* SIM_NIL: never */
	uint64_t online_ns;
	bool *known; /* by sample number: merge was given it */
	size_t known_count;
	uint64_t next_known; /* merge skips numbers below */
};

struct sim_history {
	struct sim_task *tasks;
	size_t task_count;
	size_t task_capacity;
	struct sim_switch *switches; /* in true order */
	size_t switch_count;
	size_t switch_capacity;
	struct sim_cpu_truth *cpus;
	uint64_t zero_ns;
	uint64_t end_ns;
	uint64_t unfounded_markers; /* where no switch was missed */
};

/* ---- rows, the oracle's and account's ---- */

struct sim_row {
	uint64_t start_ns;
	uint64_t bucket_ns;
	int64_t task; /* index; -1: the unknown task */
	uint32_t cpu;
	bool wait_known;
	bool wait_unknown;
	uint64_t run_ns;
	uint64_t switches;
	uint64_t voluntary;
	uint64_t involuntary;
	uint64_t migrations;
	uint64_t wait_ns;
	uint64_t wait_max_ns;
	uint64_t wait_max_at_ns;
};

struct sim_cell {
	uint64_t start_ns;
	int64_t task;
	uint64_t kind; /* 0 run, 1 sleep, 2 wait */
	uint64_t bin;
	uint64_t count;
};

struct sim_rows {
	struct sim_row *rows;
	size_t count;
	size_t capacity;
	struct sim_cell *cells;
	size_t cell_count;
	size_t cell_capacity;
};

void sim_rows_free(struct sim_rows *rows);
void sim_add_row(struct sim_rows *rows, const struct sim_row *row);
void sim_add_cell(struct sim_rows *rows, const struct sim_cell *cell);
/* Sorts, and makes rows of one key one. */
void sim_rows_settle(struct sim_rows *rows);

/* A switch, or how often one task followed another. */
struct sim_change {
	uint64_t at_ns;
	uint64_t wait_us;
	int64_t task;
	int64_t next;
	const char *state;
	uint64_t count;
	size_t place;
	uint32_t cpu;
};

struct sim_changes {
	struct sim_change *changes;
	size_t count;
	size_t capacity;
};

/* Buckets, as account cut them. */
struct sim_grid {
	uint64_t from_ns[64];
	uint64_t bucket_ns[64];
	size_t count;
};
uint64_t sim_bucket_start(const struct sim_grid *grid, uint64_t at_ns, uint64_t *bucket_ns);

/* What account should have found. */
struct sim_oracle {
	struct sim_rows rows;
	struct sim_changes changes;
	uint64_t switches;
	uint64_t missed; /* markers */
	uint64_t unseen; /* switches that the hook did not see */
	uint64_t lost_switches;
	uint64_t unknown_ns; /* time in gaps and before markers */
	uint64_t gaps;
	uint64_t lag_sum_ns;
};
void sim_oracle(const struct sim_plan *plan, const struct sim_history *history,
		const struct sim_grid *grid, struct sim_oracle *oracle);

/* ---- one run ---- */

struct sim_result {
	struct sim_plan plan;
	struct sim_history history;
	struct tally tally;
	struct string_pool *strings;
	uint64_t totals_switches; /* the kernel side's */
	uint64_t *borders_ns;	  /* between parts, since zero */
	uint64_t parts;		  /* borders */
	size_t border_capacity;
	char difference[512]; /* empty: equal */
};

/* Runs a seed. The result is to be freed. */
void sim_run(const struct sim_plan *plan, enum sim_break broken, struct sim_result *result);
void sim_result_free(struct sim_result *result);

/* Compares with the oracle; writes what differs first. True: equal, or named as loss. */
bool sim_compare(struct sim_result *result);

#endif
