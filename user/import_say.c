/* SPDX-License-Identifier: Apache-2.0 */
#include "import_say.h"

#include "base/log.h"

#include <stdio.h>
#include <unistd.h>

static void show_progress(void *context, uint64_t events, uint64_t at_ns)
{
	(void)context;
	fprintf(stderr, "\r%.1f million events, %.1f s ", (double)events / 1e6,
		(double)at_ns / 1e9);
}

void (*import_say_progress(void))(void *context, uint64_t events, uint64_t at_ns)
{
	return isatty(STDERR_FILENO) ? show_progress : NULL;
}

void import_say_clear(void)
{
	if (isatty(STDERR_FILENO))
		fputs("\r\033[K", stderr);
}

void import_say_left_out(const char *source, const struct import_result *result, bool all)
{
	if (result->unreadable)
		log_warning("'%s': events left out, as their spelling is not known: %llu", source,
			    (unsigned long long)result->unreadable);
	if (all && result->skipped[0])
		log_info("not used: %s", result->skipped);
	if (result->lost)
		log_warning("'%s' itself lost events: %llu", source,
			    (unsigned long long)result->lost);
	if (result->missed)
		log_warning("'%s' lacks switches, whose time is nobody's: %llu", source,
			    (unsigned long long)result->missed);
}
