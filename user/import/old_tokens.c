/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes are those of the msgpack specification (2013), of which "raw" is the old str. */
#include "import/old_tokens.h"

#include "base/clean.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

int old_tokens_init(struct old_tokens *tokens, int fd)
{
	tokens->fd = fd;
	tokens->at = 0;
	tokens->over = false;
	tokens->begin = 0;
	tokens->end = 0;
	tokens->position = 0;
	memset(&tokens->zlib, 0, sizeof(tokens->zlib));
	tokens->inflating = inflateInit(&tokens->zlib) == Z_OK;
	return tokens->inflating ? 0 : -ENOMEM;
}

void old_tokens_free(struct old_tokens *tokens)
{
	if (tokens->inflating)
		inflateEnd(&tokens->zlib);
	tokens->inflating = false;
}

/* ---- bytes ---- */

static int read_in(struct old_tokens *tokens)
{
	ssize_t count = pread(tokens->fd, tokens->in, sizeof(tokens->in), (off_t)tokens->at);

	if (count < 0)
		return -errno;
	if (count == 0)
		return -EBADMSG; /* cut */
	tokens->at += (uint64_t)count;
	tokens->zlib.next_in = tokens->in;
	tokens->zlib.avail_in = (unsigned int)count;
	return 0;
}

/* At least one more byte in `out`. */
static int inflate_more(struct old_tokens *tokens)
{
	int error = 0;

	tokens->begin = tokens->end = 0;
	tokens->zlib.next_out = tokens->out;
	tokens->zlib.avail_out = sizeof(tokens->out);
	while (!error && !tokens->end) {
		int status;

		if (tokens->over)
			return -EBADMSG;
		if (!tokens->zlib.avail_in)
			error = read_in(tokens);
		if (error)
			return error;
		status = inflate(&tokens->zlib, Z_NO_FLUSH);
		tokens->over = status == Z_STREAM_END;
		if (status == Z_MEM_ERROR)
			return -ENOMEM;
		if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR)
			return -EBADMSG;
		tokens->end = sizeof(tokens->out) - tokens->zlib.avail_out;
	}
	return error;
}

int old_tokens_peek(struct old_tokens *tokens)
{
	int error = tokens->begin == tokens->end ? inflate_more(tokens) : 0;

	return error ? error : tokens->out[tokens->begin];
}

/* `to` may be NULL: passed over. */
static int take(struct old_tokens *tokens, void *to, uint64_t length)
{
	while (length) {
		size_t part = tokens->end - tokens->begin;

		if (!part) {
			int error = inflate_more(tokens);

			if (error)
				return error;
			continue;
		}
		if (part > length)
			part = (size_t)length;
		if (to) {
			memcpy(to, tokens->out + tokens->begin, part);
			to = (char *)to + part;
		}
		tokens->begin += part;
		tokens->position += part;
		length -= part;
	}
	return 0;
}

int old_tokens_seek(struct old_tokens *tokens, uint64_t position)
{
	return position < tokens->position ? -EINVAL
					   : take(tokens, NULL, position - tokens->position);
}

/* ---- values ---- */

static int take_number(struct old_tokens *tokens, size_t bytes, uint64_t *number)
{
	unsigned char big[8];
	int error = take(tokens, big, bytes);

	*number = 0;
	for (size_t i = 0; i < bytes && !error; i++)
		*number = *number << 8 | big[i];
	return error;
}

static int take_text(struct old_tokens *tokens, struct old_token *token, uint64_t length)
{
	size_t kept = length < OLD_TEXT_BYTES - 1 ? (size_t)length : OLD_TEXT_BYTES - 1;
	int error = take(tokens, token->text, kept);

	if (error)
		return error;
	token->type = OLD_TEXT;
	token->length = kept;
	token->text[kept] = '\0';
	clean_text(token->text, kept);
	return take(tokens, NULL, length - kept);
}

static int take_count(struct old_token *token, enum old_token_type type, uint64_t count)
{
	token->type = type;
	token->count = (uint32_t)count;
	return 0;
}

static int take_unsigned(struct old_tokens *tokens, struct old_token *token, size_t bytes)
{
	token->type = OLD_NUMBER;
	return take_number(tokens, bytes, &token->number);
}

/* Negative ones mean nothing here. */
static int take_signed(struct old_tokens *tokens, struct old_token *token, size_t bytes)
{
	int error = take_unsigned(tokens, token, bytes);

	if (!error && token->number >> (8 * bytes - 1))
		token->type = OLD_OTHER;
	return error;
}

static int take_float(struct old_tokens *tokens, struct old_token *token)
{
	uint64_t bits;
	int error = take_number(tokens, 8, &bits);
	double value;

	memcpy(&value, &bits, sizeof(value));
	if (!error && value >= 0 && value < 9e18) {
		token->type = OLD_NUMBER;
		token->number = (uint64_t)value;
	}
	return error;
}

static int take_long(struct old_tokens *tokens, struct old_token *token, unsigned char first)
{
	uint64_t length = 0;
	int error = 0;

	switch (first) {
	case 0xc0:
		token->type = OLD_NIL;
		return 0;
	case 0xc4: /* bin */
	case 0xc5:
	case 0xc6:
		error = take_number(tokens, (size_t)1 << (first - 0xc4), &length);
		return error ? error : take_text(tokens, token, length);
	case 0xc7: /* ext: its type is one byte more */
	case 0xc8:
	case 0xc9:
		error = take_number(tokens, (size_t)1 << (first - 0xc7), &length);
		return error ? error : take(tokens, NULL, length + 1);
	case 0xca:
		return take(tokens, NULL, 4);
	case 0xcb:
		return take_float(tokens, token);
	case 0xcc:
	case 0xcd:
	case 0xce:
	case 0xcf:
		return take_unsigned(tokens, token, (size_t)1 << (first - 0xcc));
	case 0xd0:
	case 0xd1:
	case 0xd2:
	case 0xd3:
		return take_signed(tokens, token, (size_t)1 << (first - 0xd0));
	case 0xd4: /* fixext */
	case 0xd5:
	case 0xd6:
	case 0xd7:
	case 0xd8:
		return take(tokens, NULL, 1 + ((uint64_t)1 << (first - 0xd4)));
	case 0xd9:
	case 0xda:
	case 0xdb:
		error = take_number(tokens, (size_t)1 << (first - 0xd9), &length);
		return error ? error : take_text(tokens, token, length);
	case 0xdc:
	case 0xdd:
		error = take_number(tokens, (size_t)2 << (first - 0xdc), &length);
		return error ? error : take_count(token, OLD_ARRAY, length);
	case 0xde:
	case 0xdf:
		error = take_number(tokens, (size_t)2 << (first - 0xde), &length);
		return error ? error : take_count(token, OLD_MAP, length);
	}
	return first == 0xc1 ? -EBADMSG : 0; /* c1 is never used; c2, c3: booleans */
}

int old_tokens_next(struct old_tokens *tokens, struct old_token *token)
{
	unsigned char first;
	int error = take(tokens, &first, 1);

	token->type = OLD_OTHER;
	if (error)
		return error;
	if (first < 0x80) {
		token->type = OLD_NUMBER;
		token->number = first;
		return 0;
	}
	if (first < 0x90)
		return take_count(token, OLD_MAP, first & 0x0f);
	if (first < 0xa0)
		return take_count(token, OLD_ARRAY, first & 0x0f);
	if (first < 0xc0)
		return take_text(tokens, token, first & 0x1f);
	if (first >= 0xe0)
		return 0; /* negative */
	return take_long(tokens, token, first);
}

/* Values within values only add to how many are left. */
int old_tokens_skip(struct old_tokens *tokens, uint64_t count)
{
	struct old_token token;

	while (count) {
		int error = old_tokens_next(tokens, &token);

		if (error)
			return error;
		count--;
		if (token.type == OLD_ARRAY)
			count += token.count;
		else if (token.type == OLD_MAP)
			count += 2 * (uint64_t)token.count;
	}
	return 0;
}
