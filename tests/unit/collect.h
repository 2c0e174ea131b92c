/* SPDX-License-Identifier: Apache-2.0 */
/* A sink that keeps every row, for tests to look at. */
#ifndef COLLECT_H
#define COLLECT_H

#include "capture/capture.h"

struct collected_table {
	size_t rows;
	size_t capacity[CAPTURE_COLUMNS_MAX];
	uint64_t *columns[CAPTURE_COLUMNS_MAX]; /* strings as ids of collect.strings */
	size_t bucket_capacity;
	uint64_t *bucket_ns; /* of each row */
	size_t base_capacity;
	uint64_t *base_ns; /* of each row's batch */
};

struct collect {
	struct capture_sink sink;
	struct string_pool *strings;
	struct collected_table tables[CAPTURE_TABLES];
	size_t headers;
	size_t batches;
	size_t flushes;
	size_t ends;
	uint64_t flushed_ns;	      /* the last flush's */
	struct capture_header header; /* its strings are the producer's */
	struct capture_end end;	      /* likewise */
};

/* Never fails: a test without memory may crash. */
void collect_init(struct collect *collect);
void collect_free(struct collect *collect);

/* A cell of a table; text is NULL for nil. */
uint64_t collect_value(const struct collect *collect, enum capture_table table, size_t column,
		       size_t row);
const char *collect_text(const struct collect *collect, enum capture_table table, size_t column,
			 size_t row);

#endif
