/* SPDX-License-Identifier: Apache-2.0 */
/* Batches written as lists of rows, and a sink that keeps what it gets as text. */
#ifndef UNIT_BATCH_H
#define UNIT_BATCH_H

#include "capture/capture.h"

#include <stdio.h>

struct string_pool;

/* Pushes `rows` rows, row by row in `numbers` as many as the table has columns. */
int batch_push(struct capture_sink *sink, enum capture_table table, uint64_t bucket_ns,
	       uint64_t base_ns, const struct string_pool *strings, const uint64_t *numbers,
	       size_t rows);

/* Writes each row it gets as one line: "samples@1000 0 1 2 -\n" (bucket_ns; '-' is nil). */
struct text_sink {
	struct capture_sink sink;
	FILE *file;
	char *text;
	size_t length;
	size_t batches;
};

struct text_sink *text_sink_new(void);
void text_sink_free(struct text_sink *sink);
/* What came since the last call. Valid until the next batch. */
const char *text_sink_take(struct text_sink *sink);

#endif
