/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include "base/clean.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_BYTES 1024

static void put_line(const char *prefix, const char *text)
{
	flockfile(stderr);
	fputs(prefix, stderr);
	fputs(text, stderr);
	fputc('\n', stderr);
	funlockfile(stderr);
}

/* Names of files and tasks are anybody's: a terminal would obey what is in them. */
static void log_line(const char *prefix, const char *format, va_list arguments)
{
	char line[LINE_BYTES] = "", *text = line;
	va_list again;

	va_copy(again, arguments);
	if (vsnprintf(line, sizeof(line), format, arguments) >= (int)sizeof(line) &&
	    vasprintf(&text, format, again) < 0)
		text = line; /* without memory its end is cut off */
	va_end(again);
	clean_text(text, strlen(text));
	put_line(prefix, text);
	if (text != line)
		free(text);
}

void log_error(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	log_line("pftrace: error: ", format, arguments);
	va_end(arguments);
}

void log_warning(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	log_line("pftrace: warning: ", format, arguments);
	va_end(arguments);
}

void log_info(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	log_line("", format, arguments);
	va_end(arguments);
}
