/* SPDX-License-Identifier: Apache-2.0 */
#include "page/chart_blocks.h"

#include "base/at_once.h"
#include "page/runs.h"

#include <errno.h>
#include <stdlib.h>

static void put_cells(const struct raster *raster, unsigned int lower_bits, int values,
		      struct page_block *block)
{
	block_cells(block, raster, lower_bits, raster->inner_bits > 0, values);
}

static void put_heat(const struct page_run *run, struct page_block *block)
{
	put_cells(&run->heat->raster, HEAT_TASK_BITS, 1, block);
}

static void put_heat_all(const struct page_run *run, struct page_block *block)
{
	put_cells(&run->heat->all, 1, 1, block);
}

static void put_locality(const struct page_run *run, struct page_block *block)
{
	put_cells(&run->locality->raster, 0, 2, block);
}

static void put_migrations(const struct page_run *run, struct page_block *block)
{
	put_cells(&run->locality->migrations, 0, 1, block);
}

static void put_exits(const struct page_run *run, struct page_block *block)
{
	put_cells(&run->exits->raster, EXITS_KIND_BITS, 2, block);
}

static void put_runs(const struct page_run *run, struct page_block *block)
{
	page_runs(run->runs, block);
}

static const struct {
	const char *name;
	void (*put)(const struct page_run *run, struct page_block *block);
} kinds[CHART_BLOCKS] = {
	[CHART_BLOCK_HEAT] = { "heat", put_heat },
	[CHART_BLOCK_LOCALITY] = { "locality", put_locality },
	[CHART_BLOCK_HEAT_ALL] = { "heat-all", put_heat_all },
	[CHART_BLOCK_MIGRATIONS] = { "migrations", put_migrations },
	[CHART_BLOCK_EXITS] = { "exits", put_exits },
	[CHART_BLOCK_RUNS] = { "runs", put_runs },
};

const char *chart_block_name(enum chart_block block)
{
	return kinds[block].name;
}

struct making {
	const struct page_run *run;
	enum chart_block kind;
	struct page_block *block;
};

static int make(void *context)
{
	struct making *making = context;

	kinds[making->kind].put(making->run, making->block);
	return block_deflate(making->block);
}

static int make_all(const struct page_run *runs, size_t run_count, struct chart_blocks *blocks)
{
	size_t count = run_count * CHART_BLOCKS;
	struct making *makings = calloc(count + 1, sizeof(*makings));
	struct at_once_job *jobs = calloc(count + 1, sizeof(*jobs));
	int error = makings && jobs ? 0 : -ENOMEM;

	for (size_t i = 0; i < count && !error; i++) {
		/* the largest kinds of all runs go first */
		size_t kind = i / run_count;
		size_t run = i % run_count;

		makings[i] = (struct making){ &runs[run], (enum chart_block)kind,
					      &blocks[run].blocks[kind] };
		jobs[i] = (struct at_once_job){ make, &makings[i] };
	}
	if (!error)
		error = at_once(jobs, count);
	free(makings);
	free(jobs);
	return error;
}

int chart_blocks_make(const struct page_run *runs, size_t run_count, struct chart_blocks **blocks)
{
	int error;

	*blocks = calloc(run_count + 1, sizeof(**blocks)); /* as block_init() makes them */
	error = *blocks ? make_all(runs, run_count, *blocks) : -ENOMEM;
	if (error) {
		chart_blocks_free(*blocks, run_count);
		*blocks = NULL;
	}
	return error;
}

void chart_blocks_free(struct chart_blocks *blocks, size_t run_count)
{
	for (size_t run = 0; blocks && run < run_count; run++)
		for (size_t kind = 0; kind < CHART_BLOCKS; kind++)
			block_free(&blocks[run].blocks[kind]);
	free(blocks);
}
