/* SPDX-License-Identifier: Apache-2.0 */
/* Rows by key, added up in memory until there are many, and then pushed: parts of rows add up. */
#ifndef IMPORT_TALLY_H
#define IMPORT_TALLY_H

#include "account/output.h"
#include "import/import.h"

struct tally {
	struct output *output; /* borrowed */
	uint64_t bucket_ns;
	uint64_t *words; /* the kinds of cells, as ids: indexed by key */
	struct tally_slot *slots;
	size_t used;
};

/* 0 or -ENOMEM. */
int tally_init(struct tally *tally, struct output *output, uint64_t bucket_ns, uint64_t *words);
void tally_free(struct tally *tally);

/* Each adds to a row; 0 or -errno. */
int tally_run(struct tally *tally, uint64_t bucket, uint64_t task, uint32_t cpu, uint64_t run_ns,
	      uint64_t switches);
int tally_cell(struct tally *tally, uint64_t bucket, uint64_t task, uint32_t word, uint32_t bin);
int tally_successor(struct tally *tally, uint64_t task, uint64_t next);

/* Pushes what is there. */
int tally_flush(struct tally *tally);

#endif
