/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/run_blocks.h"

#include "chart/batch_sink.h"
#include "chart/run_blocks_rows.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

size_t run_blocks_all(const struct run_blocks *blocks)
{
	return blocks->runs->name_count;
}

bool run_blocks_is_nobody(const struct view_runs_name *name)
{
	return strcmp(name->kind, "idle") == 0 || strcmp(name->kind, "unknown") == 0;
}

/* ---- blocks of time ---- */

static void add_pairs(uint64_t sums[RUN_BLOCKS_MAX])
{
	for (size_t i = 0; i < RUN_BLOCKS_MAX / 2; i++)
		sums[i] = sums[2 * i] + sums[2 * i + 1];
	memset(sums + RUN_BLOCKS_MAX / 2, 0, RUN_BLOCKS_MAX / 2 * sizeof(*sums));
}

static int add_wait_pairs(struct length_counts waits[RUN_BLOCKS_MAX])
{
	int error = 0;

	for (size_t i = 0; i < RUN_BLOCKS_MAX && !error; i += 2) {
		error = length_counts_add_all(&waits[i], &waits[i + 1]);
		length_counts_free(&waits[i + 1]);
	}
	for (size_t i = 1; i < RUN_BLOCKS_MAX / 2 && !error; i++) {
		waits[i] = waits[2 * i];
		memset(&waits[2 * i], 0, sizeof(*waits));
	}
	return error;
}

static uint64_t or_pairs(uint64_t bits)
{
	uint64_t result = 0;

	for (size_t i = 0; i < RUN_BLOCKS_MAX / 2; i++)
		if (bits >> (2 * i) & 3)
			result |= 1ULL << i;
	return result;
}

/* Blocks twice as long. */
static int widen(struct run_blocks *blocks)
{
	int error = 0;

	if (blocks->block_ns > UINT64_MAX / 4)
		return -EBADMSG;
	blocks->block_ns *= 2;
	blocks->lossy = or_pairs(blocks->lossy);
	for (size_t i = 0; i < blocks->exits_count; i++) {
		add_pairs(blocks->exits[i].counts);
		add_pairs(blocks->exits[i].host_ns);
	}
	for (size_t name = 0; name <= run_blocks_all(blocks) && !error; name++) {
		struct run_blocks_name *sums = blocks->names[name];

		for (size_t sum = 0; sums && sum < RUN_BLOCKS_SUMS; sum++)
			add_pairs(sums->sums[sum]);
		if (sums)
			error = add_wait_pairs(sums->waits);
	}
	return error;
}

/* Makes blocks wide enough for this moment, which may not lie before the origin. */
int run_blocks_reach(struct run_blocks *blocks, uint64_t at_ns)
{
	int error = 0;

	while (!error && (at_ns - blocks->origin_ns) / blocks->block_ns >= RUN_BLOCKS_MAX)
		error = widen(blocks);
	return error;
}

/* The first buckets say where the grid lies; longer ones that follow need blocks as long. */
int run_blocks_fit_bucket(struct run_blocks *blocks, uint64_t bucket_ns)
{
	uint64_t past_ns = bucket_ns ? blocks->from_ns % bucket_ns : 0;
	int error = 0;

	if (!bucket_ns)
		return -EBADMSG;
	if (!blocks->block_ns) {
		blocks->block_ns = bucket_ns;
		blocks->origin_ns = blocks->from_ns + (past_ns ? bucket_ns - past_ns : 0);
	}
	if (bucket_ns > blocks->bucket_ns)
		blocks->bucket_ns = bucket_ns;
	while (!error && blocks->block_ns < bucket_ns)
		error = widen(blocks);
	return error;
}

/* ---- the sink ---- */

static int on_header(struct capture_sink *sink, const struct capture_header *header)
{
	struct run_blocks *blocks = (struct run_blocks *)sink;

	blocks->knows_exits = capture_words_have(&header->recorded, "kvm");
	blocks->knows_switches = capture_words_have(&header->recorded, "sched");
	blocks->steps_per_octave = header->steps_per_octave;
	return run_blocks_fit_bucket(blocks, header->bucket_ns);
}

int run_blocks_init(struct run_blocks *blocks, const struct view_runs *runs, size_t run,
		    struct exit_kinds *kinds)
{
	*blocks = (struct run_blocks){
		.sink = batch_sink(run_blocks_rows),
		.runs = runs,
		.run = run,
		.kinds = kinds,
		.from_ns = view_from_ns(runs->views[run]),
		.to_ns = view_to_ns(runs->views[run]),
		.names = calloc(runs->name_count + 1, sizeof(*blocks->names)),
	};
	blocks->sink.header = on_header;
	return blocks->names ? 0 : -ENOMEM;
}

void run_blocks_free(struct run_blocks *blocks)
{
	for (size_t i = 0; blocks->names && i <= run_blocks_all(blocks); i++) {
		for (size_t block = 0; blocks->names[i] && block < RUN_BLOCKS_MAX; block++)
			length_counts_free(&blocks->names[i]->waits[block]);
		free(blocks->names[i]);
	}
	free(blocks->names);
	free(blocks->exits);
	number_map_free(&blocks->exits_of);
	memset(blocks, 0, sizeof(*blocks));
}

static uint64_t overlap_ns(uint64_t from_ns, uint64_t to_ns, uint64_t other_from_ns,
			   uint64_t other_to_ns)
{
	uint64_t from = from_ns > other_from_ns ? from_ns : other_from_ns;
	uint64_t to = to_ns < other_to_ns ? to_ns : other_to_ns;

	return to > from ? to - from : 0;
}

int run_blocks_finish(struct run_blocks *blocks)
{
	uint64_t from_ns, to_ns;
	int error;

	view_covered(blocks->runs->views[blocks->run], &from_ns, &to_ns);
	/* rows of chosen or of sleepy tasks may end long before the run does */
	error = to_ns > blocks->origin_ns ? run_blocks_reach(blocks, to_ns - 1) : 0;
	for (size_t block = 0; block < RUN_BLOCKS_MAX && !error; block++) {
		uint64_t start_ns = blocks->origin_ns + block * blocks->block_ns;

		blocks->covered_ns[block] =
			blocks->lossy >> block & 1
				? 0
				: overlap_ns(start_ns, start_ns + blocks->block_ns, from_ns, to_ns);
	}
	return error;
}
