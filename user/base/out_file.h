/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file of results that is there whole or not at all: written without a name (or under a temporary
 * one, where the file system cannot do that) in the folder of its path, and put in place at the end.
 */
#ifndef BASE_OUT_FILE_H
#define BASE_OUT_FILE_H

#include <stdio.h>

struct out_file {
	FILE *stream;
	char *path; /* NULL: stdout, or something that is no plain file and is written as it is */
	char *temporary; /* its name until it is in place; NULL: it has none */
};

/*
 * For stdout `path` is NULL. What is there already stays until out_file_keep(); a device, a pipe and
 * what is open already (/dev/stdout) are written directly. 0 or -errno.
 */
int out_file_open(struct out_file *out, const char *path);

/* All is written: closes it, and puts it in place. 0 or -errno, and then nothing has changed. */
int out_file_keep(struct out_file *out);

/* Drops what was written. Harmless after out_file_keep(). */
void out_file_drop(struct out_file *out);

#endif
