/* SPDX-License-Identifier: Apache-2.0 */
/* Names while recording: --map, --names, --names-from. */
#ifndef CMD_RECORD_NAMES_H
#define CMD_RECORD_NAMES_H

#include "map_option.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct account;
struct account_identity;
struct invoker;

enum record_names_source { RECORD_NAMES_AUTO, RECORD_NAMES_NONE, RECORD_NAMES_CGROUP };

struct record_names_options {
	struct map_option map;
	size_t source;	  /* enum record_names_source */
	const char *from; /* --names-from as it was written, or NULL */
	char **from_argv; /* the same in words */
};

struct record_names {
	const struct record_names_options *options;
	const struct invoker *invoker;
	struct account *account; /* set before the first task is told */
	struct names_map *map;
	struct names_host *host;
	struct names_program *program;
	uint64_t program_started_ns;
	size_t program_rows;
	size_t program_complaints;
	bool program_failed; /* and is not run again */
	bool said_no_rows;   /* it may be run again, and print none again */
};

/*
 * Reads the mapping files with the invoker's rights and starts the program. What is wrong with the
 * program is said and costs its names only. 0, or -errno after a line on stderr.
 */
int record_names_open(struct record_names *names, const struct record_names_options *options,
		      const struct invoker *invoker, uint64_t now_ns);
void record_names_free(struct record_names *names);

/* A task is told of: live_options.told, `context` is the names. */
int record_names_told(void *context, const struct account_identity *identity);

/* To be called at every drain. 0 or -errno. */
int record_names_tick(struct record_names *names, uint64_t now_ns);

/*
 * Nothing is recorded any more, and the file not yet ended: waits for the program as long as it may
 * take, or until signal_fd is readable, and settles what is open. Quiet: does not say that it waits.
 * 0 or -errno.
 */
int record_names_finish(struct record_names *names, int signal_fd, bool quiet);

/* Says what was found, and what could not be named. */
void record_names_report(const struct record_names *names, bool quiet);

#endif
