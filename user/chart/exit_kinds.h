/* SPDX-License-Identifier: Apache-2.0 */
/* The kinds of exit that a capture, or several, hold. */
#ifndef CHART_EXIT_KINDS_H
#define CHART_EXIT_KINDS_H

#include "capture/capture.h"
#include "capture/exit_reason.h"

struct string_pool;

#define EXIT_KINDS_MAX ((size_t)1 << 16)
#define EXIT_KINDS_ISA_BYTES 16

/* The reason is the number of the processor's manual. */
struct exit_kind {
	char isa[EXIT_KINDS_ISA_BYTES];
	uint64_t reason;
	char name[EXIT_REASON_BYTES]; /* "unknown(0x...)" where no manual has one */
};

struct exit_kinds {
	struct exit_kind *items; /* in order of first sight */
	size_t count;
	size_t capacity;
	struct string_pool *keys; /* isa and reason of each; a key's id is its place in items */
};

/* Zero bytes are an empty one. */
void exit_kinds_free(struct exit_kinds *kinds);

/* The number of the kind that this row of `exits` is of, a new one when it was not seen. 0,
   -ENOMEM, or -ERANGE when there are too many. */
int exit_kinds_of_row(struct exit_kinds *kinds, const struct capture_batch *batch, size_t row,
		      uint64_t *number);

#endif
