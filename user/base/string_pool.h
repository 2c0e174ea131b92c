/* SPDX-License-Identifier: Apache-2.0 */
/* Strings kept once each, named by small numbers: equal strings have equal ids. */
#ifndef BASE_STRING_POOL_H
#define BASE_STRING_POOL_H

#include <stddef.h>
#include <stdint.h>

struct string_pool;

#define STRING_NONE UINT64_MAX /* no string, or no memory for it */

/* An empty pool, or NULL without memory. */
struct string_pool *string_pool_new(void);
void string_pool_free(struct string_pool *pool);

/* The id of this string, 0, 1, 2... in order of first sight; STRING_NONE without memory. */
uint64_t string_pool_add(struct string_pool *pool, const char *text);
uint64_t string_pool_add_bytes(struct string_pool *pool, const char *bytes, size_t length);

/* The id of this string, or STRING_NONE when it was never added. */
uint64_t string_pool_find(const struct string_pool *pool, const char *text);

/* The text of an id, ended by NUL, valid as long as the pool; NULL for an id not given out. */
const char *string_pool_text(const struct string_pool *pool, uint64_t id);

/* Lets go of every string whose bit is not set in `kept` (a bit an id, the lowest first, for as many as
   string_pool_ids() says); their ids are given to others later. */
void string_pool_keep(struct string_pool *pool, const uint64_t *kept);

/* All ids given out so far are below this. */
size_t string_pool_ids(const struct string_pool *pool);

/* How many strings there are, and the bytes of memory the pool holds. */
size_t string_pool_count(const struct string_pool *pool);
size_t string_pool_bytes(const struct string_pool *pool);

#endif
