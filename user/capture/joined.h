/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Several parts of one capture as one again: a sink to push them into, one after the other, in front
 * of the sink that gets the whole. Task keys must mean the same in all parts.
 */
#ifndef CAPTURE_JOINED_H
#define CAPTURE_JOINED_H

#include "base/number_map.h"
#include "capture/capture.h"

struct joined_loss {
	uint64_t count;
	uint64_t switches;
	uint64_t run_ns;
};

struct joined {
	struct capture_sink sink;
	struct capture_sink *out;
	uint64_t part_ns; /* where the part begins in the whole */
	bool has_header;
	bool unproven;				       /* a part without totals */
	struct joined_loss losses_before[LOSS_CAUSES]; /* cumulated in the parts before, */
	struct joined_loss losses[LOSS_CAUSES];	       /* and in this one */
	struct number_map tasks;		       /* key -> place in `first` */
	uint64_t (*first)[TASKS_LAST_VOLUNTARY - TASKS_FIRST_VOLUNTARY];
	size_t first_capacity;
	uint64_t *columns; /* of the batch in hand */
	size_t column_capacity;
	struct capture_end end;
	struct capture_proof_cpu *proof;
	size_t proof_capacity;
};

/* `out` is borrowed. */
void joined_init(struct joined *joined, struct capture_sink *out);
void joined_free(struct joined *joined);

/*
 * What is pushed next is a part that begins so long after the first, a border of its buckets and of
 * theirs. The header that is passed on is the first part's. No end is: see joined_end().
 */
void joined_begin_part(struct joined *joined, uint64_t part_ns);

/* All parts are there: pushes the end of the whole, with their sums. 0, or the sink's error. */
int joined_end(struct joined *joined, const char *cause, bool cut);

#endif
