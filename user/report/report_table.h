/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A table of results: typed columns, rows of values. Two kinds of printers read it: one for people
 * (aligned, units chosen by what is there), two for programs (CSV, JSON: all of it, exact).
 */
#ifndef REPORT_REPORT_TABLE_H
#define REPORT_REPORT_TABLE_H

#include "capture/table.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct json_writer;

enum report_type {
	REPORT_TEXT,
	REPORT_NAME, /* of a task: a text with an order of its own (view_names_compare) */
	REPORT_COUNT,
	REPORT_LENGTH_NS, /* people read it in us, ms or s, one unit a column */
	REPORT_AT_NS,	  /* a moment: people read seconds */
	REPORT_PERCENT,
};

static inline bool report_is_text(enum report_type type)
{
	return type == REPORT_TEXT || type == REPORT_NAME;
}

struct report_column {
	const char *key;     /* for programs and --sort: "run_ns" */
	const char *heading; /* for people, without unit: "RUN"; NULL: for programs only */
	enum report_type type;
};

/* Not known: CAPTURE_NIL, NULL, a percentage that is not a number. */
union report_value {
	uint64_t number;
	double percent;
	const char *text; /* borrowed */
};

struct report_table {
	const struct report_column *columns; /* borrowed */
	size_t column_count;
	union report_value *values; /* row by row */
	size_t rows;
	size_t capacity;
	union report_value *total; /* a last row apart, or NULL; owned */
	uint64_t hidden;	   /* a bit a column: not for people this time */
};

void report_table_init(struct report_table *table, const struct report_column *columns,
		       size_t column_count);
void report_table_free(struct report_table *table);

/* A row to fill, all zero; NULL without memory. Valid until the next one. */
union report_value *report_table_add(struct report_table *table);
/* The total to fill, all zero; NULL without memory. */
union report_value *report_table_total(struct report_table *table);

/* Numbers downwards, texts upwards, what is not known last; equal ones keep their order. */
void report_table_sort(struct report_table *table, size_t column);

/* The column of this key ("run_ns", or "run"), or -ENOENT. */
int report_column_find(const struct report_column *columns, size_t count, const char *key);

/* Aligned columns under headings. Returns 0, or -errno when the file takes no more. */
int report_print_text(const struct report_table *table, FILE *file);
/* Header line, rows, no total. Likewise. */
int report_print_csv(const struct report_table *table, FILE *file);
/* An array of objects, one a line; and one object, for the total (null without). */
void report_print_json_rows(const struct report_table *table, struct json_writer *json);
void report_print_json_total(const struct report_table *table, struct json_writer *json);

#endif
