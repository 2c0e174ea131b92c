/* SPDX-License-Identifier: Apache-2.0 */
/* Rows into batches of columns, for the sink. */
#ifndef ACCOUNT_OUTPUT_H
#define ACCOUNT_OUTPUT_H

#include "capture/capture.h"

#define OUTPUT_ROWS 8192

struct output {
	struct capture_sink *sink;
	const struct string_pool *strings;
	enum capture_table table;
	uint64_t bucket_ns;
	size_t rows;
	uint64_t *columns; /* CAPTURE_COLUMNS_MAX times OUTPUT_ROWS */
};

/* 0 or -ENOMEM. */
int output_init(struct output *output, struct capture_sink *sink,
		const struct string_pool *strings);
void output_free(struct output *output);

/* Adds one row, as many values as the table has columns; the batch before goes out when table or
   bucket_ns change or it is full. Returns the sink's errors, as all. */
int output_row(struct output *output, enum capture_table table, uint64_t bucket_ns,
	       const uint64_t *values);

/* What is left goes out. */
int output_done(struct output *output);

#endif
