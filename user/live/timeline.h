/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One CPU's run-queue clock on the capture's line. The clock lags CLOCK_MONOTONIC by little, but
 * sometimes by up to a tick: the least lag of late is taken, and it may grow by 500 ppm (as fast as
 * NTP turns CLOCK_MONOTONIC).
 */
#ifndef LIVE_TIMELINE_H
#define LIVE_TIMELINE_H

#include <stdbool.h>
#include <stdint.h>

struct timeline {
	uint64_t zero_ns;  /* CLOCK_MONOTONIC at the capture's zero */
	uint64_t last_ns;  /* positions never go back */
	int64_t offset_ns; /* CLOCK_MONOTONIC - run-queue clock */
	uint64_t pair_rq_ns;
	bool has_pair;
};

void timeline_init(struct timeline *line, uint64_t zero_ns);

/* A pair of readings; those of one CPU in the order of rq_ns. */
void timeline_pair(struct timeline *line, uint64_t rq_ns, uint64_t mono_ns);

/* Positions in ns since zero. */
uint64_t timeline_at_rq(struct timeline *line, uint64_t rq_ns);
uint64_t timeline_at_mono(struct timeline *line, uint64_t mono_ns);

#endif
