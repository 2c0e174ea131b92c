/* SPDX-License-Identifier: Apache-2.0 */
#include "cdict/cdict_texts.h"

#include "base/string_pool.h"
#include "base/clean.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int cdict_texts_init(struct cdict_texts *texts)
{
	*texts = (struct cdict_texts){ 0 };
	texts->pool = string_pool_new();
	texts->buffer = malloc(CDICT_STRING_BYTES_MAX + 1);
	if (texts->pool && texts->buffer)
		return 0;
	cdict_texts_free(texts);
	return -ENOMEM;
}

void cdict_texts_free(struct cdict_texts *texts)
{
	string_pool_free(texts->pool);
	free(texts->buffer);
	*texts = (struct cdict_texts){ 0 };
}

static int pool_id(struct cdict_texts *texts, const char *bytes, size_t length, uint64_t *id)
{
	if (length > CDICT_STRING_BYTES_MAX ||
	    string_pool_bytes(texts->pool) + length > CDICT_POOL_BYTES_MAX)
		return -E2BIG;
	memcpy(texts->buffer, bytes, length);
	texts->buffer[length] = '\0';
	clean_text(texts->buffer, length);
	*id = string_pool_add_bytes(texts->pool, texts->buffer, length);
	return *id == STRING_NONE ? -ENOMEM : 0;
}

static size_t cache_slot(const char padded[CDICT_CACHED_BYTES], size_t length)
{
	uint64_t start;

	memcpy(&start, padded, sizeof(start));
	return (size_t)(((start ^ length) * 0x9e3779b97f4a7c15u) >> 58); /* 64 slots */
}

int cdict_texts_id(struct cdict_texts *texts, const char *bytes, size_t length, uint64_t *id)
{
	char padded[CDICT_CACHED_BYTES] = { 0 };
	size_t slot;
	int err;

	if (!length || length > CDICT_CACHED_BYTES)
		return pool_id(texts, bytes, length, id);
	memcpy(padded, bytes, length);
	slot = cache_slot(padded, length);
	if (texts->cache[slot].length == length &&
	    memcmp(texts->cache[slot].bytes, padded, CDICT_CACHED_BYTES) == 0) {
		*id = texts->cache[slot].id;
		return 0;
	}
	err = pool_id(texts, bytes, length, id);
	if (err)
		return err;
	memcpy(texts->cache[slot].bytes, padded, CDICT_CACHED_BYTES);
	texts->cache[slot].length = length;
	texts->cache[slot].id = *id;
	return 0;
}

const char *cdict_texts_keep(struct cdict_texts *texts, const char *bytes, size_t length)
{
	uint64_t id;

	if (cdict_texts_id(texts, bytes, length, &id))
		return NULL;
	return string_pool_text(texts->pool, id);
}
