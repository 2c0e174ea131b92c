/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbered files of one recording, NAME.0001.cdict and so on: the next one's name, and the removal of
 * old ones, of those only that this recording wrote.
 */
#ifndef SERIES_H
#define SERIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct series_file {
	uint32_t number;
	dev_t device;
	ino_t inode;
};

struct series {
	char *stem;		   /* a path that ends before ".0001.cdict" */
	char *shown_stem;	   /* the same as the user wrote it */
	uint32_t number;	   /* the last that was given out */
	uint32_t keep;		   /* how many that are finished stay; 0: all */
	struct series_file *files; /* finished, the oldest first */
	size_t count;
	size_t capacity;
	uint64_t finished; /* how many there were in all */
};

/*
 * `path` is what the user gave (a ".cdict" at its end is left out before the number), `fixed_path` the
 * same file for opening. Numbers begin behind those that are there. 0 or -ENOMEM.
 */
int series_open(struct series *series, const char *path, const char *fixed_path, uint32_t keep);
void series_close(struct series *series);

/* A file in work: where it is, by way of its folder, and its name for people. The caller's to free. */
struct series_name {
	uint32_t number;
	char *path;
	char *shown;
};

/* The next one. 0 or -ENOMEM. */
int series_next(struct series *series, struct series_name *name);
void series_name_free(struct series_name *name);

/*
 * A file is in place: notes which it is, and removes the oldest beyond those to keep. One
 * that was replaced by somebody meanwhile is not ours and stays. 0, or -errno of the first that could
 * not be removed.
 */
int series_finished(struct series *series, const struct series_name *name);

#endif
