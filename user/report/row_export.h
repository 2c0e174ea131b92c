/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rows of one table as CSV or JSON while they are read. Columns have the table's names; beside
 * `task` stand tid and name, beside `next` next_tid and next_name, beside `bucket` where it begins
 * (at_ns) and how long it is (bucket_ns), beside `reason` reason_name. at_ns of `switches` is made absolute.
 */
#ifndef REPORT_ROW_EXPORT_H
#define REPORT_ROW_EXPORT_H

#include "base/csv_writer.h"
#include "base/json_writer.h"
#include "capture/exit_reason.h"
#include "view/view.h"

/* Each column of a table, at most two beside three of them, and one beside another. */
#define ROW_EXPORT_FIELDS (CAPTURE_COLUMNS_MAX + 7)

enum row_export_source {
	ROW_EXPORT_NUMBER,
	ROW_EXPORT_TEXT,
	ROW_EXPORT_DIFFERENCE, /* becomes the sum so far */
	ROW_EXPORT_TASK,       /* as the file numbers it */
	ROW_EXPORT_TID,
	ROW_EXPORT_NAME,
	ROW_EXPORT_VM,
	ROW_EXPORT_VCPU,
	ROW_EXPORT_BUCKET_AT,
	ROW_EXPORT_BUCKET_NS,
	ROW_EXPORT_REASON, /* its name */
};

struct row_export_field {
	const char *key;
	enum row_export_source source;
	size_t column; /* of the table, that it is made from */
};

struct row_export {
	struct capture_sink sink;
	const struct view *view;
	enum capture_table table;
	uint64_t from_ns; /* rows of states before it stay out */
	bool as_json;
	struct csv_writer csv;
	struct json_writer json;
	char reason[EXIT_REASON_BYTES]; /* a name without a table's */
	size_t field_count;
	struct row_export_field fields[ROW_EXPORT_FIELDS];
};

/* Ready to be read into; `view` and `file` are borrowed. The sink returns -errno of the file. */
void row_export_init(struct row_export *export, const struct view *view, enum capture_table table,
		     bool as_json, FILE *file);

/* After the read: ends the text. 0 or -errno of the file. */
int row_export_finish(struct row_export *export);

/* True for tables whose rows have no time, so that a window does not apply to them. */
bool row_export_is_timeless(enum capture_table table);

#endif
