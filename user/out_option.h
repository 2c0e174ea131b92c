/* SPDX-License-Identifier: Apache-2.0 */
/* --out FILE, alike in all commands that write a file. */
#ifndef OUT_OPTION_H
#define OUT_OPTION_H

#include "map_option.h"

#include <stddef.h>

/*
 * Refuses an empty name, and to write in the place of a file that is read, by whatever name (a link,
 * "-", a capture without its .cdict): one of `paths` or of `maps`. `out` may be NULL: stdout. What
 * is no regular file is never replaced. 0, or -EINVAL after a line on stderr.
 */
int out_option_check(const char *out, const char *const *paths, size_t path_count,
		     const struct map_option *maps);

/* Why the capture `out` cannot be begun, after cdict_create(): a line on stderr. */
void out_option_say_not_created(const char *out, int error);

#endif
