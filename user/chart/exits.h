/* SPDX-License-Identifier: Apache-2.0 */
/* Chart 3: how often each vCPU left its guest, why, when, and what that cost the host. */
#ifndef CHART_EXITS_H
#define CHART_EXITS_H

#include "capture/capture.h"
#include "chart/exit_kinds.h"
#include "chart/raster.h"

#define EXITS_KIND_BITS 16
#define EXITS_TABLES (1u << CAPTURE_EXITS)

enum exits_value {
	EXITS_VALUE_COUNT,
	EXITS_VALUE_HOST_NS,
};

struct exits {
	struct capture_sink sink; /* first: the address of both is the same */
	struct raster raster;	  /* group: task and kind; no inner */
	uint64_t from_ns;
	struct exit_kinds kinds;
};

uint64_t exits_group_task(uint64_t group);
uint64_t exits_group_kind(uint64_t group);

/* Push EXITS_TABLES of the window that begins at from_ns into `sink`; see chart/raster.h. */
void exits_init(struct exits *exits, uint64_t from_ns, size_t budget);
void exits_free(struct exits *exits);

#endif
