/* SPDX-License-Identifier: Apache-2.0 */
/* Small files of /proc, whose root may be another folder (tests). */
#ifndef NAMES_PROC_H
#define NAMES_PROC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Reads ROOT/TGID/NAME, or ROOT/TGID/task/TID/NAME when tid is not 0, and puts a NUL behind what was
 * read: size - 1 bytes at most. How many, or -errno.
 */
ssize_t proc_read(const char *root, uint32_t tgid, uint32_t tid, const char *name, char *text,
		  size_t size);

/* The tids of a process in the order of their creation, `max` at most. How many; 0 when it is gone. */
size_t proc_threads(const char *root, uint32_t tgid, uint32_t *tids, size_t max);

/* True when the numbers that this /proc has are the host's own: we are in its first pid namespace. */
bool proc_is_of_host(const char *root);

/* True when /proc shows the processes of all users (it may be mounted with hidepid). */
bool proc_shows_all(const char *root);

#endif
