/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/heat.h"

#include "base/array.h"
#include "base/string_pool.h"
#include "chart/batch_sink.h"

#include <string.h>

static const char *const kind_words[HEAT_KINDS] = {
	[HEAT_RUN] = "run",	[HEAT_SLEEP] = "sleep", [HEAT_WAIT] = "wait",
	[HEAT_GUEST] = "guest", [HEAT_HOST] = "host",
};

const char *heat_kind_word(enum heat_kind kind)
{
	return kind < HEAT_KINDS ? kind_words[kind] : NULL;
}

uint64_t heat_group(enum heat_kind kind, uint64_t task)
{
	return (uint64_t)kind << HEAT_TASK_BITS | task;
}

enum heat_kind heat_group_kind(uint64_t group)
{
	return (enum heat_kind)(group >> HEAT_TASK_BITS);
}

uint64_t heat_group_task(uint64_t group)
{
	return group & (((uint64_t)1 << HEAT_TASK_BITS) - 1);
}

uint64_t heat_all_group(enum heat_kind kind, bool idle)
{
	return (uint64_t)kind << 1 | idle;
}

/* Ids of the words in this batch's pool; a word that is not there has an id that no row has. */
static void find_kinds(const struct string_pool *strings, uint64_t ids[HEAT_KINDS])
{
	for (int kind = 0; kind < HEAT_KINDS; kind++)
		ids[kind] = strings ? string_pool_find(strings, kind_words[kind]) : STRING_NONE;
}

static int kind_of(const uint64_t ids[HEAT_KINDS], uint64_t id)
{
	for (int kind = 0; kind < HEAT_KINDS; kind++)
		if (ids[kind] == id && id != STRING_NONE)
			return kind;
	return -1;
}

static int flush_cell(struct heat *heat, size_t cell)
{
	uint64_t count = heat->pending[cell];

	heat->pending[cell] = 0;
	return raster_add(&heat->all, cell >> HEAT_BIN_BITS, heat->pending_at_ns,
			  cell & ((1u << HEAT_BIN_BITS) - 1), count, 0);
}

/* Moves what one bucket summed up into `all`, in the order of its keys. */
static int flush_pending(struct heat *heat)
{
	int error = 0;

	for (size_t word = 0; word < ARRAY_LENGTH(heat->touched); word++)
		for (; heat->touched[word] && !error;
		     heat->touched[word] &= heat->touched[word] - 1)
			error = flush_cell(
				heat, word * 64 + (size_t)__builtin_ctzll(heat->touched[word]));
	return error;
}

static int add_to_all(struct heat *heat, uint64_t group, uint64_t at_ns, uint64_t bin,
		      uint64_t count)
{
	uint64_t cell = group << HEAT_BIN_BITS | bin;
	int error = 0;

	if (at_ns != heat->pending_at_ns)
		error = flush_pending(heat);
	heat->pending_at_ns = at_ns;
	heat->touched[cell / 64] |= (uint64_t)1 << cell % 64;
	heat->pending[cell] = raster_sum(heat->pending[cell], count);
	return error;
}

static int add_row(struct heat *heat, const struct capture_batch *batch, size_t row,
		   enum heat_kind kind)
{
	uint64_t task = batch->columns[CELLS_TASK][row];
	uint64_t at_ns = batch->columns[CELLS_BUCKET][row] * batch->bucket_ns;
	uint64_t bin = batch->columns[CELLS_BIN][row];
	uint64_t count = batch->columns[CELLS_COUNT][row];
	bool idle = idle_set_has(heat->idle, task);
	int error = raster_add(&heat->raster, heat_group(kind, task), at_ns, bin, count, 0);

	if (!error)
		error = add_to_all(heat, heat_all_group(kind, idle), at_ns, bin, count);
	heat->counts[kind] += count;
	return error;
}

static int add_rows(struct heat *heat, const struct capture_batch *batch)
{
	uint64_t ids[HEAT_KINDS];
	int error = flush_pending(heat);

	if (!error)
		error = raster_widen(&heat->raster, batch->bucket_ns, heat->from_ns);
	if (!error)
		error = raster_widen(&heat->all, batch->bucket_ns, heat->from_ns);
	find_kinds(batch->strings, ids);
	for (size_t row = 0; row < batch->rows && !error; row++) {
		int kind = kind_of(ids, batch->columns[CELLS_KIND][row]);
		uint64_t count = batch->columns[CELLS_COUNT][row];

		/* a kind that a later version adds is not of these charts */
		if (kind >= 0 && count != 0 && count != CAPTURE_NIL)
			error = add_row(heat, batch, row, (enum heat_kind)kind);
	}
	return error;
}

static int on_batch(struct capture_sink *sink, const struct capture_batch *batch)
{
	struct heat *heat = (struct heat *)sink;

	return batch->table == CAPTURE_CELLS ? add_rows(heat, batch) : 0;
}

void heat_init(struct heat *heat, uint64_t from_ns, size_t budget, const struct idle_set *idle)
{
	memset(heat, 0, sizeof(*heat));
	heat->sink = batch_sink(on_batch);
	heat->from_ns = from_ns;
	heat->idle = idle;
	raster_init(&heat->raster, budget, HEAT_BIN_BITS);
	heat->raster.by_group = true;
	raster_init(&heat->all, budget / 2, HEAT_BIN_BITS);
}

int heat_finish_all(struct heat *heat)
{
	int error = flush_pending(heat);

	return error ? error : raster_finish(&heat->all);
}

int heat_finish(struct heat *heat)
{
	int error = raster_finish(&heat->raster);

	return error ? error : heat_finish_all(heat);
}

void heat_free(struct heat *heat)
{
	raster_free(&heat->raster);
	raster_free(&heat->all);
}
