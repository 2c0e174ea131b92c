/* SPDX-License-Identifier: Apache-2.0 */
#include "cdict_raw.h"

#include "cdict/cdict_member.h"
#include "cdict/cdict_pack.h"
#include "cdict_sample.h"
#include "unit.h"

#include <stdio.h>
#include <unistd.h>

void raw_create(struct raw_file *file)
{
	snprintf(file->path, sizeof(file->path), "/tmp/pftrace-test-XXXXXX");
	file->fd = mkstemp(file->path);
	assert_true(file->fd >= 0);
}

void raw_free(struct raw_file *file)
{
	close(file->fd);
	unlink(file->path);
}

void raw_bytes(struct raw_file *file, const void *bytes, size_t length)
{
	assert_int_equal(write(file->fd, bytes, length), (ssize_t)length);
}

void raw_member(struct raw_file *file, const void *bytes, size_t length)
{
	struct cdict_member member;

	assert_int_equal(cdict_member_init(&member), 0);
	assert_int_equal(cdict_member_add(&member, bytes, length), 0);
	assert_int_equal(cdict_member_finish(&member), 0);
	raw_bytes(file, member.bytes, member.size);
	cdict_member_free(&member);
}

void raw_header(struct raw_file *file)
{
	struct cdict_pack pack;

	cdict_pack_init(&pack);
	cdict_pack_header(&pack, sample_header());
	assert_int_equal(pack.error, 0);
	raw_member(file, pack.buffer.data, pack.buffer.size);
	cdict_pack_free(&pack);
}

static msgpack_packer packer_of(msgpack_sbuffer *buffer)
{
	msgpack_packer packer;

	msgpack_packer_init(&packer, buffer, msgpack_sbuffer_write);
	return packer;
}

void raw_key(msgpack_sbuffer *buffer, const char *key)
{
	msgpack_packer packer = packer_of(buffer);

	msgpack_pack_str_with_body(&packer, key, strlen(key));
}

void raw_table(msgpack_sbuffer *buffer, const char *table, size_t columns)
{
	msgpack_packer packer = packer_of(buffer);

	msgpack_pack_map(&packer, 3);
	raw_key(buffer, "table");
	raw_key(buffer, table);
	raw_key(buffer, "bucket_ns");
	msgpack_pack_uint64(&packer, 10000000);
	raw_key(buffer, "columns");
	msgpack_pack_map(&packer, columns);
}

void raw_integers(msgpack_sbuffer *buffer, const char *column, const uint64_t *values, size_t count)
{
	msgpack_packer packer = packer_of(buffer);

	raw_key(buffer, column);
	msgpack_pack_array(&packer, count);
	for (size_t i = 0; i < count; i++)
		if (values[i] == CAPTURE_NIL)
			msgpack_pack_nil(&packer);
		else
			msgpack_pack_uint64(&packer, values[i]);
}

void raw_texts(msgpack_sbuffer *buffer, const char *column, const char *text, size_t count)
{
	msgpack_packer packer = packer_of(buffer);

	raw_key(buffer, column);
	msgpack_pack_array(&packer, count);
	for (size_t i = 0; i < count; i++)
		raw_key(buffer, text);
}

int raw_read(const struct raw_file *file, struct collect *collect, struct cdict_summary *summary,
	     char message[CDICT_MESSAGE_BYTES])
{
	struct cdict_reader *reader;
	int err;

	collect_init(collect);
	*summary = (struct cdict_summary){ 0 };
	err = cdict_open(file->path, &reader, message);
	if (err)
		return err;
	err = cdict_read(reader, CDICT_ALL_TABLES, &collect->sink, summary, message);
	summary->end = NULL; /* dies with the reader */
	cdict_reader_free(reader);
	return err;
}
