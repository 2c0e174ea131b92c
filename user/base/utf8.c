/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"

#include <stdbool.h>

static bool goes_on(unsigned char byte)
{
	return (byte & 0xc0) == 0x80;
}

/* The table 3-7 of the Unicode standard, "Well-Formed UTF-8 Byte Sequences". */
size_t utf8_length(const char *text)
{
	const unsigned char *bytes = (const unsigned char *)text;
	unsigned char first = bytes[0];
	unsigned char low = 0x80, high = 0xbf;
	size_t length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;

	if (first < 0x80)
		return first ? 1 : 0;
	if (first < 0xc2 || first > 0xf4)
		return 0;
	if (first == 0xe0)
		low = 0xa0;
	else if (first == 0xed)
		high = 0x9f;
	else if (first == 0xf0)
		low = 0x90;
	else if (first == 0xf4)
		high = 0x8f;
	if (bytes[1] < low || bytes[1] > high)
		return 0;
	for (size_t i = 2; i < length; i++)
		if (!goes_on(bytes[i]))
			return 0;
	return length;
}

size_t utf8_width(const char *text)
{
	size_t width = 0;

	while (*text) {
		size_t length = utf8_length(text);

		text += length ? length : 1;
		width++;
	}
	return width;
}
