/* SPDX-License-Identifier: Apache-2.0 */
/* What the values of a column may be. */
#ifndef CDICT_CDICT_CHECK_H
#define CDICT_CDICT_CHECK_H

#include "cdict/cdict_rows.h"

/* True when rows of this table are worth nothing without this column. */
bool cdict_check_required(enum capture_table table, size_t column);

/* True for the columns that are unpacked even when their table is not wanted. */
bool cdict_check_always(enum capture_table table, size_t column);

/* Looks up the words that kinds may be. 0 or -errno. */
int cdict_check_init(struct cdict_rows *rows);

/* Checks a column's values; remembers new tasks. What is wrong, or NULL. */
const char *cdict_check_column(struct cdict_rows *rows, const struct capture_batch *batch,
			       size_t column, const uint64_t *values);

#endif
