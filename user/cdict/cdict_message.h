/* SPDX-License-Identifier: Apache-2.0 */
/* What kind of message it is, and where its parts lie. */
#ifndef CDICT_CDICT_MESSAGE_H
#define CDICT_CDICT_MESSAGE_H

#include "cdict/cdict_scan.h"

#include <stdbool.h>
#include <stdint.h>

enum cdict_message_kind {
	CDICT_MESSAGE_OTHER, /* of a later version, to be passed over */
	CDICT_MESSAGE_HEADER,
	CDICT_MESSAGE_INDEX,
	CDICT_MESSAGE_END,
	CDICT_MESSAGE_ROWS,
};

struct cdict_message {
	enum cdict_message_kind kind;
	const unsigned char *body; /* of header and end: the value behind the key */
	size_t body_bytes;
	int table; /* of rows: the table, or -ENOENT */
	uint64_t bucket_ns;
	uint64_t base_ns;
	struct cdict_scan columns; /* stands at the map of columns */
	bool columns_last;	   /* nothing follows them: the scan still stands there, too */
};

/*
 * Reads the outline of the message that `scan` stands at. Columns that come last, as they should,
 * are not passed, so that they are walked only once. False on a fault.
 */
bool cdict_message_read(struct cdict_scan *scan, struct cdict_message *message);

#endif
