/* SPDX-License-Identifier: Apache-2.0 */
/* Files put together by hand, as no writer of ours would: any bytes in gzip members. */
#ifndef CDICT_RAW_H
#define CDICT_RAW_H

#include "cdict/cdict.h"
#include "collect.h"

#include <msgpack.h>

struct raw_file {
	char path[64];
	int fd;
};

void raw_create(struct raw_file *file);
/* Closes it (when open) and removes it. */
void raw_free(struct raw_file *file);

/* Bytes as they are, and bytes as a gzip member. */
void raw_bytes(struct raw_file *file, const void *bytes, size_t length);
void raw_member(struct raw_file *file, const void *bytes, size_t length);

/* A sound header as a member. */
void raw_header(struct raw_file *file);

/* A message {"table": ..., "bucket_ns": ..., "columns": {...}} up to where the pairs of columns
   begin; goes on by raw_integers (CAPTURE_NIL becomes nil) and raw_texts. */
void raw_table(msgpack_sbuffer *buffer, const char *table, size_t columns);
void raw_key(msgpack_sbuffer *buffer, const char *key);
void raw_integers(msgpack_sbuffer *buffer, const char *column, const uint64_t *values,
		  size_t count);
void raw_texts(msgpack_sbuffer *buffer, const char *column, const char *text, size_t count);

/* Reads all tables into `collect` (initialised, to be freed); -errno and the message. */
int raw_read(const struct raw_file *file, struct collect *collect, struct cdict_summary *summary,
	     char message[CDICT_MESSAGE_BYTES]);

#endif
