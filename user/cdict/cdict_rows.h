/* SPDX-License-Identifier: Apache-2.0 */
/* The columns of one message into a batch, each value checked. */
#ifndef CDICT_CDICT_ROWS_H
#define CDICT_CDICT_ROWS_H

#include "capture/capture.h"
#include "cdict/cdict_scan.h"
#include "cdict/cdict_seen.h"
#include "cdict/cdict_texts.h"

#include <stdbool.h>

/* CPU numbers are below this; Linux knows 8192 at most (arch/x86/Kconfig, NR_CPUS_RANGE_END). */
#define CDICT_CPUS_MAX 65536
/* A bucket is at most 60 s, by hand; doubled now and then. */
#define CDICT_BUCKET_NS_MAX ((uint64_t)1 << 42)

struct cdict_rows {
	struct cdict_texts *texts; /* borrowed */
	struct cdict_seen tasks;   /* have had their row */
	uint32_t first_bin;
	uint32_t last_bin;
	uint64_t word_ids[16]; /* known kinds, see cdict_rows.c */
	uint64_t *values[CAPTURE_COLUMNS_MAX];
	size_t capacity[CAPTURE_COLUMNS_MAX];
	bool present[CAPTURE_COLUMNS_MAX];
	const char *column; /* that a fault was found in, or NULL */
};

/* `texts` is borrowed. 0 or -ENOMEM. */
int cdict_rows_init(struct cdict_rows *rows, struct cdict_texts *texts,
		    const struct capture_header *header);
void cdict_rows_free(struct cdict_rows *rows);

/*
 * Reads the map of columns that `scan` stands at, and passes it. `batch` has its table and
 * bucket_ns; when `wanted` its rows and columns are filled in, else only what the reader itself
 * needs to know is unpacked: new tasks, buckets, times of losses. 0, -ENOMEM, -E2BIG (too much
 * text), or -EBADMSG with scan->fault.
 */
int cdict_rows_read(struct cdict_rows *rows, struct cdict_scan *scan, bool wanted,
		    struct capture_batch *batch);

#endif
