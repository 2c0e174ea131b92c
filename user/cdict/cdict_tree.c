/* SPDX-License-Identifier: Apache-2.0 */
#include "cdict/cdict_tree.h"

#include <string.h>

static void fail(struct cdict_tree *tree, const char *field, const char *fault)
{
	if (tree->fault)
		return;
	tree->field = field;
	tree->fault = fault;
}

const msgpack_object *cdict_tree_get(const msgpack_object *map, const char *key)
{
	if (!map || map->type != MSGPACK_OBJECT_MAP)
		return NULL;
	for (uint32_t i = 0; i < map->via.map.size; i++) {
		const msgpack_object_kv *pair = &map->via.map.ptr[i];

		if (pair->key.type == MSGPACK_OBJECT_STR && pair->key.via.str.size == strlen(key) &&
		    memcmp(pair->key.via.str.ptr, key, strlen(key)) == 0)
			return &pair->val;
	}
	return NULL;
}

static uint64_t integer(struct cdict_tree *tree, const msgpack_object *object, const char *field)
{
	if (!object || object->type == MSGPACK_OBJECT_NIL)
		return CAPTURE_NIL;
	if (object->type == MSGPACK_OBJECT_POSITIVE_INTEGER && object->via.u64 != CAPTURE_NIL)
		return object->via.u64;
	fail(tree, field, "not an unsigned integer");
	return CAPTURE_NIL;
}

uint64_t cdict_tree_integer(struct cdict_tree *tree, const msgpack_object *map, const char *key)
{
	return integer(tree, cdict_tree_get(map, key), key);
}

static uint32_t narrow(struct cdict_tree *tree, uint64_t number, const char *field)
{
	if (number == CAPTURE_NIL)
		return 0;
	if (number > UINT32_MAX)
		fail(tree, field, "too large");
	return (uint32_t)number;
}

uint32_t cdict_tree_u32(struct cdict_tree *tree, const msgpack_object *map, const char *key)
{
	return narrow(tree, cdict_tree_integer(tree, map, key), key);
}

static const char *text(struct cdict_tree *tree, const msgpack_object *object, const char *field,
			const char *otherwise)
{
	const char *kept;

	if (!object || object->type == MSGPACK_OBJECT_NIL)
		return otherwise;
	if (object->type != MSGPACK_OBJECT_STR) {
		fail(tree, field, "not a string");
		return otherwise;
	}
	kept = cdict_texts_keep(tree->texts, object->via.str.ptr, object->via.str.size);
	if (!kept)
		fail(tree, field, "too long a string");
	return kept ? kept : otherwise;
}

const char *cdict_tree_text(struct cdict_tree *tree, const msgpack_object *map, const char *key,
			    const char *otherwise)
{
	return text(tree, cdict_tree_get(map, key), key, otherwise);
}

bool cdict_tree_bool(const msgpack_object *map, const char *key)
{
	const msgpack_object *object = cdict_tree_get(map, key);

	return object && object->type == MSGPACK_OBJECT_BOOLEAN && object->via.boolean;
}

/* The array of this key; NULL when it is not there or something else. */
static const msgpack_object_array *array(struct cdict_tree *tree, const msgpack_object *map,
					 const char *key)
{
	const msgpack_object *object = cdict_tree_get(map, key);

	if (!object)
		return NULL;
	if (object->type == MSGPACK_OBJECT_ARRAY)
		return &object->via.array;
	fail(tree, key, "not an array");
	return NULL;
}

void cdict_tree_words(struct cdict_tree *tree, const msgpack_object *map, const char *key,
		      struct capture_words *words)
{
	const msgpack_object_array *items = array(tree, map, key);

	words->count = 0;
	for (uint32_t i = 0; items && i < items->size; i++) {
		if (words->count == CAPTURE_WORDS_MAX) {
			fail(tree, key, "too many words");
			return;
		}
		words->words[words->count++] = text(tree, &items->ptr[i], key, "");
	}
}

size_t cdict_tree_rows(struct cdict_tree *tree, const msgpack_object *map, const char *key)
{
	const msgpack_object_array *items = array(tree, map, key);

	return items ? items->size : 0;
}

/* The column's items when there are as many as there should be. */
static const msgpack_object *column(struct cdict_tree *tree, const msgpack_object *map,
				    const char *key, size_t count)
{
	const msgpack_object_array *items = array(tree, map, key);

	if (items && items->size != count) {
		fail(tree, key, "columns of different lengths");
		return NULL;
	}
	return items ? items->ptr : NULL;
}

void cdict_tree_column_u32(struct cdict_tree *tree, const msgpack_object *map, const char *key,
			   uint32_t *fields, size_t stride, size_t count)
{
	const msgpack_object *items = column(tree, map, key, count);

	for (size_t i = 0; i < count; i++)
		*(uint32_t *)((char *)fields + i * stride) =
			items ? narrow(tree, integer(tree, &items[i], key), key) : 0;
}

void cdict_tree_column_u64(struct cdict_tree *tree, const msgpack_object *map, const char *key,
			   uint64_t *fields, size_t stride, size_t count)
{
	const msgpack_object *items = column(tree, map, key, count);

	for (size_t i = 0; i < count; i++)
		*(uint64_t *)((char *)fields + i * stride) =
			items ? integer(tree, &items[i], key) : CAPTURE_NIL;
}
