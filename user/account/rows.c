/* SPDX-License-Identifier: Apache-2.0 */
#include "account/rows.h"

#include "base/array.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_SLOTS 1024

int rows_init(struct rows *rows)
{
	rows->slots = calloc(FIRST_SLOTS, sizeof(*rows->slots));
	rows->slot_count = FIRST_SLOTS;
	if (!rows->slots)
		return -ENOMEM;
	/* hints point at item 0 at first, so it must be there */
	return ARRAY_RESERVE(rows->items, rows->capacity, FIRST_SLOTS);
}

void rows_free(struct rows *rows)
{
	free(rows->items);
	free(rows->slots);
}

static size_t slot_of(const struct rows *rows, uint32_t task, uint16_t cpu)
{
	uint64_t hash = ((uint64_t)task << 16 | cpu) * 0x9e3779b97f4a7c15ULL;

	return (hash >> 32) & (rows->slot_count - 1);
}

/* Index of a new row, or UINT32_MAX. */
static uint32_t append(struct rows *rows, uint64_t start_ns, uint32_t task, uint16_t cpu)
{
	if (rows->count >= UINT32_MAX - 1 ||
	    ARRAY_RESERVE(rows->items, rows->capacity, rows->count + 1))
		return UINT32_MAX;
	rows->items[rows->count] = (struct row){ .start_ns = start_ns, .task = task, .cpu = cpu };
	return (uint32_t)rows->count++;
}

static void put(struct rows *rows, uint32_t index)
{
	const struct row *row = &rows->items[index];
	size_t slot = slot_of(rows, row->task, row->cpu);

	while (rows->slots[slot])
		slot = (slot + 1) & (rows->slot_count - 1);
	rows->slots[slot] = index + 1;
	rows->slots_used++;
}

/* Puts the current bucket's rows, which begin at `current`, into an empty hash. */
static void fill_slots(struct rows *rows)
{
	rows->slots_used = 0;
	for (size_t i = rows->current; i < rows->count; i++)
		if (rows->items[i].start_ns == rows->start_ns)
			put(rows, (uint32_t)i);
}

static int grow(struct rows *rows)
{
	uint32_t *slots = calloc(rows->slot_count * 2, sizeof(*slots));

	if (!slots)
		return -ENOMEM;
	free(rows->slots);
	rows->slots = slots;
	rows->slot_count *= 2;
	fill_slots(rows);
	return 0;
}

uint32_t rows_find(struct rows *rows, uint64_t start_ns, uint32_t task, uint16_t cpu)
{
	size_t slot = slot_of(rows, task, cpu);
	uint32_t index;

	if (start_ns != rows->start_ns)
		return append(rows, start_ns, task, cpu);
	for (; rows->slots[slot]; slot = (slot + 1) & (rows->slot_count - 1)) {
		const struct row *row = &rows->items[rows->slots[slot] - 1];

		if (row->task == task && row->cpu == cpu)
			return rows->slots[slot] - 1;
	}
	if (rows->slots_used * 2 >= rows->slot_count && grow(rows))
		return UINT32_MAX;
	index = append(rows, start_ns, task, cpu);
	if (index != UINT32_MAX)
		put(rows, index);
	return index;
}

static void clear_slots(struct rows *rows)
{
	if (rows->slots_used)
		memset(rows->slots, 0, rows->slot_count * sizeof(*rows->slots));
	rows->slots_used = 0;
}

/* A hash that is far too large now would cost at every bucket. */
static void shrink(struct rows *rows)
{
	uint32_t *slots;

	if (rows->slot_count <= FIRST_SLOTS || rows->slots_used * 16 > rows->slot_count)
		return;
	slots = realloc(rows->slots, rows->slot_count / 2 * sizeof(*slots));
	if (!slots)
		return;
	memset(slots, 0, rows->slot_count / 2 * sizeof(*slots));
	rows->slots = slots;
	rows->slot_count /= 2;
	rows->slots_used = 0;
}

void rows_advance(struct rows *rows, uint64_t start_ns)
{
	shrink(rows);
	clear_slots(rows);
	rows->current = rows->count;
	rows->start_ns = start_ns;
}

void row_add(struct row *sum, const struct row *more)
{
	sum->wait_flags |= more->wait_flags;
	sum->run_ns += more->run_ns;
	sum->wait_ns += more->wait_ns;
	sum->switches += more->switches;
	sum->voluntary += more->voluntary;
	sum->involuntary += more->involuntary;
	sum->migrations += more->migrations;
	if (more->wait_max_ns > sum->wait_max_ns) {
		sum->wait_max_ns = more->wait_max_ns;
		sum->wait_max_at_ns = more->wait_max_at_ns;
	}
}

void rows_drop(struct rows *rows, uint64_t until_ns)
{
	size_t kept = 0;

	clear_slots(rows);
	for (size_t i = 0; i < rows->count; i++)
		if (rows->items[i].start_ns >= until_ns)
			rows->items[kept++] = rows->items[i];
	rows->count = kept;
	rows->current = 0;
	fill_slots(rows);
}
