/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of pftrace record share. */
#ifndef CMD_RECORD_INTERNAL_H
#define CMD_RECORD_INTERNAL_H

#include "account/account.h"
#include "cdict/cdict.h"
#include "child.h"
#include "cmd_record_options.h"
#include "invoker.h"
#include "live/live.h"
#include "live/probe.h"

#define NS_PER_S 1000000000ULL

struct record {
	struct record_options *options;
	struct invoker invoker;
	struct child child; /* its name is NULL without a command */
	struct probe probe;
	struct record_names names;
	struct live *live;
	struct account *account;
	struct string_pool *strings;
	struct cdict_writer *writer;
	struct capture_cpu *cpus;
	size_t cpu_count;
	int folder_fd;	  /* of the file */
	char *fixed_path; /* of the file, by way of it */
	int signal_fd;
	int drain_fd;
	uint64_t started_ns;
	uint64_t flushed_ns;
	uint64_t flushed_switches;
	uint64_t file_bytes;	       /* at the end */
	const char *cause;	       /* of the end; NULL while recording */
	enum live_kvm_state kvm_state; /* as was said last */
};

/* ---- cmd_record.c ---- */

bool record_has_kvm(const struct record *record);

/* ---- cmd_record_loop.c ---- */

uint64_t record_now_ns(void); /* CLOCK_MONOTONIC */

/* Signals come as data from here on, so that they end the capture between two drains. 0 or -errno. */
int record_open_signals(struct record *record);
int record_open_drain_timer(struct record *record);
/* Drains and flushes until there is a cause to end. 0 or -errno. */
int record_follow(struct record *record);
/* After the capture: waits for the command, passing signals on. Gives its exit code. */
int record_wait_for_command(struct record *record);

/* ---- cmd_record_file.c ---- */

/* Creates the file with the invoker's rights. 0, or -errno after a line on stderr. */
int record_create_file(struct record *record);
int record_push_header(struct record *record);
/*
 * Stops the capture, which failed when `error` is set, and closes the file; what could be written
 * stays. 0, or -errno after a line on stderr.
 */
int record_finish(struct record *record, int error, struct capture_end *end);

#endif
