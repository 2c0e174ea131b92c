/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of a run into its blocks. */
#include "chart/run_blocks_rows.h"

#include "base/array.h"
#include "base/string_pool.h"

#include <errno.h>
#include <stdlib.h>

/* ---- rows ---- */

static int find_block(struct run_blocks *blocks, const struct capture_batch *batch, size_t row,
		      size_t *block)
{
	uint64_t start_ns;
	int error;

	if (__builtin_mul_overflow(batch->columns[0][row], batch->bucket_ns, &start_ns))
		return -EBADMSG;
	if (start_ns < blocks->origin_ns) /* a grid that is not the first one's */
		start_ns = blocks->origin_ns;
	error = run_blocks_reach(blocks, start_ns);
	if (!error)
		*block = (start_ns - blocks->origin_ns) / blocks->block_ns;
	return error;
}

struct place {
	size_t block;
	struct run_blocks_name *name; /* NULL: a task that is not asked for */
	struct run_blocks_name *all;  /* NULL: one that does not count there */
	uint32_t number;	      /* the name's place */
};

static int find_sums(struct run_blocks *blocks, size_t name, struct run_blocks_name **sums)
{
	if (!blocks->names[name])
		blocks->names[name] = calloc(1, sizeof(**blocks->names));
	*sums = blocks->names[name];
	return *sums ? 0 : -ENOMEM;
}

/* Where a row of a bucketed table belongs: the bucket is its column 0, the task its column 1. */
static int find_place(struct run_blocks *blocks, const struct capture_batch *batch, size_t row,
		      struct place *place)
{
	const struct view_runs *runs = blocks->runs;
	uint32_t number = view_runs_name_of(runs, blocks->run, batch->columns[1][row]);
	int error;

	*place = (struct place){ .number = number };
	if (number == VIEW_RUNS_NO_NAME)
		return 0;
	error = find_block(blocks, batch, row, &place->block);
	if (!error)
		error = find_sums(blocks, number, &place->name);
	if (!error && !run_blocks_is_nobody(&runs->names[number]))
		error = find_sums(blocks, run_blocks_all(blocks), &place->all);
	return error;
}

static void add(struct run_blocks_name *sums, size_t block, enum run_blocks_sum sum, uint64_t value)
{
	if (!sums || value == CAPTURE_NIL)
		return;
	sums->sums[sum][block] += value;
	sums->known |= 1u << sum;
}

/* Which columns of a table are summed as what. */
struct summed {
	size_t column;
	enum run_blocks_sum sum;
};

static const struct summed of_samples[] = {
	{ SAMPLES_RUN_NS, RUN_BLOCKS_RUN_NS },
	{ SAMPLES_SWITCHES, RUN_BLOCKS_SWITCHES },
	{ SAMPLES_MIGRATIONS, RUN_BLOCKS_MIGRATIONS },
	{ SAMPLES_WAIT_NS, RUN_BLOCKS_WAIT_NS },
};
static const struct summed of_vcpu_samples[] = {
	{ VCPU_SAMPLES_GUEST_NS, RUN_BLOCKS_GUEST_NS },
	{ VCPU_SAMPLES_HALTED_NS, RUN_BLOCKS_HALTED_NS },
	{ VCPU_SAMPLES_BLOCKED_NS, RUN_BLOCKS_BLOCKED_NS },
	{ VCPU_SAMPLES_WAITING_NS, RUN_BLOCKS_WAITING_NS },
};
static const struct summed of_exits[] = {
	{ EXITS_COUNT, RUN_BLOCKS_EXITS },
	{ EXITS_UNPAIRED, RUN_BLOCKS_EXITS }, /* exits that no entry followed */
	{ EXITS_HOST_NS, RUN_BLOCKS_HOST_NS },
};

static int fold_sums(struct run_blocks *blocks, const struct capture_batch *batch,
		     const struct summed *summed, size_t count)
{
	for (size_t row = 0; row < batch->rows; row++) {
		struct place place;
		int error = find_place(blocks, batch, row, &place);

		if (error)
			return error;
		for (size_t i = 0; i < count; i++) {
			uint64_t value = batch->columns[summed[i].column][row];

			add(place.name, place.block, summed[i].sum, value);
			add(place.all, place.block, summed[i].sum, value);
		}
	}
	return 0;
}

static int fold_cells(struct run_blocks *blocks, const struct capture_batch *batch)
{
	uint64_t wait = string_pool_find(batch->strings, "wait");
	int error = 0;

	for (size_t row = 0; row < batch->rows && !error; row++) {
		uint64_t bin = batch->columns[CELLS_BIN][row];
		uint64_t count = batch->columns[CELLS_COUNT][row];
		struct place place;

		if (batch->columns[CELLS_KIND][row] != wait || count == CAPTURE_NIL)
			continue;
		error = find_place(blocks, batch, row, &place);
		if (!error && place.name)
			error = length_counts_add(&place.name->waits[place.block], bin, count);
		if (!error && place.all)
			error = length_counts_add(&place.all->waits[place.block], bin, count);
	}
	return error;
}

/* ---- exits by reason ---- */

static uint64_t known(uint64_t value)
{
	return value == CAPTURE_NIL ? 0 : value;
}

#define KIND_BITS 16

static uint64_t exits_key(size_t name, uint64_t kind)
{
	return (uint64_t)name << KIND_BITS | kind;
}

static int reach_exits(struct run_blocks *blocks, size_t name, uint64_t kind,
		       struct run_blocks_exits **exits)
{
	uint32_t found = number_map_find(&blocks->exits_of, exits_key(name, kind));

	if (found == NUMBER_MAP_NONE) {
		found = (uint32_t)blocks->exits_count;
		if (ARRAY_RESERVE(blocks->exits, blocks->exits_capacity, found + 1) ||
		    number_map_add(&blocks->exits_of, exits_key(name, kind), found))
			return -ENOMEM;
		blocks->exits[blocks->exits_count++] =
			(struct run_blocks_exits){ .name = (uint32_t)name, .kind = kind };
	}
	*exits = &blocks->exits[found];
	return 0;
}

static int add_exits(struct run_blocks *blocks, size_t name, uint64_t kind, size_t block,
		     const struct capture_batch *batch, size_t row)
{
	uint64_t count = batch->columns[EXITS_COUNT][row];
	uint64_t host_ns = batch->columns[EXITS_HOST_NS][row];
	struct run_blocks_exits *exits;
	int error = reach_exits(blocks, name, kind, &exits);

	if (error)
		return error;
	exits->counts[block] += known(count) + known(batch->columns[EXITS_UNPAIRED][row]);
	exits->host_ns[block] += known(host_ns);
	return 0;
}

static int fold_reasons(struct run_blocks *blocks, const struct capture_batch *batch)
{
	int error = 0;

	for (size_t row = 0; row < batch->rows && !error; row++) {
		struct place place;
		uint64_t kind;

		error = find_place(blocks, batch, row, &place);
		if (error || !place.name)
			continue;
		error = exit_kinds_of_row(blocks->kinds, batch, row, &kind);
		if (!error)
			error = add_exits(blocks, place.number, kind, place.block, batch, row);
		if (!error && place.all)
			error = add_exits(blocks, run_blocks_all(blocks), kind, place.block, batch,
					  row);
	}
	return error;
}

const struct run_blocks_exits *run_blocks_exits_of(const struct run_blocks *blocks, size_t name,
						   uint64_t kind)
{
	uint32_t found = number_map_find(&blocks->exits_of, exits_key(name, kind));

	return found == NUMBER_MAP_NONE ? NULL : &blocks->exits[found];
}

/* ---- losses ---- */

/* Marks the blocks of (from, to]: somewhere there data was lost. */
static int mark_lossy(struct run_blocks *blocks, uint64_t from_ns, uint64_t to_ns)
{
	uint64_t origin_ns = blocks->origin_ns;
	size_t first, last;
	int error;

	if (to_ns > blocks->to_ns)
		to_ns = blocks->to_ns;
	if (!blocks->block_ns || to_ns <= origin_ns || to_ns <= from_ns)
		return 0;
	error = run_blocks_reach(blocks, to_ns - 1);
	if (error)
		return error;
	first = from_ns > origin_ns ? (from_ns - origin_ns) / blocks->block_ns : 0;
	last = (to_ns - 1 - origin_ns) / blocks->block_ns;
	for (size_t block = first; block <= last && block < RUN_BLOCKS_MAX; block++)
		blocks->lossy |= 1ULL << block;
	return 0;
}

/* Rows are cumulated: data was lost since the rows before when a sum has grown. */
static int fold_losses(struct run_blocks *blocks, const struct capture_batch *batch)
{
	const uint64_t *const *columns = batch->columns;
	uint64_t before_ns = blocks->losses_at_ns;
	int error = 0;

	for (size_t row = 0; row < batch->rows && !error; row++) {
		uint64_t at_ns = columns[LOSSES_AT_NS][row];
		uint64_t id = columns[LOSSES_CAUSE][row];
		int cause = capture_loss_find(
			id == CAPTURE_NIL ? NULL : string_pool_text(batch->strings, id));
		uint64_t sum = known(columns[LOSSES_COUNT][row]) +
			       known(columns[LOSSES_SWITCHES][row]) +
			       known(columns[LOSSES_RUN_NS][row]);

		if (at_ns == CAPTURE_NIL || cause < 0)
			continue;
		if (at_ns > blocks->losses_at_ns) {
			before_ns = blocks->losses_at_ns;
			blocks->losses_at_ns = at_ns;
		}
		if (capture_loss_is_serious(cause) && sum > blocks->loss_sums[cause])
			error = mark_lossy(blocks, before_ns, at_ns);
		blocks->loss_sums[cause] = sum;
	}
	return error;
}

/* ---- all of them ---- */

int run_blocks_rows(struct capture_sink *sink, const struct capture_batch *batch)
{
	struct run_blocks *blocks = (struct run_blocks *)sink;
	int error = capture_table_info(batch->table)->bucketed
			    ? run_blocks_fit_bucket(blocks, batch->bucket_ns)
			    : 0;

	if (error)
		return error;
	switch (batch->table) {
	case CAPTURE_SAMPLES:
		blocks->knows_switches = true;
		return fold_sums(blocks, batch, of_samples, ARRAY_LENGTH(of_samples));
	case CAPTURE_VCPU_SAMPLES:
		return fold_sums(blocks, batch, of_vcpu_samples, ARRAY_LENGTH(of_vcpu_samples));
	case CAPTURE_EXITS:
		blocks->knows_exits = true;
		error = fold_sums(blocks, batch, of_exits, ARRAY_LENGTH(of_exits));
		return error ? error : fold_reasons(blocks, batch);
	case CAPTURE_CELLS:
		return fold_cells(blocks, batch);
	case CAPTURE_LOSSES:
		return fold_losses(blocks, batch);
	default:
		return 0;
	}
}
