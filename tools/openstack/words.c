/* SPDX-License-Identifier: Apache-2.0 */
#include "words.h"

#include "base/clean.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define LINE_BYTES 1024

/* What servers and files say may come with it: the line stays one line. */
static void say(const char *prefix, const char *format, va_list arguments)
{
	char line[LINE_BYTES];

	vsnprintf(line, sizeof(line), format, arguments);
	clean_text(line, strlen(line));
	fprintf(stderr, "pftrace-openstack: %s%s\n", prefix, line);
}

void say_error(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say("error: ", format, arguments);
	va_end(arguments);
}

void say_warning(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say("warning: ", format, arguments);
	va_end(arguments);
}
