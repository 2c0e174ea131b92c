/* SPDX-License-Identifier: Apache-2.0 */
/* perfwhiz's cdict: zlib of one msgpack map of eight columns. */
#ifndef IMPORT_OLD_CDICT_H
#define IMPORT_OLD_CDICT_H

#include "import/import.h"

/* Reads all of the file at `fd` into `sink`. 0, the sink's error, or -errno and a message. */
int old_cdict_read(int fd, const struct import_options *options, struct capture_sink *sink,
		   struct import_result *result, char message[IMPORT_MESSAGE_BYTES]);

#endif
