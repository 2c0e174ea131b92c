/* SPDX-License-Identifier: Apache-2.0 */
/* A sink that keeps every row, for tests that look at what was pushed. */
#ifndef TALLY_H
#define TALLY_H

#include "capture/capture.h"

struct tallied_row { /* at_ns of switches is made absolute */
	uint64_t bucket_ns;
	uint64_t values[CAPTURE_COLUMNS_MAX];
};

struct tallied_table {
	struct tallied_row *rows;
	size_t count;
	size_t capacity;
};

struct tally {
	struct capture_sink sink; /* first: the sink is the tally */
	struct tallied_table tables[CAPTURE_TABLES];
	uint64_t flushed_at_ns;
	size_t flushes;
	struct capture_end end; /* proof: a copy of its own */
	bool ended;
	bool used_before_told; /* a row named a task that no row of `tasks` had told of */
	uint64_t *told;	       /* by task key: 1 when told */
	size_t told_count;
	int fail_with; /* what batch() returns, to test errors */
};

void tally_init(struct tally *tally);
void tally_free(struct tally *tally);

/* Sum of a column over the rows whose other columns have these values (CAPTURE_NIL: any). */
uint64_t tally_sum(const struct tally *tally, enum capture_table table, unsigned int column,
		   unsigned int where, uint64_t value);

/* The last row of `tasks` with this key; NULL: none. */
const struct tallied_row *tally_task(const struct tally *tally, uint64_t task);

#endif
