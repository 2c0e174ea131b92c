/* SPDX-License-Identifier: Apache-2.0 */
#include "cdict/cdict_value.h"

#include "base/clean.h"

#include <errno.h>
#include <string.h>

/* msgpack-c returns what the buffer's write returned: other than 0 is no memory. */
static void keep(struct cdict_pack *pack, int result)
{
	if (result)
		pack->error = -ENOMEM;
}

void cdict_value_map(struct cdict_pack *pack, size_t pairs)
{
	keep(pack, msgpack_pack_map(&pack->packer, pairs));
}

void cdict_value_array(struct cdict_pack *pack, size_t items)
{
	keep(pack, msgpack_pack_array(&pack->packer, items));
}

void cdict_value_bool(struct cdict_pack *pack, bool value)
{
	keep(pack, value ? msgpack_pack_true(&pack->packer) : msgpack_pack_false(&pack->packer));
}

void cdict_value_integer(struct cdict_pack *pack, uint64_t value)
{
	keep(pack, value == CAPTURE_NIL ? msgpack_pack_nil(&pack->packer)
					: msgpack_pack_uint64(&pack->packer, value));
}

static void pack_bytes(struct cdict_pack *pack, const char *bytes, size_t length)
{
	keep(pack, msgpack_pack_str(&pack->packer, length));
	keep(pack, msgpack_pack_str_body(&pack->packer, bytes, length));
}

void cdict_value_text(struct cdict_pack *pack, const char *text)
{
	char clean[CDICT_TEXT_BYTES_MAX + 1];
	size_t length;

	if (!text) {
		cdict_value_integer(pack, CAPTURE_NIL);
		return;
	}
	length = strnlen(text, CDICT_TEXT_BYTES_MAX);
	if (clean_is(text, length)) {
		pack_bytes(pack, text, length);
		return;
	}
	memcpy(clean, text, length);
	clean[length] = '\0';
	clean_text(clean, length);
	pack_bytes(pack, clean, length);
}

void cdict_value_key_integer(struct cdict_pack *pack, const char *key, uint64_t value)
{
	cdict_value_text(pack, key);
	cdict_value_integer(pack, value);
}

void cdict_value_key_text(struct cdict_pack *pack, const char *key, const char *text)
{
	cdict_value_text(pack, key);
	cdict_value_text(pack, text);
}

void cdict_value_column_u32(struct cdict_pack *pack, const char *key, const void *structs,
			    size_t field, size_t stride, size_t count)
{
	cdict_value_text(pack, key);
	cdict_value_array(pack, count);
	for (size_t i = 0; i < count; i++)
		cdict_value_integer(
			pack, *(const uint32_t *)((const char *)structs + i * stride + field));
}

void cdict_value_column_u64(struct cdict_pack *pack, const char *key, const void *structs,
			    size_t field, size_t stride, size_t count)
{
	cdict_value_text(pack, key);
	cdict_value_array(pack, count);
	for (size_t i = 0; i < count; i++)
		cdict_value_integer(
			pack, *(const uint64_t *)((const char *)structs + i * stride + field));
}
