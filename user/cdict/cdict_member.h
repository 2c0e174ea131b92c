/* SPDX-License-Identifier: Apache-2.0 */
/* One gzip member in the making: bytes in, deflated bytes out, kept until the member is whole. */
#ifndef CDICT_CDICT_MEMBER_H
#define CDICT_CDICT_MEMBER_H

#include <stddef.h>
#include <stdint.h>
#include <zlib.h>

struct cdict_member {
	z_stream stream;
	unsigned char *bytes; /* deflated so far */
	size_t size;
	size_t capacity;
	size_t raw_bytes; /* put in so far */
};

/* 0 or -ENOMEM. */
int cdict_member_init(struct cdict_member *member);
void cdict_member_free(struct cdict_member *member);

/* Adds bytes. 0 or -ENOMEM. */
int cdict_member_add(struct cdict_member *member, const void *bytes, size_t length);

/* Ends the member: `bytes` and `size` are what to write. 0 or -ENOMEM. */
int cdict_member_finish(struct cdict_member *member);

/* Begins a new one. */
void cdict_member_restart(struct cdict_member *member);

#endif
