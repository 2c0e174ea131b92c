/* SPDX-License-Identifier: Apache-2.0 */
#include "base/string_pool.h"

#include "base/array.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct pooled {
	char *text;
	uint32_t length;
	uint32_t hash;
};

struct string_pool {
	struct pooled *strings;
	size_t count;
	size_t capacity;
	uint32_t *slots; /* id + 1, or 0; open addressing, at most half full */
	size_t slot_count;
	size_t text_bytes;
};

static uint32_t hash_bytes(const char *bytes, size_t length)
{
	uint32_t hash = 2166136261u; /* FNV-1a, 32 bits */

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)bytes[i]) * 16777619u;
	return hash;
}

struct string_pool *string_pool_new(void)
{
	return calloc(1, sizeof(struct string_pool));
}

void string_pool_free(struct string_pool *pool)
{
	if (!pool)
		return;
	for (size_t i = 0; i < pool->count; i++)
		free(pool->strings[i].text);
	free(pool->strings);
	free(pool->slots);
	free(pool);
}

/* The slot where this string is, or the free one where it would go. */
static size_t find_slot(const struct string_pool *pool, const char *bytes, size_t length,
			uint32_t hash)
{
	size_t mask = pool->slot_count - 1;
	size_t slot = hash & mask;

	for (; pool->slots[slot]; slot = (slot + 1) & mask) {
		const struct pooled *string = &pool->strings[pool->slots[slot] - 1];

		if (string->hash == hash && string->length == length &&
		    memcmp(string->text, bytes, length) == 0)
			break;
	}
	return slot;
}

static bool grow_slots(struct string_pool *pool)
{
	size_t larger = pool->slot_count ? pool->slot_count * 2 : 64;
	uint32_t *slots = calloc(larger, sizeof(*slots));

	if (!slots)
		return false;
	for (size_t i = 0; i < pool->count; i++) {
		size_t slot = pool->strings[i].hash & (larger - 1);

		while (slots[slot])
			slot = (slot + 1) & (larger - 1);
		slots[slot] = (uint32_t)i + 1;
	}
	free(pool->slots);
	pool->slots = slots;
	pool->slot_count = larger;
	return true;
}

uint64_t string_pool_add_bytes(struct string_pool *pool, const char *bytes, size_t length)
{
	uint32_t hash = hash_bytes(bytes, length);
	struct pooled *string;
	size_t slot;

	if (length >= UINT32_MAX || pool->count >= UINT32_MAX - 1)
		return STRING_NONE;
	if (2 * (pool->count + 1) > pool->slot_count && !grow_slots(pool))
		return STRING_NONE;
	slot = find_slot(pool, bytes, length, hash);
	if (pool->slots[slot])
		return pool->slots[slot] - 1;
	if (ARRAY_RESERVE(pool->strings, pool->capacity, pool->count + 1))
		return STRING_NONE;
	string = &pool->strings[pool->count];
	string->text = malloc(length + 1);
	if (!string->text)
		return STRING_NONE;
	memcpy(string->text, bytes, length);
	string->text[length] = '\0';
	string->length = (uint32_t)length;
	string->hash = hash;
	pool->text_bytes += length + 1;
	pool->slots[slot] = (uint32_t)++pool->count;
	return pool->count - 1;
}

uint64_t string_pool_add(struct string_pool *pool, const char *text)
{
	return string_pool_add_bytes(pool, text, strlen(text));
}

uint64_t string_pool_find(const struct string_pool *pool, const char *text)
{
	size_t length = strlen(text);
	size_t slot;

	if (!pool->slot_count)
		return STRING_NONE;
	slot = find_slot(pool, text, length, hash_bytes(text, length));
	return pool->slots[slot] ? pool->slots[slot] - 1 : STRING_NONE;
}

const char *string_pool_text(const struct string_pool *pool, uint64_t id)
{
	return id < pool->count ? pool->strings[id].text : NULL;
}

size_t string_pool_count(const struct string_pool *pool)
{
	return pool->count;
}

size_t string_pool_bytes(const struct string_pool *pool)
{
	return pool->text_bytes + pool->capacity * sizeof(*pool->strings) +
	       pool->slot_count * sizeof(*pool->slots);
}
