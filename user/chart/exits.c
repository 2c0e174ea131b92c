/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/exits.h"

#include "chart/batch_sink.h"

#include <string.h>

uint64_t exits_group_task(uint64_t group)
{
	return group >> EXITS_KIND_BITS;
}

uint64_t exits_group_kind(uint64_t group)
{
	return group & (EXIT_KINDS_MAX - 1);
}

static uint64_t known(uint64_t value)
{
	return value == CAPTURE_NIL ? 0 : value;
}

static int add_row(struct exits *exits, const struct capture_batch *batch, size_t row)
{
	const uint64_t *const *columns = batch->columns;
	uint64_t kind;
	int error = exit_kinds_of_row(&exits->kinds, batch, row, &kind);

	if (error)
		return error;
	return raster_add(&exits->raster, columns[EXITS_TASK][row] << EXITS_KIND_BITS | kind,
			  columns[EXITS_BUCKET][row] * batch->bucket_ns, 0,
			  known(columns[EXITS_COUNT][row]) + known(columns[EXITS_UNPAIRED][row]),
			  known(columns[EXITS_HOST_NS][row]));
}

static int on_batch(struct capture_sink *sink, const struct capture_batch *batch)
{
	struct exits *exits = (struct exits *)sink;
	int error;

	if (batch->table != CAPTURE_EXITS)
		return 0;
	error = raster_widen(&exits->raster, batch->bucket_ns, exits->from_ns);
	for (size_t row = 0; row < batch->rows && !error; row++)
		error = add_row(exits, batch, row);
	return error;
}

void exits_init(struct exits *exits, uint64_t from_ns, size_t budget)
{
	memset(exits, 0, sizeof(*exits));
	exits->sink = batch_sink(on_batch);
	exits->from_ns = from_ns;
	raster_init(&exits->raster, budget, 0);
}

void exits_free(struct exits *exits)
{
	raster_free(&exits->raster);
	exit_kinds_free(&exits->kinds);
	memset(exits, 0, sizeof(*exits));
}
