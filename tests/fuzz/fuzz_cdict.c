/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The cdict reader under libFuzzer. The first byte chooses: 0, the rest is a file as it stands;
 * else it is messages, put into a member behind a sound header, so that gzip's CRC does not keep
 * the fuzzer out.
 */
#include "base/string_pool.h"
#include "capture/histogram.h"
#include "cdict/cdict.h"
#include "cdict/cdict_member.h"
#include "cdict/cdict_pack.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int take_header(struct capture_sink *sink, const struct capture_header *header)
{
	(void)sink;
	if (!header->host || !header->bucket_ns || header->first_bin > header->last_bin)
		abort();
	return 0;
}

/* A batch must keep what the reader promises: ids that are in the pool, all columns there. */
static int take_batch(struct capture_sink *sink, const struct capture_batch *batch)
{
	const struct capture_table_info *info = capture_table_info(batch->table);

	(void)sink;
	if (batch->rows > CAPTURE_BATCH_ROWS || info->bucketed != (batch->bucket_ns > 0))
		abort();
	for (size_t i = 0; i < info->column_count; i++)
		for (size_t row = 0; row < batch->rows; row++) {
			uint64_t value = batch->columns[i][row];

			if (info->columns[i].type == CAPTURE_STRING && value != CAPTURE_NIL &&
			    !string_pool_text(batch->strings, value))
				abort();
		}
	for (size_t row = 0; batch->table == CAPTURE_CELLS && row < batch->rows; row++)
		if (batch->columns[CELLS_BIN][row] > HISTOGRAM_LAST_BIN + 512)
			abort();
	return 0;
}

static int take_end(struct capture_sink *sink, const struct capture_end *end)
{
	(void)sink;
	return end->cause && capture_verdict_word(end->verdict) ? 0 : -1;
}

static void write_all(int fd, const void *bytes, size_t length)
{
	if (write(fd, bytes, length) != (ssize_t)length)
		abort();
}

static void write_member(int fd, const void *bytes, size_t length)
{
	struct cdict_member member;

	if (cdict_member_init(&member) || cdict_member_add(&member, bytes, length) ||
	    cdict_member_finish(&member))
		abort();
	write_all(fd, member.bytes, member.size);
	cdict_member_free(&member);
}

static void write_header(int fd)
{
	static const struct capture_header header = { .version = CAPTURE_VERSION,
						      .bucket_ns = 10000000,
						      .steps_per_octave = HISTOGRAM_STEPS,
						      .first_bin = HISTOGRAM_FIRST_BIN,
						      .last_bin = HISTOGRAM_LAST_BIN };
	struct cdict_pack pack;

	cdict_pack_init(&pack);
	cdict_pack_header(&pack, &header);
	write_member(fd, pack.buffer.data, pack.buffer.size);
	cdict_pack_free(&pack);
}

static void read_file(const char *path)
{
	struct capture_sink sink = { take_header, take_batch, NULL, take_end };
	char message[CDICT_MESSAGE_BYTES];
	struct cdict_summary summary;
	struct cdict_reader *reader;

	if (cdict_open(path, &reader, message))
		return;
	cdict_read(reader, CDICT_ALL_TABLES, &sink, &summary, message);
	cdict_read(reader, 1u << CAPTURE_CELLS, &sink, &summary, message);
	cdict_reader_free(reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[64];
	int fd;

	if (!size)
		return 0;
	fd = memfd_create("fuzz", MFD_CLOEXEC);
	if (fd < 0)
		abort();
	if (data[0]) {
		write_header(fd);
		write_member(fd, data + 1, size - 1);
	} else {
		write_all(fd, data + 1, size - 1);
	}
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	read_file(path);
	close(fd);
	return 0;
}
