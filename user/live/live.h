/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A live capture of this machine: open (load, attach), start (zero, seed), drain and flush as time
 * passes, stop, close. In that order, each once but drain and flush.
 *
 * Functions return 0 or -errno; those with a message say in one line what failed and what to do.
 */
#ifndef LIVE_LIVE_H
#define LIVE_LIVE_H

#include "capture/capture.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct account;
struct account_identity;
struct live;
struct probe;

#define LIVE_MESSAGE_BYTES 512
#define LIVE_RING_BYTES (16u << 20)

/* How often to drain: the ring holds a second of a million switches. */
#define LIVE_DRAIN_INTERVAL_NS 50000000ULL

enum live_kvm_hook { LIVE_KVM_AUTO, LIVE_KVM_BTF, LIVE_KVM_CLASSIC };

struct live_options {
	uint32_t ring_bytes; /* a power of two, at least a page; 0: LIVE_RING_BYTES */
	/* Told of every task after account was; NULL: nobody. An error ends the capture. */
	int (*told)(void *context, const struct account_identity *identity);
	void *told_context;
	/* This process has a PID namespace of its own: the kernel side's tids are not those of
	   /proc, and not all tasks that are alive can be listed. */
	bool pids_are_local;
	bool no_sched; /* KVM's events alone */
	bool no_kvm;
	enum live_kvm_hook kvm_hook;
};

/* Loads and attaches; nothing is recorded yet. */
int live_open(const struct live_options *options, const struct probe *probe, struct live **live,
	      char message[LIVE_MESSAGE_BYTES]);
void live_close(struct live *live);

/* CPU numbers are below this. */
uint32_t live_cpu_count(const struct live *live);
/* Kernel memory that the maps and rings take. */
uint64_t live_kernel_memory_bytes(const struct live *live);
/*
 * The most memory that this process itself has had so far: what it maps of the kernel's rings and
 * blocks is among the above, and is left out.
 */
uint64_t live_own_memory_peak_bytes(const struct live *live);
/* 0 where paths of cgroups can be told, else -errno. */
int live_offers_cgroups(const struct live *live);

enum live_kvm_state {
	LIVE_KVM_OFF,	  /* not wanted */
	LIVE_KVM_ABSENT,  /* this machine runs no guests */
	LIVE_KVM_AWAITED, /* not loaded: attached as soon as it is, by live_flush() */
	LIVE_KVM_REFUSED, /* it is there, but cannot be recorded */
	LIVE_KVM_RECORDED,
};

/* *words (may be NULL) becomes by which hooks, or why not and what to do. */
enum live_kvm_state live_kvm_state(const struct live *live, const char **words);

/* Sets zero, opens the gate, seeds every online CPU, reads who is alive. `account` is borrowed. */
int live_start(struct live *live, struct account *account, char message[LIVE_MESSAGE_BYTES]);

/* The clocks at zero. */
uint64_t live_zero_monotonic_ns(const struct live *live);
uint64_t live_zero_realtime_ns(const struct live *live);

/* Takes over what the kernel side has gathered and feeds account up to the watermark. */
int live_drain(struct live *live);

/*
 * The capture is to be cut at at_ns, ns since its zero, or where the first border of buckets behind
 * it is: gives that border. The drains that follow stop there. In vain while one is asked for.
 */
uint64_t live_cut_at(struct live *live, uint64_t at_ns);

/* The drains have come to the border. */
bool live_is_at_cut(const struct live *live);

/*
 * Ends the part there: account pushes its end, whose cause and cost's user side the caller has set;
 * the rest is filled in. Then account_go_on(). -EAGAIN: the totals cannot be told as of this border,
 * and nothing was done but that another one is to be asked for; `last_try`: done all the same.
 */
int live_cut(struct live *live, struct capture_end *end, bool last_try);

/* All events before the watermark are in: has account write the buckets that are complete. */
int live_flush(struct live *live);

/* Closes the gate and takes over everything; nothing is recorded any more. May be left out. */
int live_halt(struct live *live);

/*
 * Closes the gate, takes over everything, feeds account the totals, and has it push the end. The
 * caller has set end's cause, cut, and cost's user side; the rest is filled in.
 */
int live_stop(struct live *live, struct capture_end *end);

#endif
