/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whatever a reading command is given: a capture, or another tool's recording, which is imported
 * into a file without a name in $TMPDIR first.
 */
#ifndef READING_SOURCE_H
#define READING_SOURCE_H

#include "cdict/cdict.h"

#include <stdbool.h>

/*
 * `detail`: single switches are wanted, should it be a recording. 0 or -errno and a message. What a
 * recording lacks is said on stderr.
 */
int reading_source_open(const char *path, bool detail, struct cdict_reader **reader,
			char message[CDICT_MESSAGE_BYTES]);

#endif
