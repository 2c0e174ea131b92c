/* SPDX-License-Identifier: Apache-2.0 */
/* Where a program is, as shells look for it, without handing anything to a shell. */
#ifndef BASE_PROGRAM_PATH_H
#define BASE_PROGRAM_PATH_H

#include <limits.h>

/*
 * Puts the path of `name` into `path`: itself when there is a slash in it, else in the folders of PATH.
 * execvp(3) would do this, too, but it hands whatever it cannot run to a shell. 0 when it can be run;
 * -ENOENT, or -EACCES and its like when it is there and cannot.
 */
int program_path_find(const char *name, char path[PATH_MAX]);

#endif
