/* SPDX-License-Identifier: Apache-2.0 */
/* As much of UTF-8 as names need. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stddef.h>

/* Bytes of the character that `text` (ended by NUL) begins with, or 0 when it is not UTF-8: cut
   short, overlong, a surrogate or beyond U+10FFFF. The NUL itself counts as no character: 0. */
size_t utf8_length(const char *text);

/* Places on a screen, one a character; bytes that are no UTF-8 count as one each. */
size_t utf8_width(const char *text);

#endif
