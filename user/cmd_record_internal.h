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
#include "series.h"
#include "worker.h"

#define NS_PER_S 1000000000ULL

/* What all parts that have ended add up to. */
struct record_sums {
	uint64_t duration_ns;
	uint64_t switches;
	uint64_t proven_run_ns;
	uint64_t file_bytes;
	uint64_t user_cpu_ns;
	enum capture_verdict verdict; /* the worst */
};

/* A part of --flight-recorder, in memory. */
struct record_segment {
	int fd;
	uint64_t begin_ns; /* since zero */
	uint64_t duration_ns;
	uint64_t bytes;
};

/* A file that is made or finished beside the recording. */
struct record_job {
	struct record *record;
	struct series_name name;
	struct cdict_writer *writer;	 /* --rotate: of the file to be closed */
	struct record_segment *segments; /* --flight-recorder: what it is made of */
	size_t segment_count;
	char cause[WATCH_TEXT_BYTES]; /* of its being written */
	int error;
	int not_removed; /* an old file could not be */
	uint64_t duration_ns;
	uint64_t bytes;
};

/* With --rotate and --flight-recorder. */
struct record_parts {
	uint64_t begin_ns; /* of the part in work, since zero */
	bool asked;   /* for a border before its time: by a signal, or when a condition came true */
	bool cutting; /* a border has been asked for */
	unsigned int tries;
	uint64_t not_before_ns;		/* trying to make the next file again */
	bool said;			/* that it could not be made */
	bool failed;			/* some file is not as it should be */
	struct account_counters before; /* when the part began */
	struct series series;
	struct worker worker;
	struct record_job job;
	struct record_sums sums;
	/* the next file */
	struct cdict_writer *next;
	struct series_name next_name;
	/* --flight-recorder */
	uint64_t grid_ns; /* every part begins on it: a multiple of all buckets' lengths */
	struct watch watch;
	struct record_segment *segments; /* the oldest first */
	size_t segment_count;
	size_t segment_capacity;
	char wanted[WATCH_TEXT_BYTES]; /* why a file is to be written; empty: it is not */
	uint64_t quiet_until_ns;       /* conditions are not looked at before */
	bool said_full;
};

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
	int folder_fd;		 /* of the file */
	char *fixed_path;	 /* of the file, by way of it */
	struct series_name name; /* of the file in work, when there are several */
	struct record_parts parts;
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
int record_push_header(struct record *record, struct capture_sink *sink);
/* What pftrace itself has cost since the part began. */
void record_fill_user_cost(struct record *record, struct capture_end *end);
/* Says why the file could not be created. */
void record_say_not_created(const struct record *record, const char *path, int error);
/*
 * Stops the capture, which failed when `error` is set, and closes the file; what could be written
 * stays. 0, or -errno after a line on stderr.
 */
int record_finish(struct record *record, int error, struct capture_end *end);
/* Closes a file and puts it in place; `error`: of the capture before. As record_finish(). */
int record_close_file(struct cdict_writer *writer, const char *path, int error);

/* ---- cmd_record_parts.c ---- */

/* Whether --rotate or --flight-recorder is given. */
bool record_is_in_parts(const struct record *record);
/* A new file is wanted now: the next, or of what is kept; the cause is for people. */
void record_parts_ask(struct record *record, const char *cause);
/* Before a drain: asks for a border when it is time. */
int record_parts_tick(struct record *record, uint64_t now_ns);
/* After a drain: ends the part when that has come to its border. */
int record_parts_cut(struct record *record);
/* Adds the part that ends to the sums. */
void record_parts_add(struct record *record, const struct capture_end *end, uint64_t file_bytes);
/* What was counted since the part began. */
void record_parts_counters(const struct record *record, struct account_counters *counters);
void record_parts_free(struct record *record);
/* The file in work, as the user knows it. */
const char *record_path(const struct record *record);

/* ---- cmd_record_rotate.c: the next file ---- */

/* Creates the first file, or the next. 0, or -errno after a line on stderr (the first time). */
int record_rotate_prepare(struct record *record);
/* The part has ended: closes its file beside the recording, and goes on in the next. */
int record_rotate_turn(struct record *record, const struct capture_end *end);
/* The job has come to its end. */
void record_rotate_done(struct record *record);

/* ---- cmd_record_flight.c: parts in memory ---- */

int record_flight_prepare(struct record *record);
int record_flight_turn(struct record *record, const struct capture_end *end);
void record_flight_done(struct record *record);
/* The border at or behind at_ns, since zero. */
uint64_t record_flight_border(const struct record *record, uint64_t at_ns);
/* How long a part is. */
uint64_t record_flight_part_ns(const struct record *record);
/* Looks at the conditions; asks for a file when one has come true. */
void record_flight_look(struct record *record, uint64_t now_ns);
/* The last part has ended, too: writes what is kept. 0, or -errno after a line on stderr. */
int record_flight_end(struct record *record, const struct capture_end *end, int error);
void record_flight_free(struct record *record);

#endif
