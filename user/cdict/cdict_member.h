/* SPDX-License-Identifier: Apache-2.0 */
/* One gzip member in the making: bytes in, deflated bytes out, kept until the member is whole. */
#ifndef CDICT_CDICT_MEMBER_H
#define CDICT_CDICT_MEMBER_H

#include <stdbool.h>
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

/*
 * What comes now is of another nature: it gets codes of its own. `counts`: mostly small numbers, of
 * which only runs of one are worth looking for. 0 or -ENOMEM.
 */
int cdict_member_turn(struct cdict_member *member, bool counts);

/* Ends the member: `bytes` and `size` are what to write. 0 or -ENOMEM. */
int cdict_member_finish(struct cdict_member *member);

/* Begins a new one. */
void cdict_member_restart(struct cdict_member *member);

#endif
