/* SPDX-License-Identifier: Apache-2.0 */
/* The header and the end of a file, read back. */
#ifndef CDICT_CDICT_ENDS_H
#define CDICT_CDICT_ENDS_H

#include "capture/capture.h"
#include "cdict/cdict_texts.h"

/* A longer header or end is refused: msgpack-c makes objects of up to 48 times its size. */
#define CDICT_ENDS_BYTES_MAX ((size_t)1 << 20)

struct cdict_fault {
	const char *field;
	const char *fault;
};

/*
 * `bytes` is one whole msgpack value that has been scanned. The text belongs to `texts`; free the
 * arrays with free(header->cpus), free(end->proof). 0, -ENOMEM, or -EBADMSG and the fault.
 */
int cdict_ends_header(const unsigned char *bytes, size_t size, struct cdict_texts *texts,
		      struct capture_header *header, struct cdict_fault *fault);
int cdict_ends_end(const unsigned char *bytes, size_t size, struct cdict_texts *texts,
		   struct capture_end *end, struct cdict_fault *fault);

#endif
