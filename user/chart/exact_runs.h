/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who ran on each core from when on, switch by switch, of a detail capture: for chart 4 where one
 * looks closer than the buckets. All of it, or, when that is too much for a page, nothing.
 */
#ifndef CHART_EXACT_RUNS_H
#define CHART_EXACT_RUNS_H

#include "capture/capture.h"

#include <stdbool.h>

#define EXACT_RUNS_TABLES (1u << CAPTURE_SWITCHES)

struct exact_run {
	uint64_t at_ns;
	uint32_t cpu;
	uint32_t task; /* of the view, plus 1; 0: not known */
};

struct exact_runs {
	struct capture_sink sink; /* first: the address of both is the same */
	size_t max;
	struct exact_run *runs; /* after the end: by core, then time */
	size_t count;
	size_t capacity;
	uint64_t left_out; /* so many were too many: none is kept */
};

/* At most `max` runs are kept. */
void exact_runs_init(struct exact_runs *runs, size_t max);
/* 0 or -ENOMEM. */
int exact_runs_finish(struct exact_runs *runs);
void exact_runs_free(struct exact_runs *runs);

#endif
