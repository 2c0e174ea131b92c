/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes a made-up capture, and what is in it as JSON on stdout: an array of batches, as they were
 * pushed. usage: write_sample FILE
 */
#include "cdict_sample.h"

#include "base/json_writer.h"
#include "base/string_pool.h"
#include "unit.h"

#include <stdio.h>

struct json_sink {
	struct capture_sink sink;
	struct json_writer json;
};

static void put(struct json_writer *json, const struct capture_batch *batch, size_t column,
		size_t row)
{
	uint64_t value = batch->columns[column][row];

	if (value == CAPTURE_NIL)
		json_null(json);
	else if (capture_table_info(batch->table)->columns[column].type == CAPTURE_STRING)
		json_string(json, string_pool_text(batch->strings, value));
	else
		json_u64(json, value);
}

static int print_batch(struct capture_sink *sink, const struct capture_batch *batch)
{
	const struct capture_table_info *info = capture_table_info(batch->table);
	struct json_writer *json = &((struct json_sink *)sink)->json;

	json_begin_object(json);
	json_key(json, "table");
	json_string(json, info->name);
	json_key(json, "bucket_ns");
	json_u64(json, batch->bucket_ns);
	json_key(json, "base_ns");
	json_u64(json, batch->base_ns);
	json_key(json, "columns");
	json_begin_object(json);
	for (size_t i = 0; i < info->column_count; i++) {
		json_key(json, info->columns[i].name);
		json_begin_array(json);
		for (size_t row = 0; row < batch->rows; row++)
			put(json, batch, i, row);
		json_end_array(json);
	}
	json_end_object(json);
	json_end_object(json);
	return 0;
}

int main(int argc, char **argv)
{
	struct json_sink printer = { .sink = { .batch = print_batch } };
	struct cdict_writer *writer;
	struct capture_sink *sink;

	if (argc != 2 || cdict_create(argv[1], &writer))
		return EXIT_FAILURE;
	sink = cdict_writer_sink(writer);
	assert_int_equal(sink->header(sink, sample_header()), 0);
	json_begin(&printer.json, stdout);
	json_begin_array(&printer.json);
	for (uint64_t second = 1; second <= 3; second++) {
		sample_push_all_tables(sink);
		sample_push_all_tables(&printer.sink);
		assert_int_equal(sink->flush(sink, second * 1000000000), 0);
	}
	json_end_array(&printer.json);
	assert_int_equal(sink->end(sink, sample_end()), 0);
	return cdict_close(writer) || json_end(&printer.json) ? EXIT_FAILURE : EXIT_SUCCESS;
}
