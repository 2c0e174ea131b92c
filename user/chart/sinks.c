/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/sinks.h"

#include <errno.h>
#include <string.h>

static int ignore_header(struct capture_sink *sink, const struct capture_header *header)
{
	(void)sink;
	(void)header;
	return 0;
}

static int ignore_end(struct capture_sink *sink, const struct capture_end *end)
{
	(void)sink;
	(void)end;
	return 0;
}

struct capture_sink sink_of_batches(int (*batch)(struct capture_sink *sink,
						 const struct capture_batch *batch))
{
	return (struct capture_sink){ ignore_header, batch, NULL, ignore_end };
}

static int tee_header(struct capture_sink *sink, const struct capture_header *header)
{
	struct sink_tee *tee = (struct sink_tee *)sink;
	int error = 0;

	for (size_t i = 0; i < tee->count && !error; i++)
		error = tee->sinks[i]->header(tee->sinks[i], header);
	return error;
}

static int tee_batch(struct capture_sink *sink, const struct capture_batch *batch)
{
	struct sink_tee *tee = (struct sink_tee *)sink;
	int error = 0;

	for (size_t i = 0; i < tee->count && !error; i++)
		error = tee->sinks[i]->batch(tee->sinks[i], batch);
	return error;
}

static int tee_end(struct capture_sink *sink, const struct capture_end *end)
{
	struct sink_tee *tee = (struct sink_tee *)sink;
	int error = 0;

	for (size_t i = 0; i < tee->count && !error; i++)
		error = tee->sinks[i]->end(tee->sinks[i], end);
	return error;
}

void sink_tee_init(struct sink_tee *tee)
{
	memset(tee, 0, sizeof(*tee));
	tee->sink = (struct capture_sink){ tee_header, tee_batch, NULL, tee_end };
}

int sink_tee_add(struct sink_tee *tee, struct capture_sink *sink)
{
	if (tee->count == SINK_TEE_MAX)
		return -ENOSPC;
	tee->sinks[tee->count++] = sink;
	return 0;
}
