/* SPDX-License-Identifier: Apache-2.0 */
#include "batch.h"

#include <stdlib.h>

int batch_push(struct capture_sink *sink, enum capture_table table, uint64_t bucket_ns,
	       uint64_t base_ns, const struct string_pool *strings, const uint64_t *numbers,
	       size_t rows)
{
	size_t columns = capture_table_info(table)->column_count;
	uint64_t *transposed = malloc((rows * columns + 1) * sizeof(*transposed));
	struct capture_batch batch = {
		.table = table,
		.bucket_ns = bucket_ns,
		.base_ns = base_ns,
		.rows = rows,
		.strings = strings,
	};
	int error;

	for (size_t column = 0; column < columns; column++) {
		batch.columns[column] = transposed + column * rows;
		for (size_t row = 0; row < rows; row++)
			transposed[column * rows + row] = numbers[row * columns + column];
	}
	error = sink->batch(sink, &batch);
	free(transposed);
	return error;
}

static int text_header(struct capture_sink *sink, const struct capture_header *header)
{
	(void)header;
	fputs("header\n", ((struct text_sink *)sink)->file);
	return 0;
}

static int text_batch(struct capture_sink *sink, const struct capture_batch *batch)
{
	const struct capture_table_info *info = capture_table_info(batch->table);
	struct text_sink *text = (struct text_sink *)sink;

	text->batches++;
	for (size_t row = 0; row < batch->rows; row++) {
		uint64_t at = info->bucketed ? batch->bucket_ns : batch->base_ns;

		fprintf(text->file, "%s@%llu", info->name, (unsigned long long)at);
		for (size_t column = 0; column < info->column_count; column++) {
			uint64_t number = batch->columns[column][row];

			if (number == CAPTURE_NIL)
				fputs(" -", text->file);
			else
				fprintf(text->file, " %llu", (unsigned long long)number);
		}
		fputc('\n', text->file);
	}
	return 0;
}

static int text_end(struct capture_sink *sink, const struct capture_end *end)
{
	(void)end;
	fputs("end\n", ((struct text_sink *)sink)->file);
	return 0;
}

struct text_sink *text_sink_new(void)
{
	struct text_sink *sink = calloc(1, sizeof(*sink));

	sink->sink.header = text_header;
	sink->sink.batch = text_batch;
	sink->sink.end = text_end;
	sink->file = open_memstream(&sink->text, &sink->length);
	return sink;
}

void text_sink_free(struct text_sink *sink)
{
	fclose(sink->file);
	free(sink->text);
	free(sink);
}

const char *text_sink_take(struct text_sink *sink)
{
	fputc('\0', sink->file); /* the stream's own end may hold older text */
	fflush(sink->file);
	rewind(sink->file);
	return sink->text;
}
