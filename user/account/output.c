/* SPDX-License-Identifier: Apache-2.0 */
#include "account/output.h"

#include <errno.h>
#include <stdlib.h>

int output_init(struct output *output, struct capture_sink *sink, const struct string_pool *strings)
{
	output->sink = sink;
	output->strings = strings;
	output->columns = malloc(sizeof(*output->columns) * CAPTURE_COLUMNS_MAX * OUTPUT_ROWS);
	return output->columns ? 0 : -ENOMEM;
}

void output_free(struct output *output)
{
	free(output->columns);
}

int output_done(struct output *output)
{
	struct capture_batch batch = {
		.table = output->table,
		.bucket_ns = output->bucket_ns,
		.rows = output->rows,
		.strings = output->strings,
	};
	size_t columns = capture_table_info(output->table)->column_count;

	if (!output->rows)
		return 0;
	for (size_t i = 0; i < columns; i++)
		batch.columns[i] = output->columns + i * OUTPUT_ROWS;
	output->rows = 0;
	return output->sink->batch(output->sink, &batch);
}

int output_row(struct output *output, enum capture_table table, uint64_t bucket_ns,
	       const uint64_t *values)
{
	return output_columns(output, table, bucket_ns, values,
			      capture_table_info(table)->column_count);
}
