/* SPDX-License-Identifier: Apache-2.0 */
/* Percentiles of waits in two runs; what compare_values.h does for them. */
#ifndef CHART_COMPARE_PERCENTILE_H
#define CHART_COMPARE_PERCENTILE_H

#include "chart/compare_values.h"

int compare_percentile(struct compare_values *values, const struct run_blocks *const blocks[2],
		       size_t name, double share);
int compare_percentile_interval(struct compare_values *values,
				const struct run_blocks *const blocks[2], size_t name, double share,
				double chance);

#endif
