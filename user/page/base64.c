/* SPDX-License-Identifier: Apache-2.0 */
#include "page/base64.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

#define CHUNK_TRIPLES 1024

/* Four characters of up to three bytes. */
static void encode(const unsigned char *bytes, size_t count, char out[4])
{
	unsigned int word = (unsigned int)bytes[0] << 16;

	if (count > 1)
		word |= (unsigned int)bytes[1] << 8;
	if (count > 2)
		word |= bytes[2];
	out[0] = digits[word >> 18];
	out[1] = digits[word >> 12 & 63];
	out[2] = count > 1 ? digits[word >> 6 & 63] : '=';
	out[3] = count > 2 ? digits[word & 63] : '=';
}

void base64_write(const unsigned char *bytes, size_t count, FILE *file)
{
	char text[CHUNK_TRIPLES * 4];
	size_t length = 0;

	for (size_t i = 0; i < count; i += 3) {
		if (length == sizeof(text)) {
			fwrite(text, 1, length, file);
			length = 0;
		}
		encode(bytes + i, count - i, text + length);
		length += 4;
	}
	fwrite(text, 1, length, file);
}
