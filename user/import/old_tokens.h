/* SPDX-License-Identifier: Apache-2.0 */
/* The values of a msgpack message inside a zlib stream, one after the other, in bounded memory. */
#ifndef IMPORT_OLD_TOKENS_H
#define IMPORT_OLD_TOKENS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <zlib.h>

#define OLD_TEXT_BYTES 128 /* longer texts are cut */

enum old_token_type {
	OLD_NIL,
	OLD_NUMBER, /* unsigned; what is negative or too big becomes OLD_OTHER */
	OLD_TEXT,
	OLD_ARRAY, /* `count` values follow */
	OLD_MAP,   /* `count` pairs follow */
	OLD_OTHER,
};

struct old_token {
	enum old_token_type type;
	uint64_t number;
	uint32_t count;
	char text[OLD_TEXT_BYTES]; /* cleaned */
	size_t length;
};

struct old_tokens {
	int fd; /* borrowed; read with pread(2): several may share it */
	uint64_t at;
	z_stream zlib;
	bool inflating;
	bool over; /* the stream has ended */
	unsigned char in[16384];
	unsigned char out[65536];
	size_t begin;
	size_t end;
	uint64_t position; /* bytes of the message taken */
};

/* All return 0, -EBADMSG for a message that is cut or damaged, or -errno. */
int old_tokens_init(struct old_tokens *tokens, int fd);
void old_tokens_free(struct old_tokens *tokens);

int old_tokens_next(struct old_tokens *tokens, struct old_token *token);

/* Passes so many values over, with all that they hold. */
int old_tokens_skip(struct old_tokens *tokens, uint64_t count);

/* Goes on to a position, which is not behind. */
int old_tokens_seek(struct old_tokens *tokens, uint64_t position);

/* The next byte, left where it is; -EBADMSG at the end. */
int old_tokens_peek(struct old_tokens *tokens);

#endif
