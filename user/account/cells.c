/* SPDX-License-Identifier: Apache-2.0 */
#include "account/cells.h"

#include "base/array.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_SLOTS 1024
#define STEP_MASK ((uint64_t)HISTOGRAM_STEPS - 1)

_Static_assert(HISTOGRAM_STEPS == 8, "an octave is a power of two of bins");

int cells_init(struct cells *cells)
{
	cells->slots = calloc(FIRST_SLOTS, sizeof(*cells->slots));
	cells->slot_count = FIRST_SLOTS;
	return cells->slots ? 0 : -ENOMEM;
}

void cells_free(struct cells *cells)
{
	free(cells->octaves);
	free(cells->slots);
	free(cells->older);
}

static int append(struct cells *cells, uint64_t start_ns, uint64_t key, uint64_t count)
{
	if (ARRAY_RESERVE(cells->older, cells->older_capacity, cells->older_count + 1))
		return -ENOMEM;
	cells->older[cells->older_count++] =
		(struct sort_item){ .high = start_ns, .low = key, .value = count };
	return 0;
}

/* ---- the hash ---- */

/* Where this octave is, or the free slot where it would go. */
static uint32_t *find_slot(const struct cells *cells, uint64_t key)
{
	size_t mask = cells->slot_count - 1;
	size_t slot = (key * 0x9e3779b97f4a7c15ULL >> 32) & mask;

	while (cells->slots[slot] && cells->octaves[cells->slots[slot] - 1].key != key)
		slot = (slot + 1) & mask;
	return &cells->slots[slot];
}

static int resize(struct cells *cells, size_t slot_count)
{
	uint32_t *slots = calloc(slot_count, sizeof(*slots));

	if (!slots)
		return -ENOMEM;
	free(cells->slots);
	cells->slots = slots;
	cells->slot_count = slot_count;
	for (size_t i = 0; i < cells->octave_count; i++)
		*find_slot(cells, cells->octaves[i].key) = (uint32_t)i + 1;
	return 0;
}

static int add_octave(struct cells *cells, uint64_t key)
{
	if (ARRAY_RESERVE(cells->octaves, cells->octave_capacity, cells->octave_count + 1))
		return -ENOMEM;
	if (cells->octave_count * 2 >= cells->slot_count && resize(cells, cells->slot_count * 2))
		return -ENOMEM;
	cells->octaves[cells->octave_count] = (struct cell_octave){ .key = key };
	*find_slot(cells, key) = (uint32_t)++cells->octave_count;
	return 0;
}

int cells_add(struct cells *cells, uint64_t start_ns, uint64_t key)
{
	uint64_t octave_key = key & ~STEP_MASK;
	uint16_t *count;
	uint32_t index;

	if (start_ns != cells->start_ns)
		return append(cells, start_ns, key, 1);
	index = *find_slot(cells, octave_key);
	if (!index) {
		if (add_octave(cells, octave_key))
			return -ENOMEM;
		index = (uint32_t)cells->octave_count;
	}
	count = &cells->octaves[index - 1].counts[key & STEP_MASK];
	cells->count += !*count;
	if (++*count < UINT16_MAX)
		return 0;
	*count = 0;
	return append(cells, start_ns, key, UINT16_MAX);
}

/* ---- the next bucket ---- */

static int by_key(const void *a, const void *b)
{
	const struct cell_octave *x = a, *y = b;

	return x->key < y->key ? -1 : x->key > y->key;
}

/* In order, so that what is written need not be sorted again. */
static int move_octaves(struct cells *cells)
{
	int error = 0;

	if (cells->octave_count)
		qsort(cells->octaves, cells->octave_count, sizeof(*cells->octaves), by_key);
	for (size_t i = 0; i < cells->octave_count && !error; i++)
		for (size_t step = 0; step < HISTOGRAM_STEPS && !error; step++)
			if (cells->octaves[i].counts[step])
				error = append(cells, cells->start_ns, cells->octaves[i].key + step,
					       cells->octaves[i].counts[step]);
	return error;
}

int cells_advance(struct cells *cells, uint64_t start_ns)
{
	int error = move_octaves(cells);
	size_t used = cells->octave_count;

	cells->octave_count = 0;
	cells->count = 0;
	cells->start_ns = start_ns;
	/* a hash that is far too large now would cost at every bucket */
	if (!error && cells->slot_count > FIRST_SLOTS && used * 16 < cells->slot_count)
		return resize(cells, cells->slot_count / 2);
	if (used)
		memset(cells->slots, 0, cells->slot_count * sizeof(*cells->slots));
	return error;
}
