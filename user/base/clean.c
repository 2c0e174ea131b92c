/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clean.h"

#include "base/utf8.h"

#include <string.h>

static bool is_c1(const unsigned char *bytes)
{
	return bytes[0] == 0xc2 && bytes[1] >= 0x80 && bytes[1] < 0xa0;
}

/* Bytes of the clean character at the start, 0 when it is broken, a control, or goes beyond. */
static size_t clean_bytes(const char *text, size_t length)
{
	unsigned char first = (unsigned char)*text;
	size_t bytes;

	if (first < 0x80)
		return first >= 0x20 && first != 0x7f ? 1 : 0;
	if (is_c1((const unsigned char *)text))
		return 0;
	bytes = utf8_length(text);
	return bytes <= length ? bytes : 0;
}

bool clean_is(const char *text, size_t length)
{
	while (length) {
		size_t bytes = clean_bytes(text, length);

		if (!bytes)
			return false;
		text += bytes;
		length -= bytes;
	}
	return true;
}

void clean_text(char *text, size_t length)
{
	for (size_t at = 0; at < length;) {
		size_t bytes = clean_bytes(text + at, length - at);

		if (!bytes)
			text[at] = '?'; /* of a C1 control: its second byte, left alone, is next */
		at += bytes ? bytes : 1;
	}
}

void clean_put(const char *text, FILE *file)
{
	size_t left = strlen(text);

	while (left) {
		size_t bytes = clean_bytes(text, left);

		if (bytes)
			fwrite(text, 1, bytes, file);
		else
			putc('?', file);
		text += bytes ? bytes : 1;
		left -= bytes ? bytes : 1;
	}
}
