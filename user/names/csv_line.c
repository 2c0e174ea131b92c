/* SPDX-License-Identifier: Apache-2.0 */
#include "names/csv_line.h"

#include <stdbool.h>
#include <string.h>

static bool is_blank(char byte)
{
	return byte == ' ' || byte == '\t';
}

static void trim_end(char *start, char *end)
{
	while (end > start && is_blank(end[-1]))
		end--;
	*end = '\0';
}

/* Behind the opening quote. Gives where the field's text ends up to, or NULL when it is not closed. */
static char *unquote(char *text, char **rest)
{
	char *to = text;

	for (char *from = text; *from; from++) {
		if (*from != '"') {
			*to++ = *from;
		} else if (from[1] == '"') {
			*to++ = *from++;
		} else {
			*to = '\0';
			*rest = from + 1;
			return to;
		}
	}
	return NULL;
}

/* Takes the field at *text, and moves *text to its comma or to the end. */
static const char *take_field(char **text, char **field)
{
	char *at = *text + strspn(*text, " \t");

	*field = at;
	if (*at != '"') {
		*text = at + strcspn(at, ",");
		return NULL;
	}
	*field = at + 1;
	if (!unquote(at + 1, text))
		return "a quote is not closed";
	*text += strspn(*text, " \t");
	if (**text && **text != ',')
		return "there is text behind a closing quote";
	return NULL;
}

const char *csv_line_split(char *text, struct csv_line *line)
{
	line->count = 0;
	for (;;) {
		bool quoted = text[strspn(text, " \t")] == '"';
		char *field;
		const char *wrong = take_field(&text, &field);
		bool last = !*text;

		if (wrong)
			return wrong;
		if (!quoted)
			trim_end(field, text);
		if (line->count < CSV_LINE_FIELDS_MAX)
			line->fields[line->count] = field;
		line->count++;
		if (last)
			return NULL;
		text++;
	}
}
