/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Other tools' recordings, told by their content: perf.data (through perf script), the text of perf
 * script, trace.dat (through trace-cmd report), its text, and perfwhiz's cdict. Read once, from
 * front to back; memory grows with tasks and the rows of a second, not with events.
 */
#ifndef IMPORT_IMPORT_H
#define IMPORT_IMPORT_H

#include "capture/capture.h"

#include <stdbool.h>
#include <stdint.h>

#define IMPORT_MESSAGE_BYTES 512

enum import_kind {
	IMPORT_PERF_DATA,
	IMPORT_TRACE_DAT,
	IMPORT_TEXT, /* of perf script, trace-cmd report, or ftrace's trace file */
	IMPORT_OLD_CDICT,
};

struct import_options {
	const char *path;   /* "-": standard input */
	uint64_t bucket_ns; /* 0: by the recording's length */
	bool detail;	    /* rows of `switches`, too */
	/* called now and then while reading; NULL: never */
	void (*progress)(void *context, uint64_t events, uint64_t at_ns);
	void *context;
};

/* What was read, and what of it was not used. */
struct import_result {
	enum import_kind kind;
	uint64_t events;
	uint64_t switches;
	uint64_t tasks;
	uint64_t duration_ns;
	uint64_t kvm_exits;
	uint64_t unreadable; /* events that are used, but in a spelling that is not known */
	uint64_t lost;	     /* the recording itself says so */
	uint64_t missed;     /* switches that it does not have */
	uint64_t reordered;
	char skipped[1024]; /* events that are not used: "12 sched_wait_task, 3 ..." */
};

struct import;

/*
 * Opens the source and reads as much as tells what it is. On error -errno, and a message that names
 * the source, what is wrong and what to do. `options` is copied, its path is borrowed.
 */
int import_open(const struct import_options *options, struct import **import,
		char message[IMPORT_MESSAGE_BYTES]);

/* Pushes the whole capture into `sink`, once. 0, the sink's error with an empty message, or -errno
   and a message. */
int import_read(struct import *import, struct capture_sink *sink, struct import_result *result,
		char message[IMPORT_MESSAGE_BYTES]);

void import_free(struct import *import);

/* "perf.data", "trace.dat", ... for people. */
const char *import_kind_word(enum import_kind kind);

#endif
