/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The eight columns of a perfwhiz cdict, side by side: they lie one behind the other in one zlib
 * stream, so each is inflated by itself, and no more than a buffer of each is in memory.
 */
#ifndef IMPORT_OLD_COLUMNS_H
#define IMPORT_OLD_COLUMNS_H

#include "import/old_tokens.h"

enum old_column {
	OLD_EVENT,
	OLD_CPU,
	OLD_USECS,
	OLD_PID,
	OLD_TASK_NAME,
	OLD_DURATION,
	OLD_NEXT_PID,
	OLD_NEXT_COMM,
	OLD_COLUMNS,
};

struct old_columns {
	int fd; /* borrowed */
	uint64_t rows;
	uint64_t left;
	uint64_t starts[OLD_COLUMNS]; /* position of the first value; 0: not found yet */
	uint64_t counts[OLD_COLUMNS];
	struct old_tokens *tokens[OLD_COLUMNS];
	struct old_token values[OLD_COLUMNS]; /* of the row */
};

/* Finds the columns. 0 or -errno; -EBADMSG: *fault says what is wrong. */
int old_columns_open(struct old_columns *columns, int fd, const char **fault);
void old_columns_free(struct old_columns *columns);

/* The next row's values: 1, 0 at the end, or -errno. */
int old_columns_next(struct old_columns *columns);

/* Starts again. 0 or -errno. */
int old_columns_rewind(struct old_columns *columns);

#endif
