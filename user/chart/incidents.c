/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/incidents.h"

#include "base/array.h"
#include "base/string_pool.h"
#include "chart/batch_sink.h"

#include <string.h>

static uint64_t known(uint64_t value)
{
	return value == CAPTURE_NIL ? 0 : value;
}

static int cause_of(const struct capture_batch *batch, size_t row)
{
	uint64_t id = batch->columns[LOSSES_CAUSE][row];
	const char *word =
		batch->strings && id != CAPTURE_NIL ? string_pool_text(batch->strings, id) : NULL;

	for (int cause = 0; word && cause < LOSS_CAUSES; cause++)
		if (strcmp(word, capture_loss_word((enum capture_loss_cause)cause)) == 0)
			return cause;
	return -1;
}

static void add_moment(struct incidents_loss *loss, uint64_t at_ns)
{
	if (loss->moment_count < INCIDENTS_MOMENTS_MAX)
		loss->moments_ns[loss->moment_count++] = at_ns;
	else
		loss->more_moments = true;
}

static void add_loss(struct incidents *incidents, const struct capture_batch *batch, size_t row)
{
	const uint64_t *const *columns = batch->columns;
	int cause = cause_of(batch, row);
	struct incidents_loss *loss;

	if (cause < 0)
		return;
	loss = &incidents->losses[cause];
	if (known(columns[LOSSES_COUNT][row]) > known(loss->count) ||
	    known(columns[LOSSES_SWITCHES][row]) > known(loss->switches))
		add_moment(loss, columns[LOSSES_AT_NS][row]);
	loss->count = columns[LOSSES_COUNT][row];
	loss->switches = columns[LOSSES_SWITCHES][row];
	loss->run_ns = columns[LOSSES_RUN_NS][row];
}

static void add_cpu(struct incidents *incidents, const struct capture_batch *batch, size_t row)
{
	if (incidents->cpu_count == ARRAY_LENGTH(incidents->cpus))
		return;
	incidents->cpus[incidents->cpu_count++] = (struct incidents_cpu){
		.cpu = batch->columns[CPUS_CPU][row],
		.at_ns = batch->columns[CPUS_AT_NS][row],
		.online = batch->columns[CPUS_ONLINE][row],
	};
}

static int on_batch(struct capture_sink *sink, const struct capture_batch *batch)
{
	struct incidents *incidents = (struct incidents *)sink;

	for (size_t row = 0; row < batch->rows; row++) {
		if (batch->table == CAPTURE_LOSSES)
			add_loss(incidents, batch, row);
		else if (batch->table == CAPTURE_CPUS)
			add_cpu(incidents, batch, row);
	}
	return 0;
}

void incidents_init(struct incidents *incidents)
{
	memset(incidents, 0, sizeof(*incidents));
	incidents->sink = batch_sink(on_batch);
}
