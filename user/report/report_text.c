/* SPDX-License-Identifier: Apache-2.0 */
/* Tables for people. */
#include "report/report_table.h"

#include "base/utf8.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct unit {
	const char *word;
	double ns;
};

static const struct unit microseconds = { "us", 1e3 };
static const struct unit milliseconds = { "ms", 1e6 };
static const struct unit seconds = { "s", 1e9 };

/* How a column is printed. */
struct layout {
	struct unit unit;
	size_t width;
};

#define FIELD_BYTES 40

static bool is_shown(const struct report_table *table, size_t column)
{
	return table->columns[column].heading && !(table->hidden & 1ULL << column);
}

static const union report_value *row_at(const struct report_table *table, size_t row)
{
	return row < table->rows ? table->values + row * table->column_count : table->total;
}

/* The total counts as one more row. */
static size_t rows_of(const struct report_table *table)
{
	return table->rows + (table->total ? 1 : 0);
}

/* One unit a column, so that the eye can compare: three places after the point are shown. */
static struct unit choose_unit(const struct report_table *table, size_t column)
{
	uint64_t longest_ns = 0;

	if (table->columns[column].type == REPORT_AT_NS)
		return seconds;
	for (size_t row = 0; row < rows_of(table); row++) {
		uint64_t ns = row_at(table, row)[column].number;

		if (ns != CAPTURE_NIL && ns > longest_ns)
			longest_ns = ns;
	}
	if (longest_ns < 1000000)
		return microseconds;
	return longest_ns < 1000000000000 ? milliseconds : seconds;
}

/* A value that is no text, as text. */
static void format_number(char field[FIELD_BYTES], enum report_type type, const struct unit *unit,
			  union report_value value)
{
	bool known = type == REPORT_PERCENT ? isfinite(value.percent) : value.number != CAPTURE_NIL;

	if (!known)
		snprintf(field, FIELD_BYTES, "-");
	else if (type == REPORT_PERCENT)
		snprintf(field, FIELD_BYTES, "%.2f", value.percent);
	else if (type == REPORT_COUNT)
		snprintf(field, FIELD_BYTES, "%llu", (unsigned long long)value.number);
	else
		snprintf(field, FIELD_BYTES, "%.*f", type == REPORT_AT_NS ? 6 : 3,
			 (double)value.number / unit->ns);
}

static size_t width_of(const struct report_table *table, size_t column, const struct unit *unit,
		       union report_value value)
{
	enum report_type type = table->columns[column].type;
	char field[FIELD_BYTES];

	if (report_is_text(type))
		return value.text ? utf8_width(value.text) : 1;
	format_number(field, type, unit, value);
	return strlen(field);
}

static void heading_of(const struct report_column *column, const struct unit *unit,
		       char field[FIELD_BYTES])
{
	const char *after = column->type == REPORT_PERCENT ? "%" : unit->word;
	bool plain = report_is_text(column->type) || column->type == REPORT_COUNT;

	snprintf(field, FIELD_BYTES, plain ? "%s" : "%s %s", column->heading, after);
}

static struct layout lay_out(const struct report_table *table, size_t column)
{
	struct layout layout = { .unit = microseconds };
	char heading[FIELD_BYTES];

	if (table->columns[column].type == REPORT_LENGTH_NS ||
	    table->columns[column].type == REPORT_AT_NS)
		layout.unit = choose_unit(table, column);
	heading_of(&table->columns[column], &layout.unit, heading);
	layout.width = strlen(heading);
	for (size_t row = 0; row < rows_of(table); row++) {
		size_t width = width_of(table, column, &layout.unit, row_at(table, row)[column]);

		if (width > layout.width)
			layout.width = width;
	}
	return layout;
}

static void put_spaces(size_t count, FILE *file)
{
	fprintf(file, "%*s", (int)count, "");
}

/* Texts stand left, and the last one is not padded; numbers stand right. */
static void put_field(const char *text, size_t width, bool is_text, bool is_last, FILE *file)
{
	size_t pad = width - utf8_width(text);

	if (!is_text)
		put_spaces(pad, file);
	fputs(text, file); /* names come cleaned of what a terminal could obey */
	if (is_text && !is_last)
		put_spaces(pad, file);
}

static size_t last_shown(const struct report_table *table)
{
	size_t last = 0;

	for (size_t column = 0; column < table->column_count; column++)
		if (is_shown(table, column))
			last = column;
	return last;
}

/* What a total is called where its own name would stand. */
static bool is_nameless_total(const struct report_table *table, const union report_value *row,
			      size_t column)
{
	return row == table->total && table->columns[column].type == REPORT_COUNT &&
	       row[column].number == CAPTURE_NIL;
}

/* `row` NULL: the headings. */
static void put_line(const struct report_table *table, const struct layout *layouts,
		     const union report_value *row, FILE *file)
{
	size_t last = last_shown(table);
	bool first = true;

	for (size_t column = 0; column < table->column_count; column++) {
		enum report_type type = table->columns[column].type;
		const struct layout *layout = &layouts[column];
		char field[FIELD_BYTES];
		const char *text = field;

		if (!is_shown(table, column))
			continue;
		if (!row)
			heading_of(&table->columns[column], &layout->unit, field);
		else if (first && is_nameless_total(table, row, column))
			text = "all";
		else if (report_is_text(type))
			text = row[column].text ? row[column].text : "-";
		else
			format_number(field, type, &layout->unit, row[column]);
		if (!first)
			put_spaces(2, file);
		put_field(text, layout->width, report_is_text(type), column == last, file);
		first = false;
	}
	putc('\n', file);
}

int report_print_text(const struct report_table *table, FILE *file)
{
	struct layout *layouts = calloc(table->column_count, sizeof(*layouts));

	if (!layouts)
		return -ENOMEM;
	for (size_t column = 0; column < table->column_count; column++)
		if (is_shown(table, column))
			layouts[column] = lay_out(table, column);
	put_line(table, layouts, NULL, file);
	for (size_t row = 0; row < rows_of(table) && !ferror(file); row++)
		put_line(table, layouts, row_at(table, row), file);
	free(layouts);
	return ferror(file) ? (errno ? -errno : -EIO) : 0;
}
