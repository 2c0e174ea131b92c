/* SPDX-License-Identifier: Apache-2.0 */
/* --map FILE, alike in all commands: it may come several times. */
#ifndef MAP_OPTION_H
#define MAP_OPTION_H

#include <stddef.h>

#define MAP_OPTION_FILES 16

struct names_map;

struct map_option {
	const char *files[MAP_OPTION_FILES]; /* borrowed */
	size_t count;
};

/* 0, or -EINVAL after a line on stderr. */
int map_option_add(struct map_option *option, const char *file);

/*
 * Reads the files one after the other; NULL when none was given. Rows that do not count are said in a
 * line each, the first ten. 0, or -errno after a line on stderr. The caller frees the map.
 */
int map_option_read(const struct map_option *option, struct names_map **map);

#endif
