/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The file under a recording: NAME.part, always with room behind its end for the closing messages,
 * renamed to NAME when whole.
 */
#ifndef CDICT_CDICT_FILE_H
#define CDICT_CDICT_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cdict_file {
	int fd;
	char *path; /* NULL: a file without a name */
	char *part_path;
	uint64_t end;	   /* of the last whole member */
	uint64_t previous; /* where that member begins */
	bool reserves;	   /* this file system takes reservations */
};

/*
 * Creates PATH.part, never over an older one (-EEXIST), and reserves `room` bytes. 0 or -errno,
 * nothing left behind.
 */
int cdict_file_create(struct cdict_file *file, const char *path, uint64_t room);

/* Creates a file in a folder that has no name and is gone when all have closed it. */
int cdict_file_create_unnamed(struct cdict_file *file, const char *folder, uint64_t room);
/* The same in memory (memfd_create(2)): it has no name, and what is finished is in file->fd. */
int cdict_file_create_in_memory(struct cdict_file *file);

/*
 * Appends a member and keeps `room` bytes reserved behind it. On -ENOSPC the file's end is where
 * it was, and the room of the call before is still there.
 */
int cdict_file_append(struct cdict_file *file, const void *bytes, size_t length, uint64_t room);

/* Appends into the reserved room. */
int cdict_file_append_last(struct cdict_file *file, const void *bytes, size_t length);

/*
 * After a failed append: true when the last member has to be given up so that the closing messages
 * find room, because this file system takes no reservations. The file's end is then before it.
 */
bool cdict_file_cut_back(struct cdict_file *file);

/* Gives the reserved room back, makes all safe on disk and renames. 0 or -errno. */
int cdict_file_finish(struct cdict_file *file);

/* Closes it, and removes NAME.part. */
void cdict_file_drop(struct cdict_file *file);

/* Gives the reserved room back and leaves NAME.part as it is. */
void cdict_file_leave(struct cdict_file *file);

#endif
