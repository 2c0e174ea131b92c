/* SPDX-License-Identifier: Apache-2.0 */
#include "cdict/cdict_member.h"

#include "base/array.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#define GZIP_WINDOW_BITS 31 /* 15, and 16 asks for gzip's header and CRC */
#define MEMORY_LEVEL 8	    /* zlib's default */
#define ROOM_BYTES 65536

/*
 * Measured by `make bench-cdict` (zlib 1.2.13) with one block for all columns: level 1 takes 190 ns of
 * CPU a row in all and 4.69 bytes; 2: 207 and 4.71; 3: 239 and 4.72; 4: 270 and 4.63; 6: 586 and 4.54;
 * other strategies for all save 15 ns and double the size. A block a column, small numbers by their
 * runs alone (cdict_member_turn): level 1, 4.51 bytes.
 */
#define LEVEL 1

int cdict_member_init(struct cdict_member *member)
{
	*member = (struct cdict_member){ 0 };
	if (deflateInit2(&member->stream, LEVEL, Z_DEFLATED, GZIP_WINDOW_BITS, MEMORY_LEVEL,
			 Z_DEFAULT_STRATEGY) != Z_OK)
		return -ENOMEM;
	return 0;
}

void cdict_member_free(struct cdict_member *member)
{
	deflateEnd(&member->stream);
	free(member->bytes);
	*member = (struct cdict_member){ 0 };
}

/* Deflates what the stream was given, making room as it is needed. */
static int run(struct cdict_member *member, int flush)
{
	z_stream *stream = &member->stream;
	bool more;

	do {
		if (ARRAY_RESERVE(member->bytes, member->capacity, member->size + ROOM_BYTES))
			return -ENOMEM;
		stream->next_out = member->bytes + member->size;
		stream->avail_out = ROOM_BYTES;
		deflate(stream, flush); /* cannot fail: state and buffers are sound */
		member->size += ROOM_BYTES - stream->avail_out;
		more = stream->avail_out == 0;
	} while (more);
	return 0;
}

int cdict_member_add(struct cdict_member *member, const void *bytes, size_t length)
{
	member->stream.next_in = (Bytef *)bytes;
	member->stream.avail_in = (uInt)length;
	member->raw_bytes += length;
	return run(member, Z_NO_FLUSH);
}

int cdict_member_turn(struct cdict_member *member, bool counts)
{
	int err = run(member, Z_BLOCK);

	/* with nothing left to write this only sets the strategy */
	if (!err)
		deflateParams(&member->stream, LEVEL, counts ? Z_RLE : Z_DEFAULT_STRATEGY);
	return err;
}

int cdict_member_finish(struct cdict_member *member)
{
	return run(member, Z_FINISH);
}

void cdict_member_restart(struct cdict_member *member)
{
	deflateReset(&member->stream);
	member->size = 0;
	member->raw_bytes = 0;
}
