/* SPDX-License-Identifier: Apache-2.0 */
/* Names by tid, as mapping files and programs give them. */
#ifndef NAMES_MAP_H
#define NAMES_MAP_H

#include "names/map_row.h"

#include <stddef.h>

struct names_map;

/* Told of a row that does not count: the words follow "FILE: line 3: ". */
typedef void (*names_complain)(void *context, const char *path, size_t line, const char *why);

/* NULL without memory. */
struct names_map *names_map_new(void);
void names_map_free(struct names_map *map);

/*
 * Adds the rows of a file to those that are there; of rows with one tid the last counts, which is
 * complained of, too. A bad row costs only itself. 0, or -errno: the file cannot be read, or is no
 * text in UTF-8 (-EILSEQ).
 */
int names_map_read(struct names_map *map, const char *path, names_complain complain, void *context);

/* Adds one row; *again: its tid was there. 0 or -ENOMEM. */
int names_map_add(struct names_map *map, const struct map_row *row, bool *again);

/* How many tids there are, and the place of one: below the count, or NUMBER_MAP_NONE. */
size_t names_map_count(const struct names_map *map);
uint32_t names_map_find(const struct names_map *map, uint64_t tid);

/* What stands at a place; texts are valid until rows are added. */
struct task_name names_map_name(const struct names_map *map, uint32_t place);

#endif
