/* SPDX-License-Identifier: Apache-2.0 */
/* A map from any 64-bit number to a small one. */
#ifndef BASE_NUMBER_MAP_H
#define BASE_NUMBER_MAP_H

#include <stddef.h>
#include <stdint.h>

#define NUMBER_MAP_NONE UINT32_MAX

struct number_map {
	struct number_map_slot *slots; /* open addressing, at most half full */
	size_t slot_count;
	size_t count;
};

/* A map of zero bytes is an empty one. */
void number_map_free(struct number_map *map);

/* The value of this key, or NUMBER_MAP_NONE. */
uint32_t number_map_find(const struct number_map *map, uint64_t key);

/* Adds a key that is not in the map yet; the value is below NUMBER_MAP_NONE. 0 or -ENOMEM. */
int number_map_add(struct number_map *map, uint64_t key, uint32_t value);

#endif
