/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names that stand for a file that is open already: /dev/stdout, /dev/fd/3, /proc/self/fd/3 and links
 * to them. To rename something over such a name would do away with the name itself.
 */
#ifndef BASE_OPEN_NAME_H
#define BASE_OPEN_NAME_H

/* The number that the file has with us; -ENOENT: a name like any other; -ENOTSUP: in /proc, but not
   that of a file of ours. */
int open_name_find(const char *path);

#endif
