/* SPDX-License-Identifier: Apache-2.0 */
/* The blocks that the charts' cells are on the page: made all at once, then written one by one. */
#ifndef PAGE_CHART_BLOCKS_H
#define PAGE_CHART_BLOCKS_H

#include "page/block.h"
#include "page/page.h"

enum chart_block {
	CHART_BLOCK_HEAT,
	CHART_BLOCK_LOCALITY,
	CHART_BLOCK_HEAT_ALL,
	CHART_BLOCK_MIGRATIONS,
	CHART_BLOCK_EXITS,
	CHART_BLOCK_RUNS,
	CHART_BLOCKS,
};

/* Of one run. */
struct chart_blocks {
	struct page_block blocks[CHART_BLOCKS];
};

/* Deflated blocks of so many runs, in their order; 0, or -ENOMEM. */
int chart_blocks_make(const struct page_run *runs, size_t run_count, struct chart_blocks **blocks);
/* NULL is no blocks. */
void chart_blocks_free(struct chart_blocks *blocks, size_t run_count);

/* The name of such a block's element; those of runs after the first have a number behind it. */
const char *chart_block_name(enum chart_block block);

#endif
