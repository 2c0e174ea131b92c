/* SPDX-License-Identifier: Apache-2.0 */
#include "collect.h"

#include "base/array.h"
#include "base/string_pool.h"

#include <errno.h>
#include <stdlib.h>

static struct collect *collect_of(struct capture_sink *sink)
{
	return (struct collect *)sink; /* its first member */
}

static int take_header(struct capture_sink *sink, const struct capture_header *header)
{
	collect_of(sink)->headers++;
	collect_of(sink)->header = *header;
	return 0;
}

static uint64_t own_value(struct collect *collect, const struct capture_batch *batch, size_t column,
			  size_t row)
{
	uint64_t value = batch->columns[column] ? batch->columns[column][row] : CAPTURE_NIL;

	if (capture_table_info(batch->table)->columns[column].type == CAPTURE_INTEGER ||
	    value == CAPTURE_NIL)
		return value;
	return string_pool_add(collect->strings, string_pool_text(batch->strings, value));
}

static int take_batch(struct capture_sink *sink, const struct capture_batch *batch)
{
	struct collect *collect = collect_of(sink);
	struct collected_table *table = &collect->tables[batch->table];
	size_t rows = table->rows + batch->rows;

	collect->batches++;
	for (size_t i = 0; i < capture_table_info(batch->table)->column_count; i++) {
		if (ARRAY_RESERVE(table->columns[i], table->capacity[i], rows))
			return -ENOMEM;
		for (size_t row = 0; row < batch->rows; row++)
			table->columns[i][table->rows + row] = own_value(collect, batch, i, row);
	}
	if (ARRAY_RESERVE(table->bucket_ns, table->bucket_capacity, rows) ||
	    ARRAY_RESERVE(table->base_ns, table->base_capacity, rows))
		return -ENOMEM;
	for (size_t row = table->rows; row < rows; row++) {
		table->bucket_ns[row] = batch->bucket_ns;
		table->base_ns[row] = batch->base_ns;
	}
	table->rows = rows;
	return 0;
}

static int take_flush(struct capture_sink *sink, uint64_t at_ns)
{
	collect_of(sink)->flushes++;
	collect_of(sink)->flushed_ns = at_ns;
	return 0;
}

static int take_end(struct capture_sink *sink, const struct capture_end *end)
{
	collect_of(sink)->ends++;
	collect_of(sink)->end = *end;
	return 0;
}

void collect_init(struct collect *collect)
{
	*collect = (struct collect){ .sink = { take_header, take_batch, take_flush, take_end } };
	collect->strings = string_pool_new();
}

void collect_free(struct collect *collect)
{
	for (int table = 0; table < CAPTURE_TABLES; table++) {
		for (size_t i = 0; i < CAPTURE_COLUMNS_MAX; i++)
			free(collect->tables[table].columns[i]);
		free(collect->tables[table].bucket_ns);
		free(collect->tables[table].base_ns);
	}
	string_pool_free(collect->strings);
}

uint64_t collect_value(const struct collect *collect, enum capture_table table, size_t column,
		       size_t row)
{
	return collect->tables[table].columns[column][row];
}

const char *collect_text(const struct collect *collect, enum capture_table table, size_t column,
			 size_t row)
{
	return string_pool_text(collect->strings, collect_value(collect, table, column, row));
}
