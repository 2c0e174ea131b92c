/* SPDX-License-Identifier: Apache-2.0 */
/* What was lost, by cause and when, and when cores left and came back. */
#ifndef CHART_INCIDENTS_H
#define CHART_INCIDENTS_H

#include "capture/capture.h"

#define INCIDENTS_TABLES (1u << CAPTURE_LOSSES | 1u << CAPTURE_CPUS)
#define INCIDENTS_MOMENTS_MAX 1024

/* One cause: the sums at the end (CAPTURE_NIL: not known), and at which moments they had grown. */
struct incidents_loss {
	uint64_t count;
	uint64_t switches;
	uint64_t run_ns;
	size_t moment_count;
	bool more_moments; /* there were more than are kept */
	uint64_t moments_ns[INCIDENTS_MOMENTS_MAX];
};

struct incidents_cpu {
	uint64_t cpu;
	uint64_t at_ns;
	uint64_t online;
};

struct incidents {
	struct capture_sink sink; /* first: the address of both is the same */
	struct incidents_loss losses[LOSS_CAUSES];
	struct incidents_cpu cpus[INCIDENTS_MOMENTS_MAX];
	size_t cpu_count;
};

/* Push INCIDENTS_TABLES into `sink`; losses are told cumulated, so they begin where the file does. */
void incidents_init(struct incidents *incidents);

#endif
