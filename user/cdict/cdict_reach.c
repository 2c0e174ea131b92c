/* SPDX-License-Identifier: Apache-2.0 */
#include "cdict/cdict_reach.h"

static uint64_t highest(const uint64_t *values, size_t count)
{
	uint64_t found = 0;

	for (size_t i = 0; i < count; i++)
		found = values[i] > found ? values[i] : found;
	return found;
}

static void add_buckets(struct cdict_reach *reach, const struct capture_batch *batch)
{
	uint64_t end_ns = (highest(batch->columns[0], batch->rows) + 1) * batch->bucket_ns;

	if (end_ns <= reach->buckets_end_ns)
		return;
	reach->buckets_end_ns = end_ns;
	reach->last_bucket_ns = batch->bucket_ns;
}

void cdict_reach_add(struct cdict_reach *reach, const struct capture_batch *batch)
{
	uint64_t at_ns;

	if (!batch->rows)
		return;
	reach->has_samples |= batch->table == CAPTURE_SAMPLES;
	if (capture_table_info(batch->table)->bucketed)
		add_buckets(reach, batch);
	if (batch->table != CAPTURE_LOSSES)
		return;
	at_ns = highest(batch->columns[LOSSES_AT_NS], batch->rows);
	if (at_ns > reach->losses_at_ns)
		reach->losses_at_ns = at_ns;
}

uint64_t cdict_reach_ns(const struct cdict_reach *reach)
{
	uint64_t end_ns = reach->buckets_end_ns;
	uint64_t losses_ns = reach->losses_at_ns;

	if (!end_ns)
		return losses_ns;
	if (losses_ns <= end_ns) {
		/* a long bucket is written in parts: then only what was seen of it is told */
		return losses_ns > end_ns - reach->last_bucket_ns ? losses_ns : end_ns;
	}
	/* a bucket is written when it is over: losses were told in the midst of one without rows */
	if (reach->has_samples)
		return end_ns;
	/* samples have a row in every bucket; without them nothing may have happened since */
	return losses_ns - losses_ns % reach->last_bucket_ns;
}
