/* SPDX-License-Identifier: Apache-2.0 */
/* The gzip members of a file, one after the other, each held whole and with its CRC checked. */
#ifndef CDICT_CDICT_INFLATE_H
#define CDICT_CDICT_INFLATE_H

#include <stddef.h>
#include <stdint.h>
#include <zlib.h>

/* A member that inflates to more is refused; the writer's stay below half of it. */
#define CDICT_MEMBER_BYTES_MAX ((size_t)64 << 20)

/* A member, inflated. */
struct cdict_inflated {
	uint64_t offset; /* where it begins in the file */
	unsigned char *bytes;
	size_t size;
	size_t capacity;
};

struct cdict_inflate {
	int fd; /* borrowed */
	z_stream stream;
	unsigned char *input;
	uint64_t read_at; /* offset in the file of what is read next */
	struct cdict_inflated member;
	char fault[128]; /* why the file cannot be followed further, or empty */
};

/* Begins at the file's start. 0 or -ENOMEM. */
int cdict_inflate_init(struct cdict_inflate *members, int fd);
void cdict_inflate_free(struct cdict_inflate *members);

/*
 * The next member. 1 when it is there, 0 at the end of the file, -EBADMSG when the file is cut or
 * damaged here (see fault), another -errno when it cannot be read.
 */
int cdict_inflate_next(struct cdict_inflate *members);

#endif
