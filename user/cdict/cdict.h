/* SPDX-License-Identifier: Apache-2.0 */
/* The cdict file, version 2 (cdict(5)): gzip members of msgpack maps. */
#ifndef CDICT_CDICT_H
#define CDICT_CDICT_H

#include "capture/capture.h"

#include <stdbool.h>
#include <stdint.h>

/* ---- writing ---- */

struct cdict_writer;

/*
 * Creates NAME.part (never over an older one: -EEXIST), reserves room for the end message, and
 * gives the sink to push into: the header goes first. flush() closes the gzip member and hands it
 * to the system. `sink` in the result is the writer's own. 0 or -errno, nothing left behind: -EISDIR
 * when NAME is a folder, -ENOTSUP when it is no file (a pipe, a device) and must not be replaced.
 */
int cdict_create(const char *path, struct cdict_writer **writer);
/* The same in a file of this folder that has no name: cdict_close() leaves nothing of it but what
   was made of cdict_writer_fd() by dup(2), for cdict_open_fd(). */
int cdict_create_unnamed(const char *folder, struct cdict_writer **writer);
int cdict_writer_fd(const struct cdict_writer *writer);
/* The same in memory (memfd_create(2)). */
int cdict_create_in_memory(struct cdict_writer **writer);

struct capture_sink *cdict_writer_sink(struct cdict_writer *writer);

/*
 * After the sink's end(): closes the file and renames NAME.part to NAME. Without an end() the
 * .part stays as it is, readable. Frees the writer in any case. 0 or -errno; -ESTALE when somebody
 * removed or replaced the .part, which is then left alone.
 */
int cdict_close(struct cdict_writer *writer);

/* As if it had never been created. */
void cdict_drop(struct cdict_writer *writer);

/* Bytes handed to the system so far. */
uint64_t cdict_writer_bytes(const struct cdict_writer *writer);

/*
 * After a call of the sink returned -ENOSPC (or any write error): cuts back to the last whole
 * member, so that end() can still be pushed, into the reserved room. 0 or -errno.
 */
int cdict_cut_back(struct cdict_writer *writer);

/* ---- reading ---- */

struct cdict_reader;

/* What is wrong with a file, in words that name the file, the offset and the fault. */
#define CDICT_MESSAGE_BYTES 512

/*
 * Opens a file (NAME, or NAME.cdict when NAME is not there). On error -errno (-EBADMSG: not a
 * cdict, or damaged) and a message.
 */
int cdict_open(const char *path, struct cdict_reader **reader, char message[CDICT_MESSAGE_BYTES]);
/* The same for a file that is open, which the reader closes, also on an error. It goes by `name`. */
int cdict_open_fd(int fd, const char *name, struct cdict_reader **reader,
		  char message[CDICT_MESSAGE_BYTES]);
void cdict_reader_free(struct cdict_reader *reader);

/* The header, read by cdict_open; valid as long as the reader. */
const struct capture_header *cdict_header(const struct cdict_reader *reader);
/* The path that was really opened. */
const char *cdict_path(const struct cdict_reader *reader);
/* The pool of all batches' strings. */
const struct string_pool *cdict_strings(const struct cdict_reader *reader);

struct cdict_summary {
	bool whole;		      /* there is an end, and nothing was cut before it */
	bool being_written_elsewhere; /* a newer NAME.part lies beside it */
	uint64_t bytes;
	uint64_t last_at_ns; /* how far the rows go that could be read */
	uint64_t rows[CAPTURE_TABLES];
	const struct capture_end *end; /* NULL without; valid as long as the reader */
	char cut[CDICT_MESSAGE_BYTES]; /* where and why it is not whole; else empty */
};

/* A set of tables: 1 << CAPTURE_SAMPLES | ... */
#define CDICT_ALL_TABLES ((1u << CAPTURE_TABLES) - 1u)

/*
 * Reads the file from its start and pushes header, the batches of the wanted tables and end into
 * `sink` (its flush is not called). May be called again. A file that is cut is no error: what is
 * whole is pushed, and the summary says so. Returns 0, the sink's error, or -errno with a message.
 */
int cdict_read(struct cdict_reader *reader, unsigned int tables, struct capture_sink *sink,
	       struct cdict_summary *summary, char message[CDICT_MESSAGE_BYTES]);

#endif
