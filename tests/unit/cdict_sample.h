/* SPDX-License-Identifier: Apache-2.0 */
/* Rows and files for the tests of the cdict: made up, small, with something in every column. */
#ifndef CDICT_SAMPLE_H
#define CDICT_SAMPLE_H

#include "cdict/cdict.h"
#include "collect.h"

/* Rows of one table in the making; a new row is nil all over. */
struct sample_rows {
	enum capture_table table;
	struct string_pool *strings; /* borrowed */
	size_t rows;
	uint64_t bucket_ns;
	uint64_t base_ns;
	uint64_t *columns[CAPTURE_COLUMNS_MAX];
};

void sample_rows_init(struct sample_rows *rows, enum capture_table table,
		      struct string_pool *strings);
void sample_rows_add(struct sample_rows *rows);
void sample_rows_set(struct sample_rows *rows, size_t column, uint64_t value);
void sample_rows_set_text(struct sample_rows *rows, size_t column, const char *text);
/* Pushes as one batch and frees the rows; what the sink returned. */
int sample_rows_push(struct sample_rows *rows, struct capture_sink *sink);

const struct capture_header *sample_header(void);
const struct capture_end *sample_end(void);

/* A few rows of each table, tasks first. */
void sample_push_all_tables(struct capture_sink *sink);

/* A file of its own in the temporary folder, being written and then read. */
struct sample_file {
	char path[256];
	struct cdict_writer *writer;
	struct capture_sink *sink;
	struct cdict_reader *reader;
	struct cdict_summary summary;
	char message[CDICT_MESSAGE_BYTES];
};

/* Creates it and pushes the header. */
void sample_file_create(struct sample_file *file);
/* Pushes the end and closes. */
void sample_file_end(struct sample_file *file);
/* Reads it, which must succeed. */
void sample_file_collect(struct sample_file *file, unsigned int tables, struct collect *collect);
/* Removes it. */
void sample_file_free(struct sample_file *file);

/* Asserts that the rows found are the first of the rows wanted, bucket lengths included. */
void sample_assert_prefix(const struct collect *found, const struct collect *wanted,
			  enum capture_table table);

#endif
