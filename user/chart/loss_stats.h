/* SPDX-License-Identifier: Apache-2.0 */
/* What was lost in a view's window, by cause. Read the table `losses` into sink. */
#ifndef CHART_LOSS_STATS_H
#define CHART_LOSS_STATS_H

#include "capture/capture.h"

#define LOSS_STATS_TABLES (1u << CAPTURE_LOSSES)

/* Each is CAPTURE_NIL when the file does not know it. */
struct loss_stats_row {
	uint64_t count;
	uint64_t switches;
	uint64_t run_ns;
};

struct loss_stats {
	struct capture_sink sink;
	uint64_t from_ns;
	struct loss_stats_row before[LOSS_CAUSES]; /* cumulated when the window began */
	struct loss_stats_row last[LOSS_CAUSES];   /* cumulated at its end */
};

/* A view's window begins at from_ns. */
void loss_stats_init(struct loss_stats *stats, uint64_t from_ns);

/* What this cause took within the window. */
struct loss_stats_row loss_stats_of(const struct loss_stats *stats, enum capture_loss_cause cause);

/* True when something was lost, as far as is known. */
bool loss_stats_is_any(const struct loss_stats_row *row);

/* True when data is missing or wrong. */
bool loss_stats_any_serious(const struct loss_stats *stats);

#endif
