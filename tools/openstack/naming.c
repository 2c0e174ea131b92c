/* SPDX-License-Identifier: Apache-2.0 */
#include "naming.h"

#include "words.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define GROUPS 10

/* The form must not name brackets that the pattern does not have. */
static int check_form(const struct naming *naming)
{
	for (const char *at = naming->form; *at; at++) {
		if (*at != '\\')
			continue;
		at++;
		if (*at == '\\')
			continue;
		if (!isdigit((unsigned char)*at)) {
			say_error("--name '%s': behind a backslash stands a digit or another "
				  "backslash",
				  naming->form);
			return -EINVAL;
		}
		if ((size_t)(*at - '0') > naming->pattern.re_nsub) {
			say_error("--name '%s' asks for \\%c, but --pattern has %zu pairs of "
				  "brackets",
				  naming->form, *at, naming->pattern.re_nsub);
			return -EINVAL;
		}
	}
	return 0;
}

int naming_init(struct naming *naming, const char *pattern, const char *form)
{
	char why[128];
	int error;

	*naming = (struct naming){ .form = form };
	if (!pattern)
		return 0;
	error = regcomp(&naming->pattern, pattern, REG_EXTENDED);
	if (error) {
		regerror(error, &naming->pattern, why, sizeof(why));
		say_error("--pattern '%s' is no regular expression: %s", pattern, why);
		return -EINVAL;
	}
	naming->has_pattern = true;
	return check_form(naming);
}

void naming_free(struct naming *naming)
{
	if (naming->has_pattern)
		regfree(&naming->pattern);
	naming->has_pattern = false;
}

struct text {
	char *bytes;
	size_t length;
};

static void append(struct text *text, const char *from, size_t length)
{
	size_t room = NAMING_BYTES - 1 - text->length;

	if (length > room)
		length = room;
	memcpy(text->bytes + text->length, from, length);
	text->length += length;
	text->bytes[text->length] = '\0';
}

static void fill(const struct naming *naming, const char *name, const regmatch_t groups[GROUPS],
		 struct text *text)
{
	for (const char *at = naming->form; *at; at++) {
		const regmatch_t *group;

		if (*at != '\\' || !isdigit((unsigned char)at[1])) {
			if (*at == '\\')
				at++;
			append(text, at, 1);
			continue;
		}
		group = &groups[*++at - '0'];
		if (group->rm_so >= 0)
			append(text, name + group->rm_so, (size_t)(group->rm_eo - group->rm_so));
	}
}

void naming_apply(const struct naming *naming, const char *name, char shown[NAMING_BYTES])
{
	struct text text = { .bytes = shown };
	regmatch_t groups[GROUPS];

	shown[0] = '\0';
	if (naming->has_pattern && regexec(&naming->pattern, name, GROUPS, groups, 0) == 0)
		fill(naming, name, groups, &text);
	if (!text.length)
		snprintf(shown, NAMING_BYTES, "%s", name);
}
