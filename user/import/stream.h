/* SPDX-License-Identifier: Apache-2.0 */
/* The lines of a recording's text, or the samples of a perf.data, through account, into a sink. */
#ifndef IMPORT_STREAM_H
#define IMPORT_STREAM_H

#include "import/facts.h"
#include "import/import.h"
#include "import/source.h"

struct perf_file;

/* One of the two. */
struct stream_input {
	struct source *source;
	const struct perf_file *perf;
};

/*
 * Reads to the end. `header` was made from `facts` and is complete. 0, the sink's error, or -errno
 * (-EBADMSG with a message).
 */
int stream_read(const struct stream_input *input, const struct facts *facts,
		const struct capture_header *header, const struct import_options *options,
		struct capture_sink *sink, struct import_result *result,
		char message[IMPORT_MESSAGE_BYTES]);

#endif
