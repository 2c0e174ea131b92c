/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/vcpu_stats.h"

#include "base/array.h"
#include "chart/batch_sink.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define TASKS_MAX ((uint64_t)1 << 32)

void vcpu_stats_add(struct vcpu_stats_row *sum, const struct vcpu_stats_row *row)
{
	if (!row->seen)
		return;
	for (int state = 0; state < VCPU_STATES; state++) {
		uint64_t before_ns = sum->seen ? sum->ns[state] : CAPTURE_NIL;

		if (row->ns[state] != CAPTURE_NIL && before_ns != CAPTURE_NIL)
			sum->ns[state] = before_ns + row->ns[state];
		else
			sum->ns[state] = row->ns[state] != CAPTURE_NIL ? row->ns[state] : before_ns;
	}
	sum->seen = true;
}

uint64_t vcpu_stats_known_ns(const struct vcpu_stats_row *row)
{
	uint64_t sum_ns = 0;

	for (int state = 0; state < VCPU_STATES && row->seen; state++)
		if (row->ns[state] != CAPTURE_NIL)
			sum_ns += row->ns[state];
	return sum_ns;
}

/* The row of a task, made when it is first seen. */
static int reach(struct vcpu_stats *stats, uint64_t task)
{
	size_t had = stats->count;

	if (task >= TASKS_MAX)
		return -EBADMSG;
	if (ARRAY_RESERVE(stats->vcpus, stats->count, task + 1))
		return -ENOMEM;
	memset(stats->vcpus + had, 0, (stats->count - had) * sizeof(*stats->vcpus));
	return 0;
}

static int on_batch(struct capture_sink *sink, const struct capture_batch *batch)
{
	struct vcpu_stats *stats = (struct vcpu_stats *)sink;
	int error = 0;

	if (batch->table != CAPTURE_VCPU_SAMPLES)
		return 0;
	for (size_t i = 0; i < batch->rows && !error; i++) {
		uint64_t task = batch->columns[VCPU_SAMPLES_TASK][i];
		struct vcpu_stats_row row = { .seen = true };

		if (task == CAPTURE_NIL)
			continue;
		for (int state = 0; state < VCPU_STATES; state++)
			row.ns[state] = batch->columns[VCPU_SAMPLES_GUEST_NS + state][i];
		if (task >= stats->count)
			error = reach(stats, task);
		if (!error)
			vcpu_stats_add(&stats->vcpus[task], &row);
	}
	return error;
}

void vcpu_stats_init(struct vcpu_stats *stats)
{
	*stats = (struct vcpu_stats){ .sink = batch_sink(on_batch) };
}

void vcpu_stats_free(struct vcpu_stats *stats)
{
	free(stats->vcpus);
	vcpu_stats_init(stats);
}
