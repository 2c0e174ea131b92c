/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAGE_RUNS_H
#define PAGE_RUNS_H

#include "chart/exact_runs.h"
#include "page/block.h"

/*
 * How many runs were left out, how many cores have runs; then the numbers of the cores, the numbers
 * of their runs; then the begins of all runs, each as a difference to the one before on its core,
 * and their tasks plus 1 (0: not known). html/src/data/runs.js reads this.
 */
void page_runs(const struct exact_runs *runs, struct page_block *block);

#endif
