/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes protocol buffers: fields by number, messages within messages. (protobuf.dev/programming-
 * guides/encoding.) Errors are sticky.
 */
#ifndef BASE_PROTO_WRITER_H
#define BASE_PROTO_WRITER_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define PROTO_DEPTH_MAX 8

struct proto_writer {
	FILE *file; /* borrowed */
	unsigned char *bytes;
	size_t size;
	size_t capacity;
	size_t begins[PROTO_DEPTH_MAX]; /* of the messages that are open */
	int depth;
	int error; /* 0 or -errno */
};

void proto_begin(struct proto_writer *proto, FILE *file);

void proto_u64(struct proto_writer *proto, uint32_t field, uint64_t value);
void proto_double(struct proto_writer *proto, uint32_t field, double value);
void proto_text(struct proto_writer *proto, uint32_t field, const char *text);

/* Fields up to proto_close() belong to a message in this field. An outermost one goes to the file
   when it is closed. */
void proto_open(struct proto_writer *proto, uint32_t field);
void proto_close(struct proto_writer *proto);

/* Bytes of the outermost message so far. */
size_t proto_size(const struct proto_writer *proto);

/* Frees memory, flushes the file. 0 or -errno. */
int proto_end(struct proto_writer *proto);

#endif
