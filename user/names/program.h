/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program that prints names: rows of a mapping ("tid,...") or "uuid,name", one a line, on stdout. It
 * is run without a shell and without capabilities, its time and its output are limited, and nothing
 * that it does can hold its caller up.
 */
#ifndef NAMES_PROGRAM_H
#define NAMES_PROGRAM_H

#include "names/map_row.h"

#include <stddef.h>

#define NAMES_PROGRAM_SECONDS 10
#define NAMES_PROGRAM_BYTES (4u << 20) /* of output */

struct names_program;

struct names_program_options {
	char **argv;
	void (*prepare)(void *context); /* in the child, before the exec; NULL: nothing */
	int (*row)(void *context, const struct map_row *row);
	void (*complain)(void *context, size_t line, const char *why);
	void *context;
	uint64_t limit_ns; /* 0: NAMES_PROGRAM_SECONDS */
};

/* Starts it. 0, or -errno: it is not there or cannot be run, or there is no memory. */
int names_program_start(const struct names_program_options *options, uint64_t now_ns,
			struct names_program **program);
/* Kills it when it runs, and what it started. */
void names_program_free(struct names_program *program);

/*
 * Takes what it has printed meanwhile, and gives its whole rows away. now_ns is of the clock that
 * names_program_start() was given. Never waits. 0, -ENOMEM or row's error; whether it is done tells
 * names_program_is_done().
 */
int names_program_poll(struct names_program *program, uint64_t now_ns);
bool names_program_is_done(const struct names_program *program);
/* What went wrong, once it is done; NULL: nothing. */
const char *names_program_fault(const struct names_program *program);

/* When its time is up, and a descriptor that is readable when there is something to take. */
uint64_t names_program_deadline_ns(const struct names_program *program);
int names_program_fd(const struct names_program *program);

#endif
