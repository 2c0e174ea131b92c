/* SPDX-License-Identifier: Apache-2.0 */
/* A file that is there whole or not at all: written beside its place, then renamed. */
#ifndef BASE_ATOMIC_FILE_H
#define BASE_ATOMIC_FILE_H

#include <stdio.h>

struct atomic_file {
	FILE *file; /* write here */
	char *path;
	char *temporary; /* in the same folder, a name of its own */
};

/* Begins a file for `path`; what is there stays until atomic_file_commit. 0 or -errno;
   -EEXIST where something is that is no regular file. */
int atomic_file_begin(struct atomic_file *atomic, const char *path);
/* Puts what was written in place. 0, or -errno with nothing changed. Ends it in any case. */
int atomic_file_commit(struct atomic_file *atomic);
/* Throws away what was written; does nothing after the end. */
void atomic_file_abort(struct atomic_file *atomic);

#endif
