/* SPDX-License-Identifier: Apache-2.0 */
/* A command line taken apart without a shell. */
#ifndef NAMES_WORDS_H
#define NAMES_WORDS_H

/*
 * The words of `text`, ended by NULL: blanks separate them, "..." and '...' keep blanks, a backslash
 * takes the next character as it is (not within '...'). Nothing is expanded. One block that the caller
 * frees; NULL: -ENOMEM, or *wrong tells what is not right.
 */
char **words_split(const char *text, const char **wrong);

#endif
