/* SPDX-License-Identifier: Apache-2.0 */
#include "base/number.h"

#include <string.h>

static const char digit_pairs[] = "00010203040506070809101112131415161718192021222324"
				  "25262728293031323334353637383940414243444546474849"
				  "50515253545556575859606162636465666768697071727374"
				  "75767778798081828384858687888990919293949596979899";

size_t number_format(char text[NUMBER_BYTES], uint64_t value)
{
	char digits[NUMBER_BYTES];
	size_t at = sizeof(digits);
	size_t length;

	digits[--at] = '\0';
	for (; value >= 100; value /= 100) {
		at -= 2;
		memcpy(digits + at, digit_pairs + 2 * (value % 100), 2);
	}
	if (value >= 10)
		digits[--at] = digit_pairs[2 * value + 1];
	digits[--at] = digit_pairs[2 * value + (value < 10)];
	length = sizeof(digits) - 1 - at;
	memcpy(text, digits + at, length + 1);
	return length;
}
