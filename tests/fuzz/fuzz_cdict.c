/* SPDX-License-Identifier: Apache-2.0 */
/* The cdict reader under libFuzzer. */
#include "base/string_pool.h"
#include "fuzz_cdict_file.h"

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
	char path[FUZZ_PATH_BYTES];
	int fd;

	if (!size)
		return 0;
	fd = fuzz_cdict_file(data, size, path);
	read_file(path);
	close(fd);
	return 0;
}
