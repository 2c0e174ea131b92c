/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/fan_out.h"

#include <assert.h>

static int fan_out_header(struct capture_sink *sink, const struct capture_header *header)
{
	struct fan_out *fan_out = (struct fan_out *)sink;
	int error = 0;

	for (size_t i = 0; i < fan_out->count && !error; i++)
		error = fan_out->sinks[i]->header(fan_out->sinks[i], header);
	return error;
}

static int fan_out_batch(struct capture_sink *sink, const struct capture_batch *batch)
{
	struct fan_out *fan_out = (struct fan_out *)sink;
	int error = 0;

	for (size_t i = 0; i < fan_out->count && !error; i++)
		error = fan_out->sinks[i]->batch(fan_out->sinks[i], batch);
	return error;
}

static int fan_out_flush(struct capture_sink *sink, uint64_t at_ns)
{
	struct fan_out *fan_out = (struct fan_out *)sink;
	int error = 0;

	for (size_t i = 0; i < fan_out->count && !error; i++)
		if (fan_out->sinks[i]->flush)
			error = fan_out->sinks[i]->flush(fan_out->sinks[i], at_ns);
	return error;
}

static int fan_out_end(struct capture_sink *sink, const struct capture_end *end)
{
	struct fan_out *fan_out = (struct fan_out *)sink;
	int error = 0;

	for (size_t i = 0; i < fan_out->count && !error; i++)
		error = fan_out->sinks[i]->end(fan_out->sinks[i], end);
	return error;
}

void fan_out_init(struct fan_out *fan_out)
{
	*fan_out = (struct fan_out){
		.sink = { fan_out_header, fan_out_batch, fan_out_flush, fan_out_end },
	};
}

void fan_out_add(struct fan_out *fan_out, struct capture_sink *sink)
{
	assert(fan_out->count < FAN_OUT_MAX);
	fan_out->sinks[fan_out->count++] = sink;
}
