/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A capture: a header, batches of table rows in any order in time ("partial rows" of one key add
 * up), an end. Producers push into a sink; nobody holds all rows.
 */
#ifndef CAPTURE_CAPTURE_H
#define CAPTURE_CAPTURE_H

#include "capture/table.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CAPTURE_VERSION 2

struct capture_cpu {
	uint32_t cpu;
	uint32_t package;
	uint32_t core;
	uint32_t thread; /* SMT sibling number within the core, from 0 */
	uint32_t node;	 /* NUMA node */
};

/* Lists of short words, e.g. what was recorded; at most this many of each. */
#define CAPTURE_WORDS_MAX 32

struct capture_words {
	size_t count;
	const char *words[CAPTURE_WORDS_MAX];
};

bool capture_words_have(const struct capture_words *words, const char *word);

/* All pointers belong to whoever made the header and live as long as the source or session. */
struct capture_header {
	uint32_t version;
	const char *program_version;
	const char *host;
	const char *kernel;
	const char *arch;
	const struct capture_cpu *cpus; /* online at the start, ascending */
	size_t cpu_count;
	uint64_t realtime_ns; /* CLOCK_REALTIME and CLOCK_MONOTONIC at the capture's zero */
	uint64_t monotonic_ns;
	uint64_t bucket_ns; /* at the start; each batch has its own */
	uint32_t steps_per_octave;
	uint32_t first_bin;		  /* holds everything shorter, too */
	uint32_t last_bin;		  /* holds everything longer, too */
	struct capture_words recorded;	  /* "sched", "kvm", "detail" */
	struct capture_words filters;	  /* as the user wrote them */
	struct capture_words not_offered; /* by this kernel: "wait", "cgroup", ... */
};

/* Whatever is not recorded is counted here, by cause. */
enum capture_loss_cause {
	LOSS_RING_FULL,	      /* sample blocks: count blocks if known, switches, run_ns */
	LOSS_MISSED_SWITCH,   /* the scheduler switched without telling its hook */
	LOSS_LATE,	      /* sample behind the watermark: applied all the same */
	LOSS_REORDERED,	      /* switch-in seen before its switch-out elsewhere: waited for */
	LOSS_IDENTITY_RING,   /* a name, not a number, is missing */
	LOSS_TOTALS_EVICTION, /* a total found no place: the check is not provable */
	LOSS_RECURSION,	      /* the kernel skipped a hook's program */
	LOSS_KVM_EVENTS,      /* entries and exits found no room */
	LOSS_IMPORT,	      /* the imported recording itself lost events */
	LOSS_CAUSES,
};

/* The word that stands in the file, e.g. "ring_full"; NULL for an unknown cause. */
const char *capture_loss_word(enum capture_loss_cause cause);

/* The cause of this word (NULL has none), or -ENOENT. */
int capture_loss_find(const char *word);

/* True for causes that mean that data is missing or wrong (and so exit code 3). */
bool capture_loss_is_serious(enum capture_loss_cause cause);

/* Samples + losses against the kernel's totals, one CPU each, in raw run-queue ns. */
struct capture_proof_cpu {
	uint32_t cpu;
	uint64_t samples_switches;
	uint64_t samples_run_ns;
	uint64_t lost_switches;
	uint64_t lost_run_ns;
	uint64_t totals_switches; /* CAPTURE_NIL when there are no totals (imports) */
	uint64_t totals_run_ns;
	uint64_t open_ns; /* the run in progress at the end, CLOCK_MONOTONIC; not in the sums */
	uint64_t live_ns; /* from this CPU's seeding to the end: closed + open = live */
};

enum capture_verdict {
	VERDICT_EQUAL = 1,
	VERDICT_DIFFERENT,
	VERDICT_NOT_PROVABLE, /* an eviction failed, or totals could not be read */
	VERDICT_NO_TOTALS,    /* imports */
};

/* "equal", "different", "not provable", "no totals"; NULL for an unknown one. */
const char *capture_verdict_word(enum capture_verdict verdict);

/* Each is CAPTURE_NIL when it was not measured. */
struct capture_cost {
	uint64_t bpf_ns_per_switch;   /* estimate: sampled, less an empty program */
	uint64_t bpf_ns;	      /* estimate over the whole capture */
	uint64_t user_cpu_ns;	      /* pftrace itself, user + system */
	uint64_t memory_peak_bytes;   /* resident, without the rings that it maps */
	uint64_t kernel_memory_bytes; /* maps and rings */
};

/* Counts are CAPTURE_NIL when they are not known. */
struct capture_end {
	uint64_t duration_ns;
	const char *cause;	       /* "duration", "signal", "disk full", "command ended" ... */
	bool cut;		       /* ended before it was meant to */
	uint64_t rows[CAPTURE_TABLES]; /* filled in by the cdict writer */
	uint64_t switches;	       /* of all CPUs, idle included, markers not */
	/* runs whose length is not known, by why: such a run has no cell */
	uint64_t runs_before_zero;
	uint64_t runs_after_loss;
	uint64_t runs_missed_switch;
	uint64_t kvm_exits;	       /* told, paired or not */
	uint64_t kvm_entries_unpaired; /* entries that no exit was before */
	enum capture_verdict verdict;
	const struct capture_proof_cpu *proof;
	size_t proof_count;
	struct capture_cost cost;
};

/* No number of it is known, and nothing is proven. */
struct capture_end capture_end_unknown(void);

/* CAPTURE_NIL as soon as one of them is. */
uint64_t capture_add_known(uint64_t sum, uint64_t more);

/*
 * Where rows go. Each call returns 0 or -errno; the producer stops at the first error and passes
 * it up. Order: header once, then batches and flushes, end at most once (a cut file has none).
 */
struct capture_sink {
	int (*header)(struct capture_sink *sink, const struct capture_header *header);
	int (*batch)(struct capture_sink *sink, const struct capture_batch *batch);
	/* All rows of buckets that ended before at_ns have been pushed: make them safe. May be
	   NULL for a sink that does not care. */
	int (*flush)(struct capture_sink *sink, uint64_t at_ns);
	int (*end)(struct capture_sink *sink, const struct capture_end *end);
};

#endif
