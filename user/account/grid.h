/* SPDX-License-Identifier: Apache-2.0 */
/* Buckets: time cut into equal lengths, which double now and then. */
#ifndef ACCOUNT_GRID_H
#define ACCOUNT_GRID_H

#include <stdbool.h>
#include <stdint.h>

#define GRID_DOUBLINGS 40

/* From from_ns (a border of this and of the grid before) on, buckets are bucket_ns long. */
struct grid_part {
	uint64_t from_ns;
	uint64_t bucket_ns;
};

struct grid {
	uint64_t origin_ns; /* a border of all parts; nothing lies before it */
	uint64_t start_ns;  /* the current bucket */
	uint64_t end_ns;
	uint32_t part_count;
	struct grid_part parts[GRID_DOUBLINGS];
};

void grid_init(struct grid *grid, uint64_t origin_ns, uint64_t bucket_ns);

/* The part that holds a moment. */
const struct grid_part *grid_part_at(const struct grid *grid, uint64_t at_ns);

/* Start and end of the bucket that holds a moment. */
uint64_t grid_start(const struct grid *grid, uint64_t at_ns);
uint64_t grid_end(const struct grid *grid, uint64_t at_ns);

/* The bucket that holds the moment becomes the current one. */
void grid_advance(struct grid *grid, uint64_t at_ns);

/* Doubles from the first border of both grids on that is not before the current bucket's start.
   Nothing of the current bucket may have been used yet. False: no more doublings. */
bool grid_double(struct grid *grid);

/* The length now. */
uint64_t grid_bucket_ns(const struct grid *grid);

#endif
