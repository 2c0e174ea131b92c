/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A line of `perf script` or `trace-cmd report` (or of ftrace's own trace file), taken apart:
 *
 *	    CPU 0/KVM   156/161   [001]     6.686231:    kvm:kvm_entry: vcpu 0, rip 0x1011
 *	    bash-1234  [001] d..2. 12345.678901: sched_waking: comm=... pid=...
 */
#ifndef IMPORT_EVENT_LINE_H
#define IMPORT_EVENT_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EVENT_LINE_NONE UINT32_MAX
#define EVENT_LINE_CPUS 4096 /* CPU numbers are below */

struct span {
	const char *at;
	size_t length;
};

struct event_line {
	uint32_t cpu;
	uint32_t tid;  /* who ran there; EVENT_LINE_NONE: not told */
	uint32_t tgid; /* likewise */
	uint64_t time_ns;
	struct span comm; /* of who ran there; may be empty */
	struct span name; /* without its subsystem: sched_switch */
	struct span text; /* what the event itself says */
};

/* Points into `line`. False when it is no event's. */
bool event_line_parse(const char *line, size_t length, struct event_line *event);

/*
 * A notice that events of a CPU were lost ("CPU:1 [LOST 5 EVENTS]", "CPU:1 [5 EVENTS DROPPED]"); a
 * count that is not told is 1. False when it is none. perf's own notices are events by the name
 * PERF_RECORD_LOST.
 */
bool event_line_lost(const char *line, size_t length, uint32_t *cpu, uint64_t *count);

#endif
