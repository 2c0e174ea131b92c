/* SPDX-License-Identifier: Apache-2.0 */
#include "account/cells.h"

#include "base/array.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_SLOTS 4096

int cells_init(struct cells *cells)
{
	cells->slots = calloc(FIRST_SLOTS, sizeof(*cells->slots));
	cells->slot_count = FIRST_SLOTS;
	return cells->slots ? 0 : -ENOMEM;
}

void cells_free(struct cells *cells)
{
	free(cells->slots);
	free(cells->older);
}

static struct cell_slot *find(struct cell_slot *slots, size_t slot_count, uint64_t key)
{
	size_t slot = (key * 0x9e3779b97f4a7c15ULL >> 32) & (slot_count - 1);

	while (slots[slot].key && slots[slot].key != key)
		slot = (slot + 1) & (slot_count - 1);
	return &slots[slot];
}

static int grow(struct cells *cells)
{
	struct cell_slot *slots = calloc(cells->slot_count * 2, sizeof(*slots));

	if (!slots)
		return -ENOMEM;
	for (size_t i = 0; i < cells->slot_count; i++)
		if (cells->slots[i].key)
			*find(slots, cells->slot_count * 2, cells->slots[i].key) = cells->slots[i];
	free(cells->slots);
	cells->slots = slots;
	cells->slot_count *= 2;
	return 0;
}

static int append(struct cells *cells, uint64_t start_ns, uint64_t key, uint64_t count)
{
	if (ARRAY_RESERVE(cells->older, cells->older_capacity, cells->older_count + 1))
		return -ENOMEM;
	cells->older[cells->older_count++] =
		(struct sort_item){ .high = start_ns, .low = key, .value = count };
	return 0;
}

int cells_add(struct cells *cells, uint64_t start_ns, uint64_t key)
{
	struct cell_slot *slot;

	if (start_ns != cells->start_ns)
		return append(cells, start_ns, key, 1);
	slot = find(cells->slots, cells->slot_count, key);
	slot->count++;
	if (slot->key)
		return 0;
	slot->key = key;
	if (++cells->slots_used * 2 < cells->slot_count)
		return 0;
	return grow(cells);
}

/* A table that is far too large now would cost at every bucket. It is empty. */
static void shrink(struct cells *cells, size_t used)
{
	struct cell_slot *slots;

	if (cells->slot_count <= FIRST_SLOTS || used * 16 > cells->slot_count)
		return;
	slots = realloc(cells->slots, cells->slot_count / 2 * sizeof(*slots));
	if (!slots)
		return;
	cells->slots = slots;
	cells->slot_count /= 2;
}

int cells_advance(struct cells *cells, uint64_t start_ns)
{
	size_t used = cells->slots_used;
	int error = 0;

	for (size_t i = 0; i < cells->slot_count && used && !error; i++)
		if (cells->slots[i].key)
			error = append(cells, cells->start_ns, cells->slots[i].key,
				       cells->slots[i].count);
	if (used)
		memset(cells->slots, 0, cells->slot_count * sizeof(*cells->slots));
	shrink(cells, used);
	cells->slots_used = 0;
	cells->start_ns = start_ns;
	return error;
}
