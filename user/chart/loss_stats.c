/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/loss_stats.h"

#include "base/string_pool.h"
#include "chart/batch_sink.h"

static int stats_batch(struct capture_sink *sink, const struct capture_batch *batch)
{
	struct loss_stats *stats = (struct loss_stats *)sink;

	for (size_t i = 0; batch->table == CAPTURE_LOSSES && i < batch->rows; i++) {
		uint64_t word = batch->columns[LOSSES_CAUSE][i];
		int cause = capture_loss_find(string_pool_text(batch->strings, word));
		const struct loss_stats_row row = {
			.count = batch->columns[LOSSES_COUNT][i],
			.switches = batch->columns[LOSSES_SWITCHES][i],
			.run_ns = batch->columns[LOSSES_RUN_NS][i],
		};

		if (cause < 0)
			continue;
		stats->last[cause] = row;
		if (batch->columns[LOSSES_AT_NS][i] <= stats->from_ns)
			stats->before[cause] = row;
	}
	return 0;
}

void loss_stats_init(struct loss_stats *stats, uint64_t from_ns)
{
	*stats = (struct loss_stats){
		.sink = batch_sink(stats_batch),
		.from_ns = from_ns,
	};
}

static uint64_t grown(uint64_t last, uint64_t before)
{
	if (last == CAPTURE_NIL || before == CAPTURE_NIL)
		return CAPTURE_NIL;
	return last > before ? last - before : 0;
}

struct loss_stats_row loss_stats_of(const struct loss_stats *stats, enum capture_loss_cause cause)
{
	const struct loss_stats_row *last = &stats->last[cause];
	const struct loss_stats_row *before = &stats->before[cause];

	return (struct loss_stats_row){
		.count = grown(last->count, before->count),
		.switches = grown(last->switches, before->switches),
		.run_ns = grown(last->run_ns, before->run_ns),
	};
}

static bool is_some(uint64_t value)
{
	return value && value != CAPTURE_NIL;
}

bool loss_stats_is_any(const struct loss_stats_row *row)
{
	return is_some(row->count) || is_some(row->switches) || is_some(row->run_ns);
}

bool loss_stats_any_serious(const struct loss_stats *stats)
{
	for (int cause = 0; cause < LOSS_CAUSES; cause++) {
		struct loss_stats_row row = loss_stats_of(stats, cause);

		if (capture_loss_is_serious(cause) && loss_stats_is_any(&row))
			return true;
	}
	return false;
}
