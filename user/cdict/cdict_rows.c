/* SPDX-License-Identifier: Apache-2.0 */
#include "cdict/cdict_rows.h"

#include "base/array.h"
#include "cdict/cdict_check.h"
#include "cdict/cdict_switches.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int cdict_rows_init(struct cdict_rows *rows, struct cdict_texts *texts,
		    const struct capture_header *header)
{
	*rows = (struct cdict_rows){ .texts = texts,
				     .first_bin = header->first_bin,
				     .last_bin = header->last_bin };
	return cdict_check_init(rows);
}

void cdict_rows_free(struct cdict_rows *rows)
{
	cdict_seen_free(&rows->tasks);
	for (size_t i = 0; i < CAPTURE_COLUMNS_MAX; i++)
		free(rows->values[i]);
	*rows = (struct cdict_rows){ 0 };
}

static int fail(struct cdict_scan *scan, const char *fault)
{
	if (!scan->fault)
		scan->fault = fault;
	return -EBADMSG;
}

/* The column of this name; files have them in the table's order, so `guess` is mostly right. */
static size_t find_column(const struct capture_table_info *info, size_t guess, const char *name,
			  size_t length)
{
	for (size_t i = 0; i < info->column_count; i++) {
		size_t column = (guess + i) % info->column_count;
		const char *wanted = info->columns[column].name;

		if (strlen(wanted) == length && memcmp(wanted, name, length) == 0)
			return column;
	}
	return info->column_count;
}

static int read_texts(struct cdict_rows *rows, struct cdict_scan *scan, uint64_t *values,
		      size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *bytes;
		size_t length;
		int err;

		if (cdict_scan_nil(scan)) {
			values[i] = CAPTURE_NIL;
			continue;
		}
		if (!cdict_scan_string(scan, &bytes, &length))
			return -EBADMSG;
		err = cdict_texts_id(rows->texts, bytes, length, &values[i]);
		if (err)
			return err;
	}
	return 0;
}

/* The values behind an array's head. */
static int read_values(struct cdict_rows *rows, struct cdict_scan *scan, size_t column,
		       const struct capture_batch *batch)
{
	const struct capture_table_info *info = capture_table_info(batch->table);
	const char *fault;
	int err = 0;

	if (ARRAY_RESERVE(rows->values[column], rows->capacity[column], batch->rows))
		return -ENOMEM;
	if (info->columns[column].type == CAPTURE_STRING)
		err = read_texts(rows, scan, rows->values[column], batch->rows);
	else if (!cdict_scan_integers(scan, rows->values[column], batch->rows))
		err = -EBADMSG;
	if (err)
		return err;
	rows->present[column] = true;
	fault = cdict_check_column(rows, batch, column, rows->values[column]);
	return fault ? fail(scan, fault) : 0;
}

/* The head of a column's array: all columns are equally long. */
static int read_count(struct cdict_scan *scan, bool is_first, struct capture_batch *batch)
{
	size_t count;

	if (!cdict_scan_array(scan, &count))
		return -EBADMSG;
	if (count > CAPTURE_BATCH_ROWS)
		return fail(scan, "more than 65536 rows in one message");
	if (!is_first && count != batch->rows)
		return fail(scan, "columns of different lengths");
	batch->rows = count;
	return 0;
}

static int read_column(struct cdict_rows *rows, struct cdict_scan *scan, bool wanted, size_t number,
		       struct capture_batch *batch)
{
	const struct capture_table_info *info = capture_table_info(batch->table);
	struct cdict_scan whole;
	const char *name;
	size_t length, column;
	int err;

	if (!cdict_scan_string(scan, &name, &length))
		return -EBADMSG;
	column = find_column(info, number, name, length);
	rows->column = column < info->column_count ? info->columns[column].name : NULL;
	whole = *scan;
	err = read_count(scan, number == 0, batch);
	if (err)
		return err;
	if (column < info->column_count && (wanted || cdict_check_always(batch->table, column)))
		return read_values(rows, scan, column, batch);
	*scan = whole;
	return cdict_scan_skip(scan) ? 0 : -EBADMSG;
}

/* Columns that the message does not have are nil all over. */
static int fill_in(struct cdict_rows *rows, struct cdict_scan *scan, bool wanted,
		   struct capture_batch *batch)
{
	const struct capture_table_info *info = capture_table_info(batch->table);

	for (size_t i = 0; i < info->column_count; i++) {
		bool needed = wanted || cdict_check_always(batch->table, i);

		if (needed && !rows->present[i]) {
			rows->column = info->columns[i].name;
			if (cdict_check_required(batch->table, i))
				return fail(scan, "the column is missing");
			if (ARRAY_RESERVE(rows->values[i], rows->capacity[i], batch->rows))
				return -ENOMEM;
			memset(rows->values[i], 0xff, batch->rows * sizeof(uint64_t));
		}
		batch->columns[i] = needed ? rows->values[i] : NULL;
	}
	return 0;
}

static int fill_in_switches(struct cdict_rows *rows, struct cdict_scan *scan,
			    const struct capture_batch *batch)
{
	if (cdict_switches_fill_in(batch, rows->values[SWITCHES_TASK]))
		return 0;
	rows->column = capture_table_info(batch->table)->columns[SWITCHES_TASK].name;
	return fail(scan, "nil where no row before tells who ran");
}

int cdict_rows_read(struct cdict_rows *rows, struct cdict_scan *scan, bool wanted,
		    struct capture_batch *batch)
{
	size_t pairs;
	int err = 0;

	rows->column = NULL;
	batch->rows = 0;
	batch->strings = rows->texts->pool;
	memset(rows->present, 0, sizeof(rows->present));
	if (!cdict_scan_map(scan, &pairs))
		return -EBADMSG;
	for (size_t i = 0; !err && i < pairs; i++)
		err = read_column(rows, scan, wanted, i, batch);
	if (!err)
		err = fill_in(rows, scan, wanted, batch);
	if (!err && wanted && batch->table == CAPTURE_SWITCHES)
		err = fill_in_switches(rows, scan, batch);
	return err;
}
