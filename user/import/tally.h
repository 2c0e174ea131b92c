/* SPDX-License-Identifier: Apache-2.0 */
/* Rows by key, added up in memory until there are many, and then pushed: parts of rows add up. */
#ifndef IMPORT_TALLY_H
#define IMPORT_TALLY_H

#include "account/output.h"
#include "import/import.h"

/* Words of rows. */
enum tally_word { TALLY_RUN, TALLY_SLEEP, TALLY_GUEST, TALLY_HOST, TALLY_ISA, TALLY_WORDS };

struct tally {
	struct output *output; /* borrowed */
	uint64_t bucket_ns;
	const uint64_t *words; /* TALLY_WORDS ids */
	struct tally_slot *slots;
	size_t used;
};

/* 0 or -ENOMEM. */
int tally_init(struct tally *tally, struct output *output, uint64_t bucket_ns,
	       const uint64_t *words);
void tally_free(struct tally *tally);

/* Each adds to a row; 0 or -errno. */
int tally_run(struct tally *tally, uint64_t bucket, uint64_t task, uint32_t cpu, uint64_t run_ns,
	      uint64_t switches);
int tally_cell(struct tally *tally, uint64_t bucket, uint64_t task, enum tally_word kind,
	       uint32_t bin);
int tally_successor(struct tally *tally, uint64_t task, uint64_t next);

/* Exits of one reason (below 2^32); of one that an entry ended, host_ns is its time. */
struct tally_exit {
	uint64_t count;
	uint64_t unpaired;
	uint64_t host_ns;
	uint64_t guest_ns;
};
int tally_exit(struct tally *tally, uint64_t bucket, uint64_t task, uint64_t reason,
	       const struct tally_exit *exit);
int tally_exit_cell(struct tally *tally, uint64_t bucket, uint64_t task, uint64_t reason,
		    uint32_t bin);
int tally_guest(struct tally *tally, uint64_t bucket, uint64_t task, uint64_t guest_ns);

/* Pushes what is there. */
int tally_flush(struct tally *tally);

#endif
