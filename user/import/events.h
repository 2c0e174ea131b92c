/* SPDX-License-Identifier: Apache-2.0 */
/* From a line of an event to what it means for the tasks that are followed. */
#ifndef IMPORT_EVENTS_H
#define IMPORT_EVENTS_H

#include "capture/exit_reason.h"
#include "import/event_line.h"
#include "import/skipped.h"

struct follow;

struct events {
	struct follow *follow; /* borrowed */
	uint64_t count;	       /* events seen, used or not */
	uint64_t unreadable;   /* of a kind that is used, but not in a spelling that is known */
	enum exit_isa isa;     /* of the recording's KVM; EXIT_ISAS: not known yet */
	struct skipped skipped;
};

/* Feeds one event, at_ns since the capture's zero. 0 or -errno. */
int events_take(struct events *events, const struct event_line *line, uint64_t at_ns);

#endif
