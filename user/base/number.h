/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers as decimal text, quickly: an export prints a hundred million of them. */
#ifndef BASE_NUMBER_H
#define BASE_NUMBER_H

#include <stddef.h>
#include <stdint.h>

#define NUMBER_BYTES 21 /* 2^64 - 1 has 20 digits, and a NUL */

/* Writes the digits of `value` and a NUL into `text`. Returns how many digits. */
size_t number_format(char text[NUMBER_BYTES], uint64_t value);

#endif
