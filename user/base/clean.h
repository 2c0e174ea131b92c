/* SPDX-License-Identifier: Apache-2.0 */
/* Text from outside (task names, files) made harmless: printable, whole UTF-8. */
#ifndef BASE_CLEAN_H
#define BASE_CLEAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/*
 * True when these bytes are whole UTF-8 characters without control characters (C0, DEL, C1). A NUL
 * must follow them somewhere.
 */
bool clean_is(const char *text, size_t length);

/* Puts '?' over every byte of a control character and of broken UTF-8. text[length] must be NUL. */
void clean_text(char *text, size_t length);

/* Writes the text with '?' over the same bytes, for people: the names of files are anybody's, too. */
void clean_put(const char *text, FILE *file);

#endif
