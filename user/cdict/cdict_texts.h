/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The strings of a file as ids of one pool, cleaned, and bounded in all. A small cache spares the
 * pool the words that come in every row ("run", "sleep").
 */
#ifndef CDICT_CDICT_TEXTS_H
#define CDICT_CDICT_TEXTS_H

#include <stddef.h>
#include <stdint.h>

struct string_pool;

/* More text than this in one file is refused, and so is a longer single string. */
#define CDICT_POOL_BYTES_MAX ((size_t)64 << 20)
#define CDICT_STRING_BYTES_MAX 65536

#define CDICT_CACHED_BYTES 16
#define CDICT_CACHE_SLOTS 64

struct cdict_texts {
	struct string_pool *pool;
	char *buffer; /* to clean in */
	struct {
		char bytes[CDICT_CACHED_BYTES];
		uint64_t length; /* 0: free */
		uint64_t id;
	} cache[CDICT_CACHE_SLOTS];
};

/* 0 or -ENOMEM. */
int cdict_texts_init(struct cdict_texts *texts);
void cdict_texts_free(struct cdict_texts *texts);

/* The id of the cleaned string: 0, -ENOMEM, or -E2BIG beyond the bounds. */
int cdict_texts_id(struct cdict_texts *texts, const char *bytes, size_t length, uint64_t *id);

/* The same as text that lives as long as the pool; NULL on an error. */
const char *cdict_texts_keep(struct cdict_texts *texts, const char *bytes, size_t length);

#endif
