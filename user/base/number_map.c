/* SPDX-License-Identifier: Apache-2.0 */
#include "base/number_map.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct number_map_slot {
	uint64_t key;
	uint32_t value_plus_1; /* 0: free */
};

/* The finaliser of MurmurHash3 (public domain): every bit of the key moves half of the result. */
static uint64_t mix(uint64_t key)
{
	key = (key ^ (key >> 33)) * 0xff51afd7ed558ccdULL;
	key = (key ^ (key >> 33)) * 0xc4ceb9fe1a85ec53ULL;
	return key ^ (key >> 33);
}

void number_map_free(struct number_map *map)
{
	free(map->slots);
	memset(map, 0, sizeof(*map));
}

/* Where this key is, or the free slot where it would go. */
static struct number_map_slot *find_slot(const struct number_map *map, uint64_t key)
{
	size_t mask = map->slot_count - 1;
	size_t slot = mix(key) & mask;

	while (map->slots[slot].value_plus_1 && map->slots[slot].key != key)
		slot = (slot + 1) & mask;
	return &map->slots[slot];
}

uint32_t number_map_find(const struct number_map *map, uint64_t key)
{
	/* a free slot holds 0, and 0 - 1 is NUMBER_MAP_NONE */
	return map->slot_count ? find_slot(map, key)->value_plus_1 - 1 : NUMBER_MAP_NONE;
}

static int grow(struct number_map *map)
{
	struct number_map larger = { .slot_count = map->slot_count ? map->slot_count * 2 : 64 };

	larger.slots = calloc(larger.slot_count, sizeof(*larger.slots));
	if (!larger.slots)
		return -ENOMEM;
	for (size_t i = 0; i < map->slot_count; i++)
		if (map->slots[i].value_plus_1)
			*find_slot(&larger, map->slots[i].key) = map->slots[i];
	larger.count = map->count;
	free(map->slots);
	*map = larger;
	return 0;
}

int number_map_add(struct number_map *map, uint64_t key, uint32_t value)
{
	if (2 * (map->count + 1) > map->slot_count && grow(map))
		return -ENOMEM;
	*find_slot(map, key) = (struct number_map_slot){ key, value + 1 };
	map->count++;
	return 0;
}
