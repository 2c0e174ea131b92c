/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of text from a file, standard input or a program's output, read in blocks. */
#ifndef IMPORT_SOURCE_H
#define IMPORT_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* How much source_peek() can show, and the longest line. */
#define SOURCE_BYTES (1u << 20)

struct source {
	int fd;
	char *bytes;
	size_t begin;
	size_t end;
	bool at_end;
	uint64_t bytes_read;
	uint64_t long_lines; /* longer than the buffer: skipped */
	pid_t child;	     /* who writes; 0: nobody */
	int words_fd;	     /* what the child says on stderr */
};

/* Reads from fd, which is closed by source_close(). 0 or -ENOMEM. */
int source_init(struct source *source, int fd);

/*
 * Starts a program (found in PATH, no shell) and reads what it prints. -ENOENT when it is not
 * installed, or -errno.
 */
int source_spawn(struct source *source, char *const argv[]);

void source_close(struct source *source);

/* Fills the buffer as far as it goes; nothing is taken. 0 or -errno. */
int source_peek(struct source *source);

/* The next line without its end, valid until the next call: 1, 0 at the end, or -errno. */
int source_line(struct source *source, const char **line, size_t *length);

/*
 * After the last line: how the child ended. 0, or -EIO with the last line that it said (one line,
 * cleaned, no hint at options of its own) in `words`, and its exit status.
 */
int source_wait(struct source *source, char *words, size_t words_bytes);

#endif
