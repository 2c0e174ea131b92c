/* SPDX-License-Identifier: Apache-2.0 */
/* Short names of runs, from the names of their files. */
#ifndef VIEW_RUN_NAMES_H
#define VIEW_RUN_NAMES_H

#include <stddef.h>

/*
 * What tells the files apart: folders and ".cdict" are left out, and what all names begin and end
 * with, but neither word nor number is cut: net-08-a.cdict and net-09-a.cdict are "08" and "09". Where nothing
 * would be left of a name, all keep theirs; equal names keep their folders. NULL without memory;
 * run_names_free() frees what was made.
 */
char **run_names_make(const char *const *paths, size_t count);
void run_names_free(char **names, size_t count);

#endif
