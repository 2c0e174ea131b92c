/* SPDX-License-Identifier: Apache-2.0 */
/* The framing of messages and the tables' rows; header and end are in cdict_pack_ends.c. */
#include "cdict/cdict_pack.h"

#include "base/string_pool.h"
#include "cdict/cdict_switches.h"
#include "cdict/cdict_value.h"

#include <errno.h>
#include <string.h>

/* Text in one message; its integers are bounded by CAPTURE_BATCH_ROWS. */
#define MESSAGE_TEXT_BYTES_MAX (4u << 20)

void cdict_pack_init(struct cdict_pack *pack)
{
	pack->error = 0;
	pack->column_count = 0;
	msgpack_sbuffer_init(&pack->buffer);
	msgpack_packer_init(&pack->packer, &pack->buffer, msgpack_sbuffer_write);
}

void cdict_pack_free(struct cdict_pack *pack)
{
	msgpack_sbuffer_destroy(&pack->buffer);
}

void cdict_pack_restart(struct cdict_pack *pack)
{
	msgpack_sbuffer_clear(&pack->buffer);
	pack->column_count = 0;
	pack->error = 0;
}

static const char *text_at(const struct capture_batch *batch, size_t column, size_t row)
{
	uint64_t id = batch->columns[column][row];

	return id == CAPTURE_NIL ? NULL : string_pool_text(batch->strings, id);
}

#define INTEGER_BYTES_MAX 9
#define INTEGERS_AT_ONCE 256

/* Bytes of a number from the highest on. */
static size_t put_bytes(char *to, uint64_t value, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		to[i] = (char)(value >> 8 * (bytes - 1 - i));
	return bytes;
}

/*
 * As msgpack_pack_uint64 does, the shortest form there is: most of a file is these, and a call of its
 * buffer's write for each of them took a fifth of the recorder's time.
 */
static size_t put_integer(char *to, uint64_t value)
{
	if (value == CAPTURE_NIL) {
		*to = (char)0xc0;
		return 1;
	}
	if (value < 128) {
		*to = (char)value;
		return 1;
	}
	if (value <= UINT8_MAX) {
		*to = (char)0xcc;
		return 1 + put_bytes(to + 1, value, 1);
	}
	if (value <= UINT16_MAX) {
		*to = (char)0xcd;
		return 1 + put_bytes(to + 1, value, 2);
	}
	*to = (char)(value <= UINT32_MAX ? 0xce : 0xcf);
	return 1 + put_bytes(to + 1, value, value <= UINT32_MAX ? 4 : 8);
}

static void pack_bytes(struct cdict_pack *pack, const char *bytes, size_t count)
{
	if (msgpack_sbuffer_write(&pack->buffer, bytes, count))
		pack->error = -ENOMEM;
}

static void pack_integers(struct cdict_pack *pack, const uint64_t *values, size_t count)
{
	char bytes[INTEGER_BYTES_MAX * INTEGERS_AT_ONCE];

	for (size_t i = 0; i < count;) {
		size_t end = count - i < INTEGERS_AT_ONCE ? count : i + INTEGERS_AT_ONCE;
		size_t length = 0;

		for (; i < end; i++)
			length += put_integer(bytes + length, values[i]);
		pack_bytes(pack, bytes, length);
	}
}

#define SHORT_TEXT_BYTES 64

/* The same text often stands in many rows on end: it is cleaned once. */
static void pack_texts(struct cdict_pack *pack, const struct capture_batch *batch, size_t column,
		       size_t from, size_t count)
{
	const uint64_t *ids = batch->columns[column] + from;
	char last[SHORT_TEXT_BYTES];
	size_t length = 0; /* of the packed text in `last`; 0: it was too long */

	for (size_t i = 0; i < count; i++) {
		size_t begin = pack->buffer.size;

		if (i && ids[i] == ids[i - 1] && length) {
			pack_bytes(pack, last, length);
			continue;
		}
		cdict_value_text(pack, text_at(batch, column, from + i));
		length = pack->buffer.size - begin;
		if (length > sizeof(last))
			length = 0;
		memcpy(last, pack->buffer.data + begin, length);
	}
}

static void pack_nils(struct cdict_pack *pack, size_t count)
{
	for (size_t i = 0; i < count; i++)
		cdict_value_integer(pack, CAPTURE_NIL);
}

static void pack_switch_tasks(struct cdict_pack *pack, const struct capture_batch *batch,
			      size_t from, size_t count)
{
	for (size_t i = from; i < from + count; i++)
		cdict_value_integer(pack, i > from && cdict_switches_is_implied(batch, i)
						  ? CAPTURE_NIL
						  : batch->columns[SWITCHES_TASK][i]);
}

/* All columns of the table, also those that are nil all over: they cost next to nothing, and whoever
   strings messages together need not fill in. */
static void pack_columns(struct cdict_pack *pack, const struct capture_batch *batch, size_t from,
			 size_t count)
{
	const struct capture_table_info *info = capture_table_info(batch->table);

	cdict_value_map(pack, info->column_count);
	for (size_t i = 0; i < info->column_count; i++) {
		cdict_value_text(pack, info->columns[i].name);
		cdict_value_array(pack, count);
		if (!batch->columns[i])
			pack_nils(pack, count);
		else if (batch->table == CAPTURE_SWITCHES && i == SWITCHES_TASK)
			pack_switch_tasks(pack, batch, from, count);
		else if (info->columns[i].type == CAPTURE_STRING)
			pack_texts(pack, batch, i, from, count);
		else
			pack_integers(pack, batch->columns[i] + from, count);
		pack->column_ends[pack->column_count++] = pack->buffer.size;
	}
}

void cdict_pack_rows(struct cdict_pack *pack, const struct capture_batch *batch, size_t from,
		     size_t count, uint64_t base_ns)
{
	const struct capture_table_info *info = capture_table_info(batch->table);
	bool has_base = batch->table == CAPTURE_SWITCHES;

	cdict_value_map(pack, 2 + (info->bucketed ? 1 : 0) + (has_base ? 1 : 0));
	cdict_value_key_text(pack, "table", info->name);
	if (info->bucketed)
		cdict_value_key_integer(pack, "bucket_ns", batch->bucket_ns);
	if (has_base)
		cdict_value_key_integer(pack, "base_ns", base_ns);
	cdict_value_text(pack, "columns");
	pack_columns(pack, batch, from, count);
}

static size_t text_bytes(const struct capture_batch *batch, size_t column, size_t row)
{
	const char *text = text_at(batch, column, row);

	return text ? strnlen(text, CDICT_TEXT_BYTES_MAX) : 0;
}

/* How many rows from `from` on, `count` at most, hold so much text in one column; it is taken from
   *room. */
static size_t rows_of_text(const struct capture_batch *batch, size_t column, size_t from,
			   size_t count, size_t *room)
{
	const uint64_t *ids = batch->columns[column] + from;
	size_t bytes = 0;

	for (size_t i = 0; i < count; i++) {
		if (!i || ids[i] != ids[i - 1])
			bytes = text_bytes(batch, column, from + i);
		if (bytes > *room)
			return i;
		*room -= bytes;
	}
	return count;
}

size_t cdict_pack_rows_fit(const struct capture_batch *batch, size_t from)
{
	const struct capture_table_info *info = capture_table_info(batch->table);
	size_t room = MESSAGE_TEXT_BYTES_MAX;
	size_t count = batch->rows - from;

	if (count > CAPTURE_BATCH_ROWS)
		count = CAPTURE_BATCH_ROWS;
	for (size_t i = 0; i < info->column_count; i++)
		if (info->columns[i].type == CAPTURE_STRING && batch->columns[i])
			count = rows_of_text(batch, i, from, count, &room);
	return count ? count : 1;
}

void cdict_pack_index(struct cdict_pack *pack, const struct cdict_index_entry *entries,
		      size_t count)
{
	cdict_value_map(pack, 1);
	cdict_value_text(pack, "index");
	cdict_value_map(pack, 2);
	cdict_value_column_u64(pack, "at_ns", entries, offsetof(struct cdict_index_entry, at_ns),
			       sizeof(*entries), count);
	cdict_value_column_u64(pack, "offset", entries, offsetof(struct cdict_index_entry, offset),
			       sizeof(*entries), count);
}
