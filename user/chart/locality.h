/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Charts 4, 5 and 6: which task had which core, when, how often it was switched in there, and how
 * often it came there from another core.
 * Summed over columns of time it gives task x core, summed over tasks the load of a core.
 */
#ifndef CHART_LOCALITY_H
#define CHART_LOCALITY_H

#include "capture/capture.h"
#include "chart/raster.h"

#define LOCALITY_TASK_BITS 24
#define LOCALITY_CPU_BITS 20
#define LOCALITY_TABLES (1u << CAPTURE_SAMPLES)

/* Where the values of a cell lie. */
enum locality_value {
	LOCALITY_RUN_NS,
	LOCALITY_SWITCHES,
};

struct locality {
	struct capture_sink sink; /* first: the address of both is the same */
	struct raster raster;	  /* group: cpu; inner: task */
	struct raster
		migrations; /* group: task; inner: the cpu it came to; first value: how often */
	uint64_t from_ns;
	uint64_t run_ns; /* sums over everything */
	uint64_t switches;
};

/*
 * Push LOCALITY_TABLES of the window that begins at from_ns into `sink`; see chart/raster.h.
 * Migrations have a quarter of the budget on top.
 */
void locality_init(struct locality *locality, uint64_t from_ns, size_t budget);
/* Sorts and sums what is left of both; 0 or -ENOMEM. */
int locality_finish(struct locality *locality);
void locality_free(struct locality *locality);

#endif
