/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Widths of columns by group: where there are too many cells, the groups that have most of them
 * get columns twice as wide, and those that have few stay fine.
 */
#ifndef CHART_RASTER_STEPS_H
#define CHART_RASTER_STEPS_H

#include "chart/raster.h"

/* Brings cells that were just added, in any order, to their groups' widths. */
void raster_steps_apply(struct raster *raster, struct raster_cell *cells, size_t count);

/*
 * All cells are sorted: widens the columns of the groups with most of them, so that somewhat less
 * than the budget of cells is left, and sorts and sums them. 0, -ENOMEM, or -ERANGE when no group can
 * be wider. Takes memory for each possible inner part.
 */
int raster_steps_widen(struct raster *raster);

/* To be called when all columns became twice as wide. */
void raster_steps_halved(struct raster *raster);

#endif
