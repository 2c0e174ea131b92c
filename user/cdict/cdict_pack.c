/* SPDX-License-Identifier: Apache-2.0 */
/* The framing of messages and the tables' rows; header and end are in cdict_pack_ends.c. */
#include "cdict/cdict_pack.h"

#include "base/string_pool.h"
#include "cdict/cdict_switches.h"
#include "cdict/cdict_value.h"

#include <string.h>

/* Text in one message; its integers are bounded by CAPTURE_BATCH_ROWS. */
#define MESSAGE_TEXT_BYTES_MAX (4u << 20)

void cdict_pack_init(struct cdict_pack *pack)
{
	pack->error = 0;
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
	pack->error = 0;
}

static const char *text_at(const struct capture_batch *batch, size_t column, size_t row)
{
	uint64_t id = batch->columns[column][row];

	return id == CAPTURE_NIL ? NULL : string_pool_text(batch->strings, id);
}

static void pack_integers(struct cdict_pack *pack, const uint64_t *values, size_t count)
{
	for (size_t i = 0; i < count; i++)
		cdict_value_integer(pack, values[i]);
}

static void pack_texts(struct cdict_pack *pack, const struct capture_batch *batch, size_t column,
		       size_t from, size_t count)
{
	for (size_t i = 0; i < count; i++)
		cdict_value_text(pack, text_at(batch, column, from + i));
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

static size_t row_text_bytes(const struct capture_batch *batch, size_t row)
{
	const struct capture_table_info *info = capture_table_info(batch->table);
	size_t bytes = 0;

	for (size_t i = 0; i < info->column_count; i++) {
		const char *text = NULL;

		if (info->columns[i].type == CAPTURE_STRING && batch->columns[i])
			text = text_at(batch, i, row);
		bytes += text ? strnlen(text, CDICT_TEXT_BYTES_MAX) : 0;
	}
	return bytes;
}

size_t cdict_pack_rows_fit(const struct capture_batch *batch, size_t from)
{
	size_t bytes = 0;
	size_t row = from;

	while (row < batch->rows && row - from < CAPTURE_BATCH_ROWS) {
		bytes += row_text_bytes(batch, row);
		if (bytes > MESSAGE_TEXT_BYTES_MAX && row > from)
			break;
		row++;
	}
	return row - from;
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
