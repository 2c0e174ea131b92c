/* SPDX-License-Identifier: Apache-2.0 */
#include "base/string_pool.h"

#include "base/array.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

struct pooled {
	char *text;	 /* NULL: let go of */
	uint32_t length; /* then: id + 1 of the next such */
	uint32_t hash;
};

struct string_pool {
	struct pooled *strings;
	size_t count;	    /* of ids */
	size_t spare_count; /* of them, without a string */
	uint32_t spare;	    /* the first, + 1 */
	size_t capacity;
	uint32_t *slots; /* id + 1, or 0; open addressing, at most half full */
	size_t slot_count;
	size_t text_bytes;
	uint32_t seed;
};

/*
 * FNV-1a, 32 bits. Who writes a capture chooses its names: hashes that can be known before would let
 * them all fall into one slot, and each be compared with all others.
 */
static uint32_t hash_bytes(const struct string_pool *pool, const char *bytes, size_t length)
{
	uint32_t hash = 2166136261u ^ pool->seed;

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)bytes[i]) * 16777619u;
	return hash;
}

struct string_pool *string_pool_new(void)
{
	struct string_pool *pool = calloc(1, sizeof(*pool));

	/* without random bytes, which is early at boot only, hashes are FNV's own */
	if (pool && getrandom(&pool->seed, sizeof(pool->seed), GRND_NONBLOCK) < 0)
		pool->seed = 0;
	return pool;
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

/* All strings into slots that are free. */
static void fill_slots(const struct string_pool *pool, uint32_t *slots, size_t slot_count)
{
	for (size_t i = 0; i < pool->count; i++) {
		size_t slot = pool->strings[i].hash & (slot_count - 1);

		if (!pool->strings[i].text)
			continue;
		while (slots[slot])
			slot = (slot + 1) & (slot_count - 1);
		slots[slot] = (uint32_t)i + 1;
	}
}

static bool grow_slots(struct string_pool *pool)
{
	size_t larger = pool->slot_count ? pool->slot_count * 2 : 64;
	uint32_t *slots = calloc(larger, sizeof(*slots));

	if (!slots)
		return false;
	fill_slots(pool, slots, larger);
	free(pool->slots);
	pool->slots = slots;
	pool->slot_count = larger;
	return true;
}

/* One whose string is gone, or else the next. */
static uint32_t take_id(struct string_pool *pool)
{
	uint32_t id;

	if (!pool->spare)
		return (uint32_t)pool->count++;
	id = pool->spare - 1;
	pool->spare = pool->strings[id].length;
	pool->spare_count--;
	return id;
}

uint64_t string_pool_add_bytes(struct string_pool *pool, const char *bytes, size_t length)
{
	uint32_t hash = hash_bytes(pool, bytes, length);
	uint32_t id;
	char *text;
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
	text = malloc(length + 1);
	if (!text)
		return STRING_NONE;
	memcpy(text, bytes, length);
	text[length] = '\0';
	id = take_id(pool);
	pool->strings[id] = (struct pooled){ text, (uint32_t)length, hash };
	pool->text_bytes += length + 1;
	pool->slots[slot] = id + 1;
	return id;
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
	slot = find_slot(pool, text, length, hash_bytes(pool, text, length));
	return pool->slots[slot] ? pool->slots[slot] - 1 : STRING_NONE;
}

const char *string_pool_text(const struct string_pool *pool, uint64_t id)
{
	return id < pool->count ? pool->strings[id].text : NULL;
}

static void let_go(struct string_pool *pool, uint32_t id)
{
	struct pooled *string = &pool->strings[id];

	pool->text_bytes -= string->length + 1;
	free(string->text);
	string->text = NULL;
	string->length = pool->spare;
	pool->spare = id + 1;
	pool->spare_count++;
}

void string_pool_keep(struct string_pool *pool, const uint64_t *kept)
{
	for (size_t i = 0; i < pool->count; i++)
		if (pool->strings[i].text && !(kept[i >> 6] >> (i & 63) & 1))
			let_go(pool, (uint32_t)i);
	if (!pool->slot_count)
		return;
	memset(pool->slots, 0, pool->slot_count * sizeof(*pool->slots));
	fill_slots(pool, pool->slots, pool->slot_count);
}

size_t string_pool_ids(const struct string_pool *pool)
{
	return pool->count;
}

size_t string_pool_count(const struct string_pool *pool)
{
	return pool->count - pool->spare_count;
}

size_t string_pool_bytes(const struct string_pool *pool)
{
	return pool->text_bytes + pool->capacity * sizeof(*pool->strings) +
	       pool->slot_count * sizeof(*pool->slots);
}
