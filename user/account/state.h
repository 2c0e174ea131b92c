/* SPDX-License-Identifier: Apache-2.0 */
/* What account knows between two events. Private to user/account/. */
#ifndef ACCOUNT_STATE_H
#define ACCOUNT_STATE_H

#include "account/account.h"
#include "account/cells.h"
#include "account/forgotten.h"
#include "account/grid.h"
#include "account/kvm.h"
#include "account/output.h"
#include "account/rows.h"
#include "account/successors.h"
#include "account/switch_log.h"

#define ACCOUNT_TIDS (1u << 22) /* PID_MAX_LIMIT of 64-bit kernels */
#define NO_CPU UINT32_MAX
#define NO_LIFE UINT32_MAX
#define UNKNOWN_LIFE 0u /* slot of the task that takes the time that is nobody's */

#define LIKELY(condition) __builtin_expect(!!(condition), 1)
#define UNLIKELY(condition) __builtin_expect(!!(condition), 0)

/* A life is one task_struct's, from its first switch-in to its last switch-out. */
enum life_stage {
	LIFE_UNBORN, /* told by an identity, not yet seen in the stream */
	LIFE_ALIVE,
	LIFE_DEAD,
	LIFE_STALE, /* an identity whose life was never seen; waits to be forgotten */
};

/* What every switch touches: one cache line. */
struct life {
	uint64_t left_at_ns;	/* when it left its CPU; CAPTURE_NIL: not known */
	uint64_t wait_total_ns; /* at its last switch-in; CAPTURE_NIL: not known */
	uint64_t began_at_ns;	/* when the stream first saw it */
	uint32_t task;		/* key in all tables; 0: none yet */
	uint32_t tid;
	uint32_t cpu;	   /* where it runs, or NO_CPU */
	uint32_t last_cpu; /* where it ran last, or NO_CPU */
	uint32_t row;	   /* hint: its last row */
	uint32_t older;	   /* the life before it with this tid, or NO_LIFE */
	uint32_t next_dead;
	uint8_t stage;
	bool runnable; /* when it left its CPU */
	bool dirty;    /* its row of `tasks` is to be written (again) */
	bool revives;  /* an exec took its tid over: it goes on after its death */
	bool saw_first;
	bool buried;   /* in the queue of the dead */
	uint32_t vcpu; /* index + 1 in account's kvm; 0: no vCPU's thread */
	bool told;     /* its row of `tasks` is in this part, or will be */
} __attribute__((aligned(64)));

#define COUNTERS 4

/* The rest of a life, touched by identities only. */
struct life_who {
	uint64_t start_ns; /* CAPTURE_NIL: not known */
	int64_t started_at_ns;
	int64_t gone_at_ns; /* its last switch was about then, by its identity; INT64_MAX: not told */
	uint64_t end_ns;
	uint64_t comm; /* string ids */
	uint64_t cgroup;
	uint64_t name;	     /* given: string ids, and */
	uint64_t vm;	     /* CAPTURE_NIL when not */
	uint64_t named_vcpu; /* as the name tells */
	uint64_t kind;
	uint64_t tgid;
	uint64_t vcpu; /* its number; CAPTURE_NIL: not known */
	bool is_vcpu;
	bool goes;		  /* in account's `going` */
	bool name_is_open;	  /* see account_name.open */
	uint64_t first[COUNTERS]; /* voluntary, involuntary, run delay, run time */
	uint64_t last[COUNTERS];
};

/* Why the run in progress on a CPU will have no known length. */
enum run_cause { RUN_BEFORE_ZERO, RUN_AFTER_LOSS, RUN_MISSED_SWITCH, RUN_CAUSES };

/* What the proof compares, of one CPU, since the capture's zero. */
struct cpu_sums {
	uint64_t switches;
	uint64_t run_ns;
	uint64_t lost_switches;
	uint64_t lost_run_ns;
	uint64_t total_switches; /* of the totals given */
	uint64_t total_run_ns;
};

struct cpu {
	uint64_t filled_ns; /* rows are filled up to here */
	uint64_t run_at_ns; /* where the run in progress began, or was found */
	uint32_t life;	    /* whose run is in progress */
	uint32_t filler;    /* who takes the time: life, or UNKNOWN_LIFE */
	uint32_t idle;	    /* slot of this CPU's idle task, or NO_LIFE */
	uint16_t number;
	uint8_t cause;
	bool known;   /* some event told of it */
	bool offline; /* its time is not counted */
	bool forced;  /* its task was seen elsewhere: the missed switch is counted already */
	bool has_total;
	struct cpu_sums sums;
	struct cpu_sums before;	  /* the same, when the part began ... */
	uint64_t before_since_ns; /* ... and since when a run was in progress then */
	struct account_cpu_total total;
};

struct loss_sums {
	uint64_t count;
	uint64_t switches;
	uint64_t run_ns;
};

/* Words used in rows, as ids of the string pool. */
struct words {
	uint64_t task, kthread, idle, unknown, other, vcpu;
	uint64_t isas[ACCOUNT_ISAS];
	uint64_t cells[CELL_KINDS];
	uint64_t losses[LOSS_CAUSES];
};

/* Where the part begins, and what was counted by then. Within account all is since zero. */
struct part {
	uint64_t zero_ns;
	bool later; /* not the first */
	bool totals_known;
	struct loss_sums losses[LOSS_CAUSES];
	uint64_t runs_unknown[RUN_CAUSES];
	uint64_t kvm_exits;
	uint64_t kvm_entries_unpaired;
	uint64_t renumbered;
	uint64_t tasks_before; /* lives seen that have no key any more */
};

struct account {
	struct account_options options;
	struct capture_sink *sink;
	struct string_pool *strings;
	size_t own_texts; /* ids below are of account itself */
	size_t texts_max; /* as many strings as may be before they are looked through */
	struct words words;
	struct grid grid;
	struct rows rows;
	struct cells cells;
	struct kvm kvm;
	struct output output;
	struct successors successors;
	struct switch_log switch_log; /* detail only */
	struct sort_item *scratch;    /* for sorting what is written */
	size_t scratch_capacity;
	struct cpu *cpus;

	uint32_t *tids; /* tid -> slot + 1 of its newest life; 0: none */
	struct life *lives;
	struct life_who *who;
	uint32_t life_count;
	uint32_t life_capacity;
	uint32_t free_life;  /* list by `older` */
	uint32_t dead_first; /* queue by `next_dead` */
	uint32_t dead_last;
	uint32_t dead_count;
	struct forgotten forgotten;
	uint32_t task_count; /* keys given out */
	uint32_t *dirty;
	size_t dirty_count;
	size_t dirty_capacity;
	uint32_t *going; /* lives that end by word, when no switch has told of it by then */
	size_t going_count;
	size_t going_capacity;

	uint64_t lost_until_ns; /* end of the latest gap in any CPU's stream */
	bool lossy;		/* something was lost or missed: lives may change unseen */
	bool has_zero;
	uint64_t zero_ns; /* CLOCK_MONOTONIC at zero, learned from identities */

	uint64_t found_wait_total_ns; /* of the task a missed switch found, as known before, */
	uint64_t found_since_ns;      /* and since when it has waited at most */

	uint64_t splits_left; /* see options.splits_max */
	uint64_t flushed_ns;
	uint64_t partial_ns; /* last flush that wrote rows of an incomplete bucket */
	uint64_t window_ns;  /* where the count of rows for doubling began */
	uint64_t window_rows;
	struct loss_sums losses[LOSS_CAUSES];
	uint64_t runs_unknown[RUN_CAUSES];
	struct part part;

	uint64_t *shown; /* bits by task key: written by itself (selection.h) */
	size_t shown_capacity;
	uint32_t other_life; /* slot of the task "other", or UNKNOWN_LIFE: there is none yet */
	uint32_t other_task;
	uint64_t without_key; /* lives that count as "other" for want of keys */

	struct capture_proof_cpu *proof;
	struct account_total *totals; /* of lives, their slot's task in tid */
	size_t total_count;
	size_t total_capacity;
};

/* A moment as the part's rows have it. */
static inline uint64_t in_part(const struct account *account, uint64_t at_ns)
{
	return at_ns > account->part.zero_ns ? at_ns - account->part.zero_ns : 0;
}

#endif
