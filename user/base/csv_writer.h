/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CSV into a FILE as RFC 4180 has it: CRLF ends a row, fields with comma, quote or line break are
 * quoted, a quote inside is doubled. A value that is not known is an empty field; an empty text is
 * a quoted one. Errors stick: write all of it, then ask csv_error() once.
 */
#ifndef BASE_CSV_WRITER_H
#define BASE_CSV_WRITER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct csv_writer {
	FILE *file; /* borrowed */
	bool in_row;
	int error;
};

/* `file` is borrowed and only this thread may use it meanwhile (it is not locked). */
void csv_begin(struct csv_writer *csv, FILE *file);

void csv_text(struct csv_writer *csv, const char *text); /* NULL: not known */
void csv_u64(struct csv_writer *csv, uint64_t value);
void csv_double(struct csv_writer *csv, double value); /* not finite: not known */
void csv_nil(struct csv_writer *csv);
void csv_end_row(struct csv_writer *csv);

/* 0, or the first error as -errno. */
int csv_error(const struct csv_writer *csv);

#endif
