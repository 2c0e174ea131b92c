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

/* What is left goes out. Returns the sink's errors, as all. */
int output_done(struct output *output);

/* Adds one row, as many values as the table has columns; the batch before goes out when table or
   bucket_ns change or it is full. */
int output_row(struct output *output, enum capture_table table, uint64_t bucket_ns,
	       const uint64_t *values);

/* The same for a table whose number of columns the compiler knows. */
static inline int output_columns(struct output *output, enum capture_table table,
				 uint64_t bucket_ns, const uint64_t *values, size_t columns)
{
	if (output->rows == OUTPUT_ROWS || output->table != table ||
	    output->bucket_ns != bucket_ns) {
		int error = output_done(output);

		if (error)
			return error;
	}
	output->table = table;
	output->bucket_ns = bucket_ns;
	for (size_t i = 0; i < columns; i++)
		output->columns[i * OUTPUT_ROWS + output->rows] = values[i];
	output->rows++;
	return 0;
}

#endif
