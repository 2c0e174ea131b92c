/* SPDX-License-Identifier: Apache-2.0 */
#include "base/proto_writer.h"

#include "base/array.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum wire_type { WIRE_VARINT = 0, WIRE_64_BITS = 1, WIRE_BYTES = 2 };

/* A length is written before what it is of is known: in so many bytes, which may be more than
   needed (the last of them may be zero). */
#define LENGTH_BYTES 4
#define LENGTH_MAX ((1u << 28) - 1)

void proto_begin(struct proto_writer *proto, FILE *file)
{
	*proto = (struct proto_writer){ .file = file };
}

static void put(struct proto_writer *proto, const void *bytes, size_t length)
{
	if (proto->error)
		return;
	if (ARRAY_RESERVE(proto->bytes, proto->capacity, proto->size + length)) {
		proto->error = -ENOMEM;
		return;
	}
	memcpy(proto->bytes + proto->size, bytes, length);
	proto->size += length;
}

/* Seven bits a byte, the lowest first; the top bit says that more follow. */
static void put_varint(struct proto_writer *proto, uint64_t value)
{
	unsigned char bytes[10];
	size_t length = 0;

	do {
		bytes[length] = value & 0x7f;
		value >>= 7;
		if (value)
			bytes[length] |= 0x80;
		length++;
	} while (value);
	put(proto, bytes, length);
}

static void put_key(struct proto_writer *proto, uint32_t field, enum wire_type type)
{
	put_varint(proto, (uint64_t)field << 3 | type);
}

void proto_u64(struct proto_writer *proto, uint32_t field, uint64_t value)
{
	put_key(proto, field, WIRE_VARINT);
	put_varint(proto, value);
}

void proto_double(struct proto_writer *proto, uint32_t field, double value)
{
	unsigned char bytes[8];
	uint64_t bits;

	memcpy(&bits, &value, sizeof(bits));
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)(bits >> (8 * i));
	put_key(proto, field, WIRE_64_BITS);
	put(proto, bytes, sizeof(bytes));
}

void proto_text(struct proto_writer *proto, uint32_t field, const char *text)
{
	size_t length = strlen(text);

	put_key(proto, field, WIRE_BYTES);
	put_varint(proto, length);
	put(proto, text, length);
}

void proto_open(struct proto_writer *proto, uint32_t field)
{
	static const unsigned char room[LENGTH_BYTES];

	put_key(proto, field, WIRE_BYTES);
	put(proto, room, sizeof(room));
	proto->begins[proto->depth++] = proto->size;
}

static void write_out(struct proto_writer *proto)
{
	if (fwrite(proto->bytes, 1, proto->size, proto->file) != proto->size)
		proto->error = errno ? -errno : -EIO;
	proto->size = 0;
}

void proto_close(struct proto_writer *proto)
{
	size_t begin = proto->begins[--proto->depth];
	size_t length = proto->size - begin;

	if (proto->error)
		return;
	if (length > LENGTH_MAX) {
		proto->error = -EOVERFLOW;
		return;
	}
	for (size_t i = 0; i < LENGTH_BYTES; i++)
		proto->bytes[begin - LENGTH_BYTES + i] = (unsigned char)(length >> (7 * i) & 0x7f) |
							 (i < LENGTH_BYTES - 1 ? 0x80 : 0);
	if (!proto->depth)
		write_out(proto);
}

size_t proto_size(const struct proto_writer *proto)
{
	return proto->size;
}

int proto_end(struct proto_writer *proto)
{
	free(proto->bytes);
	proto->bytes = NULL;
	if (!proto->error && fflush(proto->file) == EOF)
		proto->error = -errno;
	return proto->error;
}
