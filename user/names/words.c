/* SPDX-License-Identifier: Apache-2.0 */
#include "names/words.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Copies the word at *text to `to`, and moves *text behind it. Where the copy ends, or NULL. */
static char *take_word(const char **text, char *to, const char **wrong)
{
	const char *from = *text;
	char quote = '\0';

	for (; *from && (quote || !isspace((unsigned char)*from)); from++) {
		if (*from == '\\' && quote != '\'') {
			if (!*++from) {
				*wrong = "a backslash at its end stands for nothing";
				return NULL;
			}
			*to++ = *from;
		} else if (quote ? *from == quote : *from == '"' || *from == '\'') {
			quote = quote ? '\0' : *from;
		} else {
			*to++ = *from;
		}
	}
	if (quote)
		*wrong = "a quote is not closed";
	*text = from;
	*to++ = '\0';
	return quote ? NULL : to;
}

static const char *skip_blanks(const char *text)
{
	while (isspace((unsigned char)*text))
		text++;
	return text;
}

char **words_split(const char *text, const char **wrong)
{
	size_t length = strlen(text), count = 0;
	/* no more words than half of the characters; the copies follow the pointers */
	char **words = malloc((length / 2 + 2) * sizeof(*words) + length + 2);
	char *to = words ? (char *)(words + length / 2 + 2) : NULL;

	*wrong = NULL;
	if (!words)
		return NULL;
	for (text = skip_blanks(text); *text; text = skip_blanks(text)) {
		words[count++] = to;
		to = take_word(&text, to, wrong);
		if (!to) {
			free(words);
			return NULL;
		}
	}
	words[count] = NULL;
	if (count)
		return words;
	*wrong = "it is empty";
	free(words);
	return NULL;
}
