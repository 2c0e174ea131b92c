/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of a live session share. */
#ifndef LIVE_LIVE_INTERNAL_H
#define LIVE_LIVE_INTERNAL_H

#include "live/live.h"
#include "live/probe.h"
#include "live/seat.h"

#include "pftrace.h"

#include <stdbool.h>
#include <sys/types.h>

struct account_border;
struct bpf_link;
struct bpf_program;
struct cgroup_paths;
struct cost;
struct kvm_bpf;
struct merge;
struct pftrace_bpf;

struct live_alive {
	uint64_t start_ns;
	uint32_t tid;
};

/* A ring as the kernel maps it. Positions only grow. */
struct live_ring {
	uint64_t *consumer; /* mapped page: up to where we have taken, for the kernel to see */
	const uint64_t *producer; /* mapped page: how far the kernel has written; data behind it */
	const char *data;
	size_t data_bytes; /* a power of two */
	uint64_t consumed;
	int (*take)(void *context, const void *record, size_t bytes);
	void *context;
	char *wrapped; /* a record of which a part is at the end, and a part at the begin */
	size_t wrapped_bytes;
};

struct live_kvm {
	enum live_kvm_state state;
	enum live_kvm_hook hook; /* RECORDED: by which */
	char words[LIVE_MESSAGE_BYTES];
	struct live_options options;
	struct kvm_bpf *bpf; /* NULL unless RECORDED */
	struct live_ring ring;
	const struct pft_kvm_block *blocks; /* mapped read-only, one a CPU */
	size_t blocks_bytes;
	bool started;
	/* told by the kernel side so far: sums of its counters, which wrap, as the sums do */
	uint32_t alone_lost;
	uint32_t failed;
	uint32_t made;	     /* new entries in its hash maps ... */
	uint32_t made_swept; /* ... at the last sweep */
	uint64_t recursions;
	bool any_failed;
};

struct live {
	struct probe probe;
	struct live_kvm kvm;
	struct pftrace_bpf *bpf;
	struct account *account;
	int (*told)(void *context, const struct account_identity *identity); /* or NULL */
	void *told_context;
	struct merge *merge;
	struct seat seat; /* for keeping out of the way */
	struct cgroup_paths *cgroups;
	struct cost *cost;
	uint64_t peak_before_maps_bytes; /* this process's memory, before it mapped the kernel's */
	struct live_ring samples;
	struct live_ring identities;
	const struct pft_block *blocks; /* mapped read-only, one a CPU */
	size_t blocks_bytes;
	struct pft_cpu *cpus; /* copy of the per-CPU map, for reading counters and totals */
	uint32_t cpu_count;   /* the highest number that a CPU may have, and one */
	uint32_t *possible;   /* the numbers that there are */
	size_t possible_count;
	bool pids_are_local;
	uint64_t zero_monotonic_ns;
	uint64_t zero_realtime_ns;
	uint64_t looked_at_ns; /* CLOCK_MONOTONIC of the last drain's look ... */
	uint64_t watermark_ns; /* ... and up to where account has been fed */
	uint64_t stopped_ns;
	bool halted;
	/* losses already told to account */
	uint64_t identities_lost;
	uint64_t evictions_failed;
	uint64_t recursions;
	uint64_t evictions;	  /* entries that the hash map has got so far ... */
	uint64_t evictions_swept; /* ... and had got at the last sweep */
	struct live_alive *alive; /* during a sweep: who is alive, sorted */
	size_t alive_count;
	uint64_t swept_before_ns;
	bool sweep_next; /* live->alive was made a flush ago */
	int (*also)(struct live *live, const struct pft_identity *identity);
	size_t alive_capacity;
	unsigned int urgent_drains;	/* to go with a real-time priority */
	uint64_t cut_ns;		/* the border asked for, since zero; 0: none */
	bool summed;			/* sums were taken behind it */
	struct account_border *borders; /* by CPU */
	uint64_t *summed_at;		/* by CPU: the number that its sums belong to */
	uint64_t cut_switches;		/* counted when the part began */
};

/* A sample's position may lag the clock by up to a tick (10 ms at 100 Hz). */
#define LIVE_CLOCK_LAG_NS 10000000ULL

/* CPU numbers are below this. */
uint32_t live_possible_cpus(void);
/* Before loading. ring_bytes 0: the default. 0 or -errno. */
int live_size_maps(struct pftrace_bpf *bpf, uint32_t cpu_count, uint32_t ring_bytes);
/* libbpf's own words are for those who set PFTRACE_DEBUG. */
void live_hush_libbpf(void);

/* ---- live_ring.c ---- */
/* `take` is given each record, which is valid until it returns. 0 or -errno. */
int live_ring_open(struct live_ring *ring, int map_fd,
		   int (*take)(void *context, const void *record, size_t bytes), void *context);
void live_ring_close(struct live_ring *ring);
/* Takes records up to where the kernel is now. 0, or the first error of take. */
int live_ring_drain(struct live_ring *ring);

/* How many bytes wait in it. */
uint64_t live_ring_waiting(const struct live_ring *ring);

/* ---- live_urgency.c ---- */
void live_urgency_begin(struct live *live);
/* To be called at every drain, before it. */
void live_urgency_tick(struct live *live);

/* ---- live_seat.c ---- */
/* To be called at every drain, before it. */
void live_seat_tick(struct live *live);

/* ---- live_identity.c ---- */
int live_identity_take(struct live *live, const struct pft_identity *identity);
/* Tells account, and whoever else wants to know. */
int live_identity_tell(struct live *live, const struct account_identity *identity);
/* Calls `take` with each task that is alive now, until it returns an error. */
int live_identity_iterate(struct live *live,
			  int (*take)(struct live *live, const struct pft_identity *identity));

/* ---- live_proc.c ---- */
/* Takes from /proc the processes that are not in the sorted live->alive. */
int live_proc_take_hidden(struct live *live);

/* ---- live_seed.c ---- */
/* Runs a program of the raw_tp kind there; 0 also when that CPU is offline. */
int live_run_on_cpu(const struct bpf_program *program, uint32_t cpu);
int live_seed_cpu(struct live *live, uint32_t cpu);
/* Returns when no program runs any more that saw the gate open. */
void live_wait_for_cpus(struct live *live);

/* ---- live_totals.c ---- */
/* Reads all CPUs' state into live->cpus. */
int live_totals_read_cpus(struct live *live);
/* What could not be kept before zero is no loss. */
int live_totals_begin(struct live *live);
/* Tells account what the kernel side could not keep since then, or since the last call. */
int live_totals_count_losses(struct live *live);
/* Feeds account every total; *complete tells whether none is missing. */
int live_totals_feed(struct live *live, bool *complete);
/* Feeds account one task's total of one CPU; over: the task has ended. */
int live_totals_feed_task(struct live *live, const struct pft_evicted_key *key,
			  const struct pft_evicted *value, bool over);
/* Calls `take` with every evicted total. It may delete the one it is given. */
int live_totals_each_evicted(struct live *live,
			     int (*take)(struct live *live, const struct pft_evicted_key *key,
					 const struct pft_evicted *value));

/* ---- live_cut.c ---- */
int live_cut_new(struct live *live);
void live_cut_free(struct live *live);
/* A drain begins; the clock says now_ns. */
int live_cut_tick(struct live *live, uint64_t now_ns);
/* The watermark, or the border when that comes first. */
uint64_t live_cut_limit(const struct live *live, uint64_t watermark_ns);

/* What the programs' runs cost in this part. */
void live_fill_cost(struct live *live, struct capture_end *end);

/* ---- live_sweep.c ---- */
/* Makes room in the hash map of totals, when it is needed: the totals of tasks that are no more
   are fed to account and deleted. */
int live_sweep(struct live *live);
/* Lists who is alive into live->alive, sorted by tid; `also` (or NULL) is given each of them, too. */
int live_sweep_list(struct live *live,
		    int (*also)(struct live *live, const struct pft_identity *identity));
/* During a sweep: whether this life was over when it began. */
bool live_sweep_is_over(const struct live *live, uint32_t tid, uint64_t start_ns);
/* How many entries that map needs for the tasks that are alive now. */
uint32_t live_sweep_entries(uint32_t cpu_count);

#endif
