/* SPDX-License-Identifier: Apache-2.0 */
#include "report/report_table.h"

#include "base/array.h"
#include "view/view_names.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

void report_table_init(struct report_table *table, const struct report_column *columns,
		       size_t column_count)
{
	*table = (struct report_table){ .columns = columns, .column_count = column_count };
}

void report_table_free(struct report_table *table)
{
	free(table->values);
	free(table->total);
	table->values = NULL;
	table->total = NULL;
	table->rows = table->capacity = 0;
}

union report_value *report_table_add(struct report_table *table)
{
	size_t used = table->rows * table->column_count;
	size_t row_bytes = table->column_count * sizeof(*table->values);

	if (ARRAY_RESERVE(table->values, table->capacity, used + table->column_count))
		return NULL;
	table->rows++;
	return memset(table->values + used, 0, row_bytes);
}

union report_value *report_table_total(struct report_table *table)
{
	if (!table->total)
		table->total = calloc(table->column_count, sizeof(*table->total));
	return table->total;
}

/* ---- sorting ---- */

struct order {
	const struct report_table *table;
	size_t column;
};

static int compare_text(const char *one, const char *other)
{
	if (!one || !other)
		return !one - !other;
	return strcmp(one, other);
}

static int compare_name(const char *one, const char *other)
{
	if (!one || !other)
		return !one - !other;
	return view_names_compare(one, other);
}

static int compare_number(uint64_t one, uint64_t other)
{
	if (one == CAPTURE_NIL || other == CAPTURE_NIL)
		return (one == CAPTURE_NIL) - (other == CAPTURE_NIL);
	return (one < other) - (one > other);
}

static int compare_percent(double one, double other)
{
	if (isnan(one) || isnan(other))
		return !!isnan(one) - !!isnan(other);
	return (one < other) - (one > other);
}

static int compare_rows(const void *one, const void *other, void *context)
{
	const struct order *order = context;
	const struct report_table *table = order->table;
	size_t first = *(const size_t *)one, second = *(const size_t *)other;
	union report_value a = table->values[first * table->column_count + order->column];
	union report_value b = table->values[second * table->column_count + order->column];
	int result;

	if (table->columns[order->column].type == REPORT_TEXT)
		result = compare_text(a.text, b.text);
	else if (table->columns[order->column].type == REPORT_NAME)
		result = compare_name(a.text, b.text);
	else if (table->columns[order->column].type == REPORT_PERCENT)
		result = compare_percent(a.percent, b.percent);
	else
		result = compare_number(a.number, b.number);
	return result ? result : (first > second) - (first < second);
}

/* Without memory the rows stay as they are. */
void report_table_sort(struct report_table *table, size_t column)
{
	struct order order = { table, column };
	size_t row_bytes = table->column_count * sizeof(*table->values);
	size_t *rows = calloc(table->rows + 1, sizeof(*rows));
	union report_value *sorted = malloc((table->rows + 1) * row_bytes);

	if (rows && sorted) {
		for (size_t i = 0; i < table->rows; i++)
			rows[i] = i;
		qsort_r(rows, table->rows, sizeof(*rows), compare_rows, &order);
		for (size_t i = 0; i < table->rows; i++)
			memcpy(sorted + i * table->column_count,
			       table->values + rows[i] * table->column_count, row_bytes);
		free(table->values);
		table->values = sorted;
		table->capacity = (table->rows + 1) * table->column_count;
		sorted = NULL;
	}
	free(rows);
	free(sorted);
}

int report_column_find(const struct report_column *columns, size_t count, const char *key)
{
	for (size_t i = 0; i < count; i++) {
		size_t length = strlen(columns[i].key);

		if (strcmp(columns[i].key, key) == 0)
			return (int)i;
		if (length > 3 && strcmp(columns[i].key + length - 3, "_ns") == 0 &&
		    strlen(key) == length - 3 && strncmp(columns[i].key, key, length - 3) == 0)
			return (int)i;
	}
	return -ENOENT;
}
