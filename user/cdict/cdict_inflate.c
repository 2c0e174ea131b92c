/* SPDX-License-Identifier: Apache-2.0 */
#include "cdict/cdict_inflate.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define GZIP_WINDOW_BITS 31
#define INPUT_BYTES 65536
#define FIRST_CAPACITY (256u << 10)

int cdict_inflate_init(struct cdict_inflate *members, int fd)
{
	*members = (struct cdict_inflate){ .fd = fd };
	members->input = malloc(INPUT_BYTES);
	if (!members->input || inflateInit2(&members->stream, GZIP_WINDOW_BITS) != Z_OK) {
		cdict_inflate_free(members);
		return -ENOMEM;
	}
	return 0;
}

void cdict_inflate_free(struct cdict_inflate *members)
{
	inflateEnd(&members->stream);
	free(members->input);
	free(members->member.bytes);
	*members = (struct cdict_inflate){ .fd = -1 };
}

__attribute__((format(printf, 2, 3))) static int damaged(struct cdict_inflate *members,
							 const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(members->fault, sizeof(members->fault), format, arguments);
	va_end(arguments);
	return -EBADMSG;
}

/* Makes sure that there is input. 1, 0 at the end of the file, or -errno. */
static int fill(struct cdict_inflate *members)
{
	ssize_t count;

	if (members->stream.avail_in)
		return 1;
	do
		count = pread(members->fd, members->input, INPUT_BYTES, (off_t)members->read_at);
	while (count < 0 && errno == EINTR);
	if (count < 0)
		return -errno;
	members->read_at += (uint64_t)count;
	members->stream.next_in = members->input;
	members->stream.avail_in = (uInt)count;
	return count > 0;
}

static uint64_t position(const struct cdict_inflate *members)
{
	return members->read_at - members->stream.avail_in;
}

/* Makes room for more output. 0, -ENOMEM, or -EBADMSG when there has been enough. */
static int grow(struct cdict_inflate *members)
{
	size_t capacity = members->member.capacity ? members->member.capacity * 2 : FIRST_CAPACITY;
	unsigned char *larger;

	if (members->member.size < members->member.capacity)
		return 0;
	if (members->member.capacity >= CDICT_MEMBER_BYTES_MAX)
		return damaged(members, "a member inflates to more than %zu MiB",
			       CDICT_MEMBER_BYTES_MAX >> 20);
	larger = realloc(members->member.bytes, capacity);
	if (!larger)
		return -ENOMEM;
	members->member.bytes = larger;
	members->member.capacity = capacity;
	return 0;
}

/* Inflates as far as input and room go. 1 when the member is whole, 0, or -errno. */
static int step(struct cdict_inflate *members)
{
	z_stream *stream = &members->stream;
	size_t room = members->member.capacity - members->member.size;
	int result;

	stream->next_out = members->member.bytes + members->member.size;
	stream->avail_out = (uInt)room;
	result = inflate(stream, Z_NO_FLUSH);
	members->member.size += room - stream->avail_out;
	if (result == Z_STREAM_END)
		return 1;
	if (result == Z_OK || result == Z_BUF_ERROR)
		return 0;
	if (result == Z_MEM_ERROR)
		return -ENOMEM;
	return damaged(members, "%s", stream->msg ? stream->msg : "not a gzip member");
}

/* Zeros up to the end of the file are padding (gzip allows it); anything else is damage. */
static int pass_padding(struct cdict_inflate *members)
{
	int more;

	while ((more = fill(members)) > 0) {
		z_stream *stream = &members->stream;

		while (stream->avail_in && *stream->next_in == 0) {
			stream->next_in++;
			stream->avail_in--;
		}
		if (stream->avail_in)
			return damaged(members, "zeros, then more bytes");
	}
	return more;
}

int cdict_inflate_next(struct cdict_inflate *members)
{
	int result;

	members->member.offset = position(members);
	members->member.size = 0;
	result = fill(members);
	if (result <= 0)
		return result;
	if (*members->stream.next_in == 0)
		return pass_padding(members);
	inflateReset(&members->stream);
	for (;;) {
		result = grow(members);
		if (!result)
			result = fill(members);
		if (result < 0)
			return result;
		if (result == 0)
			return damaged(members, "the file ends within a member");
		result = step(members);
		if (result)
			return result;
	}
}
