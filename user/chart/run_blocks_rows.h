/* SPDX-License-Identifier: Apache-2.0 */
/* What the two halves of run_blocks know of each other. */
#ifndef CHART_RUN_BLOCKS_ROWS_H
#define CHART_RUN_BLOCKS_ROWS_H

#include "chart/run_blocks.h"

/* The sink's batch: adds its rows to the sums. */
int run_blocks_rows(struct capture_sink *sink, const struct capture_batch *batch);

/* Makes blocks long enough for this moment, which may not lie before the origin. */
int run_blocks_reach(struct run_blocks *blocks, uint64_t at_ns);
/* The first buckets say where the grid lies; longer ones that follow need blocks as long. */
int run_blocks_fit_bucket(struct run_blocks *blocks, uint64_t bucket_ns);

#endif
