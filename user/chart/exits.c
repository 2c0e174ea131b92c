/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/exits.h"

#include "base/array.h"
#include "base/string_pool.h"
#include "chart/batch_sink.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

uint64_t exits_group_task(uint64_t group)
{
	return group >> EXITS_KIND_BITS;
}

uint64_t exits_group_kind(uint64_t group)
{
	return group & (EXITS_KINDS_MAX - 1);
}

static const char *isa_text(const struct capture_batch *batch, size_t row)
{
	uint64_t id = batch->columns[EXITS_ISA][row];
	const char *text =
		batch->strings && id != CAPTURE_NIL ? string_pool_text(batch->strings, id) : NULL;

	return text ? text : "";
}

/* The number of this kind, a new one when it was not seen. A host has some dozens of them. */
static int find_kind(struct exits *exits, const char *isa, uint64_t reason, uint64_t *number)
{
	struct exits_kind *kind;
	int error;

	for (*number = 0; *number < exits->kind_count; ++*number) {
		kind = &exits->kinds[*number];
		if (kind->reason == reason && strncmp(kind->isa, isa, sizeof(kind->isa) - 1) == 0)
			return 0;
	}
	if (exits->kind_count == EXITS_KINDS_MAX)
		return -ERANGE;
	error = ARRAY_RESERVE(exits->kinds, exits->kind_capacity, exits->kind_count + 1);
	if (error)
		return error;
	kind = &exits->kinds[exits->kind_count++];
	memset(kind->isa, 0, sizeof(kind->isa));
	memcpy(kind->isa, isa, strnlen(isa, sizeof(kind->isa) - 1));
	kind->reason = reason;
	return 0;
}

static uint64_t known(uint64_t value)
{
	return value == CAPTURE_NIL ? 0 : value;
}

static int add_row(struct exits *exits, const struct capture_batch *batch, size_t row)
{
	const uint64_t *const *columns = batch->columns;
	uint64_t kind;
	int error = find_kind(exits, isa_text(batch, row), columns[EXITS_REASON][row], &kind);

	if (error)
		return error;
	return raster_add(&exits->raster, columns[EXITS_TASK][row] << EXITS_KIND_BITS | kind,
			  columns[EXITS_BUCKET][row] * batch->bucket_ns, 0,
			  known(columns[EXITS_COUNT][row]), known(columns[EXITS_HOST_NS][row]));
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
	free(exits->kinds);
	memset(exits, 0, sizeof(*exits));
}
