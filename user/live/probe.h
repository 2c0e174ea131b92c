/* SPDX-License-Identifier: Apache-2.0 */
/* What this machine offers to a recorder, and what is missing, before anything is loaded. */
#ifndef LIVE_PROBE_H
#define LIVE_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct btf;

struct probe_version {
	unsigned int major;
	unsigned int minor;
	unsigned int patch;
};

struct probe {
	char release[65]; /* uname -r */
	char machine[65];
	char host[65];
	struct probe_version version;
	bool preempt_rt;
	bool has_btf;
	uint64_t capabilities;	      /* the effective set, a bit each */
	bool is_contained;	      /* in a user namespace: no capability is one for the kernel */
	bool has_rights;	      /* to load and attach BPF programs */
	bool has_prev_state_argument; /* sched_switch tells prev's state (from 5.18) */
	bool has_sched_info;	      /* run-queue wait */
	bool has_run_queue_clock;
	bool clock_is_shifted; /* by a time namespace: the kernel side has another CLOCK_MONOTONIC */
	bool rt_ring_sleeps;   /* PREEMPT_RT, and the BPF ring cannot be used in sched_switch */
};

/* Fills in `probe` as far as it can be known; never fails. */
void probe_read(struct probe *probe);

/* By its number in linux/capability.h. */
bool probe_has_capability(const struct probe *probe, int capability);

/*
 * True when recording can be tried. Else `message` says in one line what is missing and what to
 * do.
 */
bool probe_can_record(const struct probe *probe, char *message, size_t message_bytes);

/* "6.1.0-28-amd64" and "5.15" into numbers; what is not there is 0. */
struct probe_version probe_parse_version(const char *release);

/*
 * Whether a PREEMPT_RT kernel with these types sleeps when two CPUs want the BPF ring's lock at
 * once: until 8b62645b09f8 (6.12; stable 6.11.6, 6.6.84 and others) it was a spinlock_t. The type
 * tells more than a version: Debian's "6.1.0-56" is 6.1.192, which has that change.
 */
bool probe_rt_ring_sleeps(const struct btf *btf);

#endif
