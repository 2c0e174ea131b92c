/* SPDX-License-Identifier: Apache-2.0 */
#include "account/grid.h"

void grid_init(struct grid *grid, uint64_t origin_ns, uint64_t bucket_ns)
{
	grid->origin_ns = origin_ns;
	grid->start_ns = origin_ns;
	grid->end_ns = origin_ns + bucket_ns;
	grid->part_count = 1;
	grid->parts[0] = (struct grid_part){ .from_ns = origin_ns, .bucket_ns = bucket_ns };
}

const struct grid_part *grid_part_at(const struct grid *grid, uint64_t at_ns)
{
	uint32_t i = grid->part_count - 1;

	while (i && grid->parts[i].from_ns > at_ns)
		i--;
	return &grid->parts[i];
}

uint64_t grid_start(const struct grid *grid, uint64_t at_ns)
{
	return at_ns - (at_ns - grid->origin_ns) % grid_part_at(grid, at_ns)->bucket_ns;
}

uint64_t grid_end(const struct grid *grid, uint64_t at_ns)
{
	return grid_start(grid, at_ns) + grid_part_at(grid, at_ns)->bucket_ns;
}

void grid_advance(struct grid *grid, uint64_t at_ns)
{
	grid->start_ns = grid_start(grid, at_ns);
	grid->end_ns = grid_end(grid, at_ns);
}

bool grid_double(struct grid *grid)
{
	uint64_t bucket_ns = grid_bucket_ns(grid);
	uint64_t from_ns = grid->start_ns;

	if (grid->part_count == GRID_DOUBLINGS ||
	    grid->parts[grid->part_count - 1].from_ns > from_ns)
		return false;
	if ((from_ns - grid->origin_ns) % (2 * bucket_ns))
		from_ns += bucket_ns;
	grid->parts[grid->part_count++] =
		(struct grid_part){ .from_ns = from_ns, .bucket_ns = 2 * bucket_ns };
	grid_advance(grid, grid->start_ns);
	return true;
}

uint64_t grid_bucket_ns(const struct grid *grid)
{
	return grid->parts[grid->part_count - 1].bucket_ns;
}
