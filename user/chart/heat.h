/* SPDX-License-Identifier: Apache-2.0 */
/* Charts 1 and 2: how many runs, sleeps, waits, guest and host stretches of which length, when. */
#ifndef CHART_HEAT_H
#define CHART_HEAT_H

#include "capture/capture.h"
#include "chart/idle_set.h"
#include "chart/raster.h"

#include <stdbool.h>

enum heat_kind {
	HEAT_RUN,
	HEAT_SLEEP,
	HEAT_WAIT,
	HEAT_GUEST,
	HEAT_HOST,
	HEAT_KINDS,
};

#define HEAT_BIN_BITS 9 /* the inner part of a cell: capture/histogram.h */
#define HEAT_TASK_BITS 24
#define HEAT_ALL_CELLS ((HEAT_KINDS * 2) << HEAT_BIN_BITS)
#define HEAT_TABLES (1u << CAPTURE_CELLS)

struct heat {
	struct capture_sink sink; /* first: the address of both is the same */
	struct raster raster;	  /* group: kind and task; value 0: count */
	struct raster all;	  /* of all tasks, so much finer in time; group: heat_all_group() */
	const struct idle_set *idle; /* borrowed */
	uint64_t from_ns;
	uint64_t counts[HEAT_KINDS];

	/* of one bucket for `all`: most tasks fall into the same few bins */
	uint64_t pending_at_ns;
	uint64_t pending[HEAT_ALL_CELLS];
	uint64_t touched[HEAT_ALL_CELLS / 64]; /* a bit for each of them that is not 0 */
};
_Static_assert(HEAT_ALL_CELLS % 64 == 0, "touched");

/* The word that stands in the file: "run", "sleep", ... */
const char *heat_kind_word(enum heat_kind kind);

/* The group of cells of one task and kind, and back. */
uint64_t heat_group(enum heat_kind kind, uint64_t task);
enum heat_kind heat_group_kind(uint64_t group);
uint64_t heat_group_task(uint64_t group);

/* The group of all idle tasks, or of all others. */
uint64_t heat_all_group(enum heat_kind kind, bool idle);

/*
 * Push HEAT_TABLES of the window that begins at from_ns into `sink`; see chart/raster.h. `idle` is
 * borrowed, and must know of a task before the task's first row comes.
 */
void heat_init(struct heat *heat, uint64_t from_ns, size_t budget, const struct idle_set *idle);
/* After the last row. 0 or -ENOMEM. */
int heat_finish(struct heat *heat);
/* Its second half; raster_finish() of `raster` is the first, and may be done at the same time. */
int heat_finish_all(struct heat *heat);
void heat_free(struct heat *heat);

#endif
