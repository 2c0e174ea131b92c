/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Header and end, unpacked into objects by msgpack-c (the bytes have been scanned before).
 * `fault` is sticky; a field that is not there is nil, empty or false.
 */
#ifndef CDICT_CDICT_TREE_H
#define CDICT_CDICT_TREE_H

#include "capture/capture.h"
#include "cdict/cdict_texts.h"

#include <msgpack.h>

struct cdict_tree {
	struct cdict_texts *texts;
	const char *field; /* that the fault is in */
	const char *fault;
};

/* The value of this key, or NULL. `map` may be NULL. */
const msgpack_object *cdict_tree_get(const msgpack_object *map, const char *key);

uint64_t cdict_tree_integer(struct cdict_tree *tree, const msgpack_object *map, const char *key);
/* nil and missing are CAPTURE_NIL for integers; `otherwise` for text. Beyond 32 bits: a fault. */
uint32_t cdict_tree_u32(struct cdict_tree *tree, const msgpack_object *map, const char *key);
const char *cdict_tree_text(struct cdict_tree *tree, const msgpack_object *map, const char *key,
			    const char *otherwise);
bool cdict_tree_bool(const msgpack_object *map, const char *key);
void cdict_tree_words(struct cdict_tree *tree, const msgpack_object *map, const char *key,
		      struct capture_words *words);

/* How long the column `key` of a map of columns is; 0 when it is not there. */
size_t cdict_tree_rows(struct cdict_tree *tree, const msgpack_object *map, const char *key);

/* A column of `count` rows into one field of an array of structs. A missing column is nil (0 for
   u32). */
void cdict_tree_column_u32(struct cdict_tree *tree, const msgpack_object *map, const char *key,
			   uint32_t *fields, size_t stride, size_t count);
void cdict_tree_column_u64(struct cdict_tree *tree, const msgpack_object *map, const char *key,
			   uint64_t *fields, size_t stride, size_t count);

#endif
