/* SPDX-License-Identifier: Apache-2.0 */
#include "openrc.h"

#include "settings.h"
#include "words.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The value of an assignment, its quotes undone in place. */
struct value {
	char *to;      /* where the next byte goes */
	bool computed; /* the shell would have to */
	bool open;     /* a quote is not closed on this line */
};

static const char *single_quoted(struct value *value, const char *from)
{
	while (*from && *from != '\'')
		*value->to++ = *from++;
	value->open = !*from;
	return *from ? from + 1 : from;
}

/* A backslash keeps its meaning before these only (POSIX.1 Shell Command Language, 2.2.3). */
static const char *double_quoted(struct value *value, const char *from)
{
	for (; *from && *from != '"'; from++) {
		if (*from == '\\' && from[1] && strchr("$`\"\\", from[1]))
			from++;
		else if (*from == '$' || *from == '`')
			value->computed = true;
		*value->to++ = *from;
	}
	value->open = !*from;
	return *from ? from + 1 : from;
}

/* The shell joins what stands without a blank between: 'a'"b"c. */
static void unquote(struct value *value, const char *from)
{
	while (*from && !isspace((unsigned char)*from) && *from != ';' && !value->open) {
		if (*from == '\'') {
			from = single_quoted(value, from + 1);
		} else if (*from == '"') {
			from = double_quoted(value, from + 1);
		} else {
			if (*from == '\\' && from[1])
				from++;
			else if (*from == '$' || *from == '`')
				value->computed = true;
			*value->to++ = *from++;
		}
	}
}

/* The name in "export OS_NAME=", ended by a NUL, with *rest behind the "="; else NULL. */
static char *find_name(char *line, char **rest)
{
	char *name = line + strspn(line, " \t");
	size_t length;

	if (strncmp(name, "export", 6) == 0 && isblank((unsigned char)name[6]))
		name += 6 + strspn(name + 6, " \t");
	length = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");
	if (strncmp(name, "OS_", 3) != 0 || name[length] != '=')
		return NULL;
	name[length] = '\0';
	*rest = name + length + 1;
	return name;
}

static void take_line(struct settings *settings, char *line, const char *path, size_t number)
{
	char *text, *name = find_name(line, &text);
	struct value value = { .to = text };

	if (!name)
		return;
	unquote(&value, text);
	if (value.open)
		say_warning("%s: line %zu: the quote after %s= is not closed on this line", path,
			    number, name);
	else if (value.computed)
		say_warning("%s: line %zu: %s is computed there, and a file is not executed: set "
			    "it in the environment",
			    path, number, name);
	else
		settings_take(settings, name, text, (size_t)(value.to - text));
}

int openrc_read(struct settings *settings, const char *path)
{
	FILE *file = fopen(path, "re");
	size_t capacity = 0, number = 0;
	char *line = NULL;
	int error = 0;

	if (!file) {
		error = -errno;
		say_error("cannot read --openrc '%s': %s", path, strerror(errno));
		return error;
	}
	while (getline(&line, &capacity, file) > 0)
		take_line(settings, line, path, ++number);
	if (ferror(file)) {
		error = -EIO;
		say_error("cannot read --openrc '%s': %s", path, strerror(EIO));
	}
	if (line)
		explicit_bzero(line, capacity);
	free(line);
	fclose(file);
	return error;
}
