/* SPDX-License-Identifier: Apache-2.0 */
/* One line of CSV (RFC 4180 without line feeds inside quotes), taken apart. */
#ifndef NAMES_CSV_LINE_H
#define NAMES_CSV_LINE_H

#include <stddef.h>

#define CSV_LINE_FIELDS_MAX 8 /* fields beyond are counted and not kept */

struct csv_line {
	size_t count;
	char *fields[CSV_LINE_FIELDS_MAX]; /* within the text that was given */
};

/*
 * Takes `text` apart in place: quotes are undone, blanks around fields go. NULL, or what is wrong with
 * it in words that follow "line 3: ".
 */
const char *csv_line_split(char *text, struct csv_line *line);

#endif
