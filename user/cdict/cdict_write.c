/* SPDX-License-Identifier: Apache-2.0 */
/* The writer: a sink that packs messages into members and members into the file. */
#include "cdict/cdict.h"

#include "base/array.h"
#include "cdict/cdict_file.h"
#include "cdict/cdict_member.h"
#include "cdict/cdict_pack.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A member is closed at the first flush, or when it holds so much before that. */
#define MEMBER_RAW_BYTES (4u << 20)

/* Room for the end message on a full disk: the proof of so many CPUs, and per index entry. */
#define END_BYTES (64u << 10)
#define END_BYTES_PER_CPU 128	/* 9 numbers, 82 bytes at most */
#define END_BYTES_PER_MEMBER 20 /* 2 numbers, 18 bytes at most */
#define INDEX_ENTRIES 65536	/* in one message */

struct cdict_writer {
	struct capture_sink sink;
	struct cdict_file file;
	struct cdict_member member;
	struct cdict_pack pack;
	uint64_t rows[CAPTURE_TABLES];		/* pushed so far */
	uint64_t rows_safe[CAPTURE_TABLES];	/* in members that are written */
	uint64_t rows_previous[CAPTURE_TABLES]; /* the same before the last member */
	struct cdict_index_entry *index;
	size_t index_count;
	size_t index_capacity;
	uint64_t flushed_ns;
	size_t cpu_count;
	bool has_header;
	int error;     /* of the first write that failed; only a cut back helps */
	bool cut_back; /* rows are no longer taken: the disk is full */
	bool ended;
};

static struct cdict_writer *writer_of(struct capture_sink *sink)
{
	return (struct cdict_writer *)sink; /* its first member */
}

static uint64_t end_room(const struct cdict_writer *writer)
{
	return END_BYTES + writer->cpu_count * END_BYTES_PER_CPU +
	       (writer->index_count + 1) * END_BYTES_PER_MEMBER;
}

/* Fewer rows than this are not worth codes of their own. */
#define TURN_ROWS 1024

static bool is_count(const char *column)
{
	static const char *const counts[] = { "cpu",	     "switches",   "voluntary",
					      "involuntary", "migrations", "count" };

	for (size_t i = 0; i < ARRAY_LENGTH(counts); i++)
		if (strcmp(column, counts[i]) == 0)
			return true;
	return false;
}

/* Column by column: a block of deflate each, as what is in one is not like what is in another. */
static int add_columns(struct cdict_writer *writer, const struct capture_table_info *info)
{
	const struct cdict_pack *pack = &writer->pack;
	size_t begin = 0;
	int err = 0;

	for (size_t i = 0; i < pack->column_count && !err; i++) {
		err = cdict_member_turn(&writer->member, is_count(info->columns[i].name));
		if (!err)
			err = cdict_member_add(&writer->member, pack->buffer.data + begin,
					       pack->column_ends[i] - begin);
		begin = pack->column_ends[i];
	}
	return err ? err : cdict_member_turn(&writer->member, false);
}

/* Moves what was packed into the member. */
static int add_packed(struct cdict_writer *writer)
{
	int err = writer->pack.error;

	if (!err)
		err = cdict_member_add(&writer->member, writer->pack.buffer.data,
				       writer->pack.buffer.size);
	cdict_pack_restart(&writer->pack);
	return err;
}

static int add_rows(struct cdict_writer *writer, const struct capture_table_info *info,
		    size_t count)
{
	int err = writer->pack.error;

	if (err || count < TURN_ROWS)
		return add_packed(writer);
	err = add_columns(writer, info);
	cdict_pack_restart(&writer->pack);
	return err;
}

static int add_index_entry(struct cdict_writer *writer)
{
	if (ARRAY_RESERVE(writer->index, writer->index_capacity, writer->index_count + 1))
		return -ENOMEM;
	writer->index[writer->index_count++] =
		(struct cdict_index_entry){ .at_ns = writer->flushed_ns,
					    .offset = writer->file.end };
	return 0;
}

/* Ends the member, writes it and begins the next. */
static int close_member(struct cdict_writer *writer)
{
	int err;

	if (writer->error || !writer->member.raw_bytes)
		return writer->error;
	err = cdict_member_finish(&writer->member);
	if (err)
		return err;
	err = add_index_entry(writer);
	if (err)
		return err;
	err = cdict_file_append(&writer->file, writer->member.bytes, writer->member.size,
				end_room(writer));
	if (err) {
		writer->index_count--;
		writer->error = err;
		return err;
	}
	memcpy(writer->rows_previous, writer->rows_safe, sizeof(writer->rows_safe));
	memcpy(writer->rows_safe, writer->rows, sizeof(writer->rows));
	cdict_member_restart(&writer->member);
	return 0;
}

static int write_header(struct capture_sink *sink, const struct capture_header *header)
{
	struct cdict_writer *writer = writer_of(sink);
	int err;

	if (writer->has_header)
		return -EINVAL;
	writer->has_header = true;
	writer->cpu_count = header->cpu_count;
	cdict_pack_header(&writer->pack, header);
	err = add_packed(writer);
	return err ? err : close_member(writer);
}

/* The time of row `from + count` is a difference to the one before it, and so on back to base. */
static uint64_t base_after(const struct capture_batch *batch, size_t from, size_t count,
			   uint64_t base_ns)
{
	if (batch->table == CAPTURE_SWITCHES)
		for (size_t i = 0; i < count; i++)
			base_ns += batch->columns[SWITCHES_AT_NS][from + i];
	return base_ns;
}

static int write_batch(struct capture_sink *sink, const struct capture_batch *batch)
{
	struct cdict_writer *writer = writer_of(sink);
	uint64_t base_ns = batch->base_ns;
	size_t from = 0;
	int err = writer->error;

	if (!writer->has_header || writer->ended)
		return -EINVAL;
	while (!err && from < batch->rows && !writer->cut_back) {
		size_t count = cdict_pack_rows_fit(batch, from);

		cdict_pack_rows(&writer->pack, batch, from, count, base_ns);
		writer->rows[batch->table] += count;
		base_ns = base_after(batch, from, count, base_ns);
		from += count;
		err = add_rows(writer, capture_table_info(batch->table), count);
		if (!err && writer->member.raw_bytes >= MEMBER_RAW_BYTES)
			err = close_member(writer);
	}
	return err;
}

static int write_flush(struct capture_sink *sink, uint64_t at_ns)
{
	struct cdict_writer *writer = writer_of(sink);

	if (writer->cut_back)
		return 0;
	writer->flushed_ns = at_ns;
	return close_member(writer);
}

static int add_index(struct cdict_writer *writer)
{
	int err = 0;

	for (size_t from = 0; !err && from < writer->index_count; from += INDEX_ENTRIES) {
		size_t count = writer->index_count - from;

		if (count > INDEX_ENTRIES)
			count = INDEX_ENTRIES;
		cdict_pack_index(&writer->pack, writer->index + from, count);
		err = add_packed(writer);
	}
	return err;
}

static int add_end(struct cdict_writer *writer, const struct capture_end *end)
{
	struct capture_end whole = *end;

	memcpy(whole.rows, writer->rows, sizeof(whole.rows));
	cdict_pack_end(&writer->pack, &whole);
	return add_packed(writer);
}

static int write_end(struct capture_sink *sink, const struct capture_end *end)
{
	struct cdict_writer *writer = writer_of(sink);
	int err;

	if (!writer->has_header || writer->ended)
		return -EINVAL;
	err = close_member(writer);
	if (!err)
		err = add_index(writer);
	if (!err)
		err = add_end(writer, end);
	if (!err)
		err = cdict_member_finish(&writer->member);
	if (!err)
		err = cdict_file_append_last(&writer->file, writer->member.bytes,
					     writer->member.size);
	writer->ended = !err;
	return err;
}

static void writer_free(struct cdict_writer *writer)
{
	cdict_member_free(&writer->member);
	cdict_pack_free(&writer->pack);
	free(writer->index);
	free(writer);
}

/* `path` and `folder` NULL: in memory. */
static int create(const char *path, const char *folder, struct cdict_writer **result)
{
	struct cdict_writer *writer = calloc(1, sizeof(*writer));
	int err;

	if (!writer)
		return -ENOMEM;
	writer->sink = (struct capture_sink){ write_header, write_batch, write_flush, write_end };
	cdict_pack_init(&writer->pack);
	err = cdict_member_init(&writer->member);
	if (!err && folder)
		err = cdict_file_create_unnamed(&writer->file, folder, end_room(writer));
	else if (!err && path)
		err = cdict_file_create(&writer->file, path, end_room(writer));
	else if (!err)
		err = cdict_file_create_in_memory(&writer->file);
	if (err) {
		writer_free(writer);
		return err;
	}
	*result = writer;
	return 0;
}

int cdict_create(const char *path, struct cdict_writer **result)
{
	return create(path, NULL, result);
}

int cdict_create_unnamed(const char *folder, struct cdict_writer **result)
{
	return create(NULL, folder, result);
}

int cdict_writer_fd(const struct cdict_writer *writer)
{
	return writer->file.fd;
}

int cdict_create_in_memory(struct cdict_writer **result)
{
	return create(NULL, NULL, result);
}

struct capture_sink *cdict_writer_sink(struct cdict_writer *writer)
{
	return &writer->sink;
}

int cdict_close(struct cdict_writer *writer)
{
	int err = 0;

	if (writer->ended)
		err = cdict_file_finish(&writer->file);
	else
		cdict_file_leave(&writer->file);
	writer_free(writer);
	return err;
}

void cdict_drop(struct cdict_writer *writer)
{
	cdict_file_drop(&writer->file);
	writer_free(writer);
}

uint64_t cdict_writer_bytes(const struct cdict_writer *writer)
{
	return writer->file.end;
}

int cdict_cut_back(struct cdict_writer *writer)
{
	if (!writer->index_count || writer->ended)
		return -EINVAL;
	writer->cut_back = true;
	writer->error = 0;
	cdict_pack_restart(&writer->pack);
	cdict_member_restart(&writer->member);
	/* the header's member, index entry 0, always stays */
	if (writer->index_count > 1 && cdict_file_cut_back(&writer->file)) {
		writer->index_count--;
		memcpy(writer->rows_safe, writer->rows_previous, sizeof(writer->rows_safe));
	}
	memcpy(writer->rows, writer->rows_safe, sizeof(writer->rows));
	return 0;
}
