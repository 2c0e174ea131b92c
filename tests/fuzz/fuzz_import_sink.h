/* SPDX-License-Identifier: Apache-2.0 */
/* Imports bytes into a sink that aborts when the import breaks a promise. */
#ifndef FUZZ_IMPORT_SINK_H
#define FUZZ_IMPORT_SINK_H

#include "base/string_pool.h"
#include "import/import.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct fuzz_sink {
	struct capture_sink sink;
	bool *told; /* by task */
	size_t told_count;
};

static inline void fuzz_tell(struct fuzz_sink *sink, uint64_t task)
{
	if (task > 1u << 24)
		abort();
	if (task >= sink->told_count) {
		size_t count = (task + 1) * 2;

		sink->told = realloc(sink->told, count);
		if (!sink->told)
			abort();
		memset(sink->told + sink->told_count, 0, count - sink->told_count);
		sink->told_count = count;
	}
	sink->told[task] = true;
}

static inline void fuzz_check_row(struct fuzz_sink *sink, const struct capture_batch *batch,
				  size_t column, size_t row)
{
	const struct capture_column *info = &capture_table_info(batch->table)->columns[column];
	uint64_t value = batch->columns[column][row];

	if (info->type == CAPTURE_STRING && value != CAPTURE_NIL &&
	    !string_pool_text(batch->strings, value))
		abort();
	if (strcmp(info->name, "task") != 0 && strcmp(info->name, "next") != 0)
		return;
	if (batch->table == CAPTURE_TASKS)
		fuzz_tell(sink, value);
	else if (value != CAPTURE_NIL && (value >= sink->told_count || !sink->told[value]))
		abort(); /* a row comes before its task's */
}

static inline int fuzz_header(struct capture_sink *sink, const struct capture_header *header)
{
	(void)sink;
	if (!header->bucket_ns)
		abort();
	return 0;
}

static inline int fuzz_batch(struct capture_sink *sink, const struct capture_batch *batch)
{
	const struct capture_table_info *info = capture_table_info(batch->table);

	if (batch->rows > CAPTURE_BATCH_ROWS || info->bucketed != (batch->bucket_ns > 0))
		abort();
	for (size_t column = 0; column < info->column_count; column++)
		for (size_t row = 0; row < batch->rows; row++)
			fuzz_check_row((struct fuzz_sink *)sink, batch, column, row);
	return 0;
}

static inline int fuzz_end(struct capture_sink *sink, const struct capture_end *end)
{
	(void)sink;
	if (!end->cause || end->verdict != VERDICT_NO_TOTALS)
		abort();
	return 0;
}

static inline void import_bytes(const void *bytes, size_t length, bool detail)
{
	struct fuzz_sink sink = { .sink = { fuzz_header, fuzz_batch, NULL, fuzz_end } };
	char message[IMPORT_MESSAGE_BYTES], path[64];
	struct import_result result;
	struct import *import;
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	if (fd < 0 || write(fd, bytes, length) != (ssize_t)length)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (!import_open(&(struct import_options){ .path = path, .detail = detail }, &import,
			 message)) {
		int error = import_read(import, &sink.sink, &result, message);

		if (error && !message[0])
			abort(); /* the sink has none */
		import_free(import);
	} else if (!message[0]) {
		abort();
	}
	free(sink.told);
	close(fd);
}

#endif
