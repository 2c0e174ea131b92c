/* SPDX-License-Identifier: Apache-2.0 */
/* A reader's insides: what is known of a file before its rows are read. */
#ifndef CDICT_CDICT_OPEN_H
#define CDICT_CDICT_OPEN_H

#include "cdict/cdict.h"
#include "cdict/cdict_ends.h"
#include "cdict/cdict_texts.h"

struct cdict_reader {
	char *path;
	int fd;
	struct cdict_texts texts;
	struct capture_header header;
	struct capture_end end; /* of the last cdict_read */
};

#endif
