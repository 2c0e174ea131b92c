/* SPDX-License-Identifier: Apache-2.0 */
/* How far on the time line the rows of a file reach that has no end. */
#ifndef CDICT_CDICT_REACH_H
#define CDICT_CDICT_REACH_H

#include "capture/capture.h"

#include <stdbool.h>

struct cdict_reach {
	uint64_t buckets_end_ns; /* of the last bucket with a row; 0: there is none */
	uint64_t last_bucket_ns; /* its length */
	uint64_t losses_at_ns;	 /* up to when losses were told */
	bool has_samples;
};

/* Of batches whose tables are not wanted, too: their buckets and times of losses are there. */
void cdict_reach_add(struct cdict_reach *reach, const struct capture_batch *batch);

/* Up to where all that happened is told. */
uint64_t cdict_reach_ns(const struct cdict_reach *reach);

#endif
