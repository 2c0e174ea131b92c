/* SPDX-License-Identifier: Apache-2.0 */
#include "import/tally.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS 65536 /* half of them are used at most */

struct tally_slot {
	uint64_t table; /* + 1; 0: free */
	uint64_t bucket;
	uint64_t task;
	uint64_t extra; /* cpu, word and bin, next, reason, or reason and bin */
	uint64_t sums[4];
	uint64_t maxima[2]; /* of exits: all bits of host_ns turned, and host_ns */
};

int tally_init(struct tally *tally, struct output *output, uint64_t bucket_ns,
	       const uint64_t *words)
{
	*tally = (struct tally){ .output = output, .bucket_ns = bucket_ns, .words = words };
	tally->slots = calloc(SLOTS, sizeof(*tally->slots));
	return tally->slots ? 0 : -ENOMEM;
}

void tally_free(struct tally *tally)
{
	free(tally->slots);
}

static size_t hash(const struct tally_slot *key)
{
	uint64_t mixed = key->table;

	mixed = (mixed ^ key->bucket) * 0x9e3779b97f4a7c15ULL;
	mixed = (mixed ^ mixed >> 29 ^ key->task) * 0xbf58476d1ce4e5b9ULL;
	mixed = (mixed ^ mixed >> 31 ^ key->extra) * 0x94d049bb133111ebULL;
	return (size_t)(mixed >> 32) % SLOTS;
}

static int add(struct tally *tally, const struct tally_slot *more)
{
	struct tally_slot *slot;
	int error = 0;

	if (tally->used >= SLOTS / 2)
		error = tally_flush(tally);
	slot = &tally->slots[hash(more)];
	while (slot->table && (slot->table != more->table || slot->bucket != more->bucket ||
			       slot->task != more->task || slot->extra != more->extra))
		slot = slot == &tally->slots[SLOTS - 1] ? tally->slots : slot + 1;
	if (!slot->table) {
		*slot = *more;
		tally->used++;
		return error;
	}
	for (int i = 0; i < 4; i++)
		slot->sums[i] += more->sums[i];
	for (int i = 0; i < 2; i++)
		if (more->maxima[i] > slot->maxima[i])
			slot->maxima[i] = more->maxima[i];
	return error;
}

int tally_run(struct tally *tally, uint64_t bucket, uint64_t task, uint32_t cpu, uint64_t run_ns,
	      uint64_t switches)
{
	struct tally_slot more = { CAPTURE_SAMPLES + 1,	 bucket, task, cpu,
				   { run_ns, switches }, { 0 } };

	return add(tally, &more);
}

int tally_cell(struct tally *tally, uint64_t bucket, uint64_t task, enum tally_word kind,
	       uint32_t bin)
{
	struct tally_slot more = { CAPTURE_CELLS + 1,	       bucket, task,
				   (uint64_t)kind << 32 | bin, { 1 },  { 0 } };

	return add(tally, &more);
}

int tally_successor(struct tally *tally, uint64_t task, uint64_t next)
{
	struct tally_slot more = { CAPTURE_SUCCESSORS + 1, 0, task, next, { 1 }, { 0 } };

	return add(tally, &more);
}

int tally_exit(struct tally *tally, uint64_t bucket, uint64_t task, uint64_t reason,
	       const struct tally_exit *exit)
{
	struct tally_slot more = { .table = CAPTURE_EXITS + 1,
				   .bucket = bucket,
				   .task = task,
				   .extra = reason,
				   .sums = { exit->count, exit->unpaired, exit->host_ns,
					     exit->guest_ns } };

	if (exit->count) {
		more.maxima[0] = ~exit->host_ns;
		more.maxima[1] = exit->host_ns;
	}
	return add(tally, &more);
}

int tally_exit_cell(struct tally *tally, uint64_t bucket, uint64_t task, uint64_t reason,
		    uint32_t bin)
{
	struct tally_slot more = { CAPTURE_EXIT_CELLS + 1, bucket, task,
				   reason << 32 | bin,	   { 1 },  { 0 } };

	return add(tally, &more);
}

int tally_guest(struct tally *tally, uint64_t bucket, uint64_t task, uint64_t guest_ns)
{
	struct tally_slot more = { CAPTURE_VCPU_SAMPLES + 1, bucket, task, 0, { guest_ns }, { 0 } };

	return add(tally, &more);
}

/* ---- out ---- */

static void fill_exits(const struct tally *tally, const struct tally_slot *slot, uint64_t *values)
{
	values[EXITS_BUCKET] = slot->bucket;
	values[EXITS_TASK] = slot->task;
	values[EXITS_ISA] = tally->words[TALLY_ISA];
	values[EXITS_REASON] = slot->extra;
	values[EXITS_COUNT] = slot->sums[0];
	values[EXITS_UNPAIRED] = slot->sums[1];
	values[EXITS_HOST_NS] = slot->sums[2];
	values[EXITS_GUEST_NS] = slot->sums[3];
	if (!slot->sums[0])
		return;
	values[EXITS_HOST_MIN_NS] = ~slot->maxima[0];
	values[EXITS_HOST_MAX_NS] = slot->maxima[1];
}

static int write_slot(struct tally *tally, const struct tally_slot *slot)
{
	uint64_t values[CAPTURE_COLUMNS_MAX];
	enum capture_table table = (enum capture_table)(slot->table - 1);

	memset(values, 0xff, sizeof(values)); /* CAPTURE_NIL */
	switch (table) {
	case CAPTURE_SAMPLES:
		values[SAMPLES_BUCKET] = slot->bucket;
		values[SAMPLES_TASK] = slot->task;
		values[SAMPLES_CPU] = slot->extra;
		values[SAMPLES_RUN_NS] = slot->sums[0];
		values[SAMPLES_SWITCHES] = slot->sums[1];
		break;
	case CAPTURE_CELLS:
		values[CELLS_BUCKET] = slot->bucket;
		values[CELLS_TASK] = slot->task;
		values[CELLS_KIND] = tally->words[slot->extra >> 32];
		values[CELLS_BIN] = slot->extra & UINT32_MAX;
		values[CELLS_COUNT] = slot->sums[0];
		break;
	case CAPTURE_EXITS:
		fill_exits(tally, slot, values);
		break;
	case CAPTURE_EXIT_CELLS:
		values[EXIT_CELLS_BUCKET] = slot->bucket;
		values[EXIT_CELLS_TASK] = slot->task;
		values[EXIT_CELLS_ISA] = tally->words[TALLY_ISA];
		values[EXIT_CELLS_REASON] = slot->extra >> 32;
		values[EXIT_CELLS_BIN] = slot->extra & UINT32_MAX;
		values[EXIT_CELLS_COUNT] = slot->sums[0];
		break;
	case CAPTURE_VCPU_SAMPLES:
		values[VCPU_SAMPLES_BUCKET] = slot->bucket;
		values[VCPU_SAMPLES_TASK] = slot->task;
		values[VCPU_SAMPLES_GUEST_NS] = slot->sums[0];
		break;
	default:
		values[SUCCESSORS_TASK] = slot->task;
		values[SUCCESSORS_NEXT] = slot->extra;
		values[SUCCESSORS_COUNT] = slot->sums[0];
	}
	return output_row(tally->output, table, table == CAPTURE_SUCCESSORS ? 0 : tally->bucket_ns,
			  values);
}

static int by_table_and_bucket(const void *a, const void *b)
{
	const struct tally_slot *x = a, *y = b;

	if (x->table != y->table)
		return x->table < y->table ? -1 : 1;
	if (x->bucket != y->bucket)
		return x->bucket < y->bucket ? -1 : 1;
	if (x->task != y->task)
		return x->task < y->task ? -1 : 1;
	return x->extra < y->extra ? -1 : x->extra > y->extra;
}

int tally_flush(struct tally *tally)
{
	int error = 0;

	qsort(tally->slots, SLOTS, sizeof(*tally->slots), by_table_and_bucket);
	for (size_t i = 0; i < SLOTS && !error; i++)
		if (tally->slots[i].table)
			error = write_slot(tally, &tally->slots[i]);
	memset(tally->slots, 0, SLOTS * sizeof(*tally->slots));
	tally->used = 0;
	return error ? error : output_done(tally->output);
}
