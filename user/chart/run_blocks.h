/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One run of several, folded for comparison: per name a sum a block of time, so that the blocks
 * tell how much a value strays. Memory depends on names and blocks, never on the capture's length:
 * blocks become twice as long, and pairs are added, when there are too many.
 */
#ifndef CHART_RUN_BLOCKS_H
#define CHART_RUN_BLOCKS_H

#include "base/number_map.h"
#include "chart/exit_kinds.h"
#include "chart/length_counts.h"
#include "view/view_runs.h"

/*
 * Between 33 and 64 blocks, once a run has that many buckets: enough that several taken as one are
 * still enough (chart/spread.h), and no more than that needs.
 */
#define RUN_BLOCKS_MAX 64

#define RUN_BLOCKS_TABLES                                                           \
	(1u << CAPTURE_SAMPLES | 1u << CAPTURE_CELLS | 1u << CAPTURE_VCPU_SAMPLES | \
	 1u << CAPTURE_EXITS | 1u << CAPTURE_LOSSES)

enum run_blocks_sum {
	RUN_BLOCKS_RUN_NS,
	RUN_BLOCKS_SWITCHES,
	RUN_BLOCKS_MIGRATIONS,
	RUN_BLOCKS_WAIT_NS,
	RUN_BLOCKS_GUEST_NS,
	RUN_BLOCKS_HALTED_NS,
	RUN_BLOCKS_BLOCKED_NS,
	RUN_BLOCKS_WAITING_NS,
	RUN_BLOCKS_EXITS,
	RUN_BLOCKS_HOST_NS,
	RUN_BLOCKS_SUMS,
};

struct run_blocks_name {
	uint64_t sums[RUN_BLOCKS_SUMS][RUN_BLOCKS_MAX];
	uint32_t known; /* a bit a sum: some row told it */
	struct length_counts waits[RUN_BLOCKS_MAX];
};

/* Exits of one name and kind. */
struct run_blocks_exits {
	uint32_t name; /* its place in `names` of the same struct */
	uint64_t kind; /* of the comparison's exit_kinds */
	uint64_t counts[RUN_BLOCKS_MAX];
	uint64_t host_ns[RUN_BLOCKS_MAX];
};

struct run_blocks {
	struct capture_sink sink; /* first: the address of both is the same */
	const struct view_runs *runs;
	size_t run;
	struct exit_kinds *kinds; /* borrowed: shared by all runs */

	uint64_t from_ns; /* of the window */
	uint64_t to_ns;
	uint64_t origin_ns; /* where the first block begins, on the grid of the first buckets */
	uint64_t block_ns;
	uint64_t bucket_ns; /* the longest there was */
	uint32_t steps_per_octave;
	bool knows_switches; /* they were recorded: no row of samples is then none of them */
	bool knows_exits;    /* likewise KVM's */

	/* by place in runs->names; the last one is the sum of all but idle and unknown tasks. NULL:
	   no rows */
	struct run_blocks_name **names;
	struct run_blocks_exits *exits;
	size_t exits_count;
	size_t exits_capacity;
	struct number_map exits_of; /* name and kind -> place in exits */

	uint64_t lossy;			 /* a bit a block: data of it was lost */
	uint64_t loss_sums[LOSS_CAUSES]; /* as the last rows had them */
	uint64_t losses_at_ns;
	uint64_t covered_ns[RUN_BLOCKS_MAX]; /* how much of a block was recorded; after finish */
};

/*
 * Read RUN_BLOCKS_TABLES of runs->views[run] into the sink, then finish. 0 or -ENOMEM; the sink
 * returns -ENOMEM, -ERANGE for too many kinds of exit, -EBADMSG for times that cannot be.
 */
int run_blocks_init(struct run_blocks *blocks, const struct view_runs *runs, size_t run,
		    struct exit_kinds *kinds);
void run_blocks_free(struct run_blocks *blocks);
/* Blocks in which data was lost count as not covered. 0, -ENOMEM or -EBADMSG. */
int run_blocks_finish(struct run_blocks *blocks);

/* The sum of all tasks but idle and unknown ones is at this place of names. */
size_t run_blocks_all(const struct run_blocks *blocks);

/* Exits of this name and kind, NULL when there were none. */
const struct run_blocks_exits *run_blocks_exits_of(const struct run_blocks *blocks, size_t name,
						   uint64_t kind);

/* True for names of tasks that nobody compares: idle time, and nobody knows who. */
bool run_blocks_is_nobody(const struct view_runs_name *name);

#endif
