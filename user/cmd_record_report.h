/* SPDX-License-Identifier: Apache-2.0 */
/* What pftrace record says while it records, and at the end. */
#ifndef CMD_RECORD_REPORT_H
#define CMD_RECORD_REPORT_H

#include "account/account.h"
#include "cmd_record_filter.h"
#include "capture/capture.h"
#include "live/live.h"

#include <stdint.h>

/*
 * False while stderr takes nothing, after Ctrl-S or with nobody who reads the other side, for so long:
 * a write would wait, samples be lost, and signals, which come as data, not be seen.
 */
bool record_report_is_heard(int patience_ms);

struct record_progress {
	uint64_t elapsed_ns;
	uint64_t duration_ns; /* 0: open-ended */
	uint64_t file_bytes;
	double switches_per_s;
	const struct account_counters *counters;
};

/* One line, over the last one, when stderr is a terminal; else nothing. */
void record_report_progress(const struct record_progress *progress);

/* Takes the progress line away. */
void record_report_clear(void);

struct record_summary {
	const char *path;	/* of the (last) file */
	uint64_t files;		/* of several, how many; 0: one */
	uint64_t proven_run_ns; /* CPU time that totals and samples agree on */
	uint64_t file_bytes;
	bool in_memory; /* these bytes: the files of a flight recorder told of themselves */
	size_t cpu_count;
	const struct record_filter *filter;
	const struct capture_end *end;
	const struct account_counters *counters;
	bool no_sched;
	enum live_kvm_state kvm;
	const char *kvm_words; /* by which hooks, or why not */
};

/* One line about a file of several. */
void record_report_part(const char *path, const struct capture_end *end,
			const struct account_counters *counters, uint64_t file_bytes);

/* One line about the last seconds, now in a file. */
void record_report_flight(const char *path, const char *cause, uint64_t duration_ns,
			  uint64_t file_bytes);

void record_report_summary(const struct record_summary *summary);

/* True when something is missing or wrong in what was recorded. */
bool record_report_is_incomplete(const struct capture_end *end,
				 const struct account_counters *counters);

#endif
