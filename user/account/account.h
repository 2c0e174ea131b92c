/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The heart: takes scheduler events in time order, whatever they came from, follows every task and
 * pushes the rows of the capture's tables into a sink.
 *
 * Times named at_ns are ns since the capture's zero on its one time line. Lengths are given beside
 * them where the source knows them more exactly than the difference of two positions.
 *
 * Functions return 0 or -errno: -ENOMEM, or what the sink returned; after an error the account can
 * only be freed.
 */
#ifndef ACCOUNT_ACCOUNT_H
#define ACCOUNT_ACCOUNT_H

#include "capture/capture.h"
#include "capture/exit_reason.h"

#include <stdbool.h>
#include <stdint.h>

struct account;
struct string_pool;

/* What a selection may go by; NULL is not known (yet). */
struct account_task {
	uint64_t tid;
	uint64_t tgid; /* CAPTURE_NIL: not known */
	const char *comm;
	const char *name; /* that it was given */
	const char *cgroup;
};

struct account_options {
	uint32_t cpu_count;	 /* CPU numbers are below this */
	uint64_t bucket_ns;	 /* at the start */
	uint64_t bucket_max_ns;	 /* no doubling to more; 0: a minute */
	uint64_t rows_per_s_max; /* buckets double while rows would pass this; 0: never */
	bool wait_offered;	 /* events carry wait_total_ns */
	bool wait_apart;	 /* and it is the wait since the task's last run alone */
	bool detail;		 /* every switch gets its row */
	bool in_parts;		 /* account_cut() will be called: totals by task are not written */
	/* Totals of tasks come when they have long ended, too: account_totals_swept() will be called
	   now and then. */
	bool totals_come_late;
	bool keys_stay; /* and tasks have the same keys in all parts, see counters.renumbered */
	/* Which tasks are written by themselves, the others being "other"; NULL: all. Asked again
	   whenever more is known of a task. */
	bool (*selects)(void *context, const struct account_task *task);
	void *selects_context;
	/* So many tasks get keys at most; later ones count as "other" until keys begin anew. 0: as
	   many as readers take. */
	uint32_t keys_max;
	/* As many buckets as time may be split into, beside what account_allow() adds; then all
	   returns -EOVERFLOW. 0: no bound. */
	uint64_t splits_max;
	const bool *cpu_listed; /* whose rows are written, by CPU number, borrowed; NULL: all */
	bool kvm;		/* KVM's events are recorded */
	/* Switches are. Without them KVM's events are followed by tid alone: all time outside of
	   the guest counts as host, and halted, blocked, waiting are not known. */
	bool sched_recorded;
};

/* The states a task can leave a CPU in. */
enum account_state {
	ACCOUNT_RUNNING, /* still runnable */
	ACCOUNT_SLEEPING,
	ACCOUNT_UNINTERRUPTIBLE,
	ACCOUNT_STOPPED,
	ACCOUNT_TRACED,
	ACCOUNT_DEAD, /* its last switch */
	ACCOUNT_IDLE,
	ACCOUNT_PARKED,
};

/* The task that runs on `cpu` leaves it and `next_tid` takes over. */
struct account_switch {
	uint64_t at_ns;
	uint64_t run_ns; /* length of the run that ends, as the kernel side's sums count it */
	uint64_t wait_total_ns; /* next's, cumulated over its life; CAPTURE_NIL: not known */
	uint32_t cpu;
	uint32_t next_tid; /* 0: idle */
	enum account_state prev_state;
	bool preempted;
	bool first;	/* next begins its life */
	bool run_known; /* run_ns is the whole run's exact length; else it was found running, and
			   the run has no cell */
};

/*
 * `sink` and `strings` are borrowed; ids in batches are of `strings`, which nobody else uses: an id is
 * valid while its batch is taken, later it may be another string's. NULL without memory.
 */
struct account *account_new(const struct account_options *options, struct capture_sink *sink,
			    struct string_pool *strings);
void account_free(struct account *account);

/* ---- events, in time order as far as it is known ---- */

/*
 * At at_ns this CPU is found running `tid` (seeded, or the first run known after a gap). The CPU's
 * time up to at_ns is nobody's ("unknown"). start_ns tells lives of one tid apart; 0: not known.
 */
int account_found_running(struct account *account, uint32_t cpu, uint64_t at_ns, uint32_t tid,
			  uint64_t start_ns, bool after_loss);

/* True when the task that `event` switches in is, as far as known, still running on another CPU:
   the other CPU's switch-out should be fed first. */
bool account_must_wait(const struct account *account, const struct account_switch *event);

int account_switch(struct account *account, const struct account_switch *event);

/* A switch-in of next_tid will be fed soon: brings what is known of it near. May be left out. */
void account_prepare(const struct account *account, uint32_t next_tid);

/* The task on `cpu` went away without an event; now `tid` is found running. The time since the
   CPU's last event (`unknown_ns`, exactly) is nobody's. */
int account_missed_switch(struct account *account, uint32_t cpu, uint64_t at_ns, uint32_t tid,
			  uint64_t unknown_ns);

/*
 * Directly after account_missed_switch: the task found there began its run at that moment, and had
 * waited so much in its life by then, modulo 2^32 ns.
 */
int account_missed_wait(struct account *account, uint32_t cpu, uint32_t wait_total_low_ns);

/* Events of `cpu` up to at_ns were lost: so many switches (markers among them not counted) and so
   much run time in closed runs. Feed account_found_running next. */
int account_lost(struct account *account, uint32_t cpu, uint64_t at_ns, uint64_t switches,
		 uint64_t run_ns, uint64_t blocks);

/* The CPU went away: until it is found running again it fills no buckets. */
int account_offline(struct account *account, uint32_t cpu, uint64_t at_ns);

/* A loss that belongs to no CPU's stream. */
void account_count_loss(struct account *account, enum capture_loss_cause cause, uint64_t count);

/* See options.splits_max. */
void account_allow(struct account *account, uint64_t splits);

/* ---- KVM ---- */

#define ACCOUNT_NO_VCPU UINT32_MAX
#define ACCOUNT_ALL_TIDS UINT32_MAX

enum account_isa {
	ACCOUNT_VMX = EXIT_VMX,
	ACCOUNT_SVM = EXIT_SVM,
	ACCOUNT_ARM64 = EXIT_ARM64,
	ACCOUNT_ISAS = EXIT_ISAS,
};

struct account_kvm_exit {
	uint64_t at_ns;
	/* The processor's number; flags above VMX's 16 bits are ignored. arm64: the exception class
	   of a trap, else EXIT_ARM64_NO_TRAP + what it was (capture/exit_reason.h). */
	uint64_t reason;
	uint32_t cpu;
	uint32_t tid; /* the vCPU's thread */
	enum account_isa isa;
	uint32_t vcpu; /* its number in its VM, or ACCOUNT_NO_VCPU: not known */
};

/*
 * The events of a thread, in its own order, between the account_switch that switched it in on `cpu`
 * and the one that switches it out: order tells them apart, a moment outside of that run is taken
 * for its border. An exit is counted when the entry after it ends its interval (exits.count), else
 * as unpaired (exits.unpaired): at the next exit, at a loss, at the thread's or the capture's end.
 * -EINVAL without options.kvm.
 */
int account_kvm_exit(struct account *account, const struct account_kvm_exit *event);
int account_kvm_entry(struct account *account, uint32_t cpu, uint32_t tid, uint64_t at_ns,
		      uint32_t vcpu);

/* KVM events of this thread, or ACCOUNT_ALL_TIDS, were lost: whether it is in its guest is not
   known until the next one. Counted as LOSS_KVM_EVENTS. */
int account_kvm_lost(struct account *account, uint32_t tid, uint64_t count);

/* ---- identity ---- */

#define ACCOUNT_NO_TGID UINT32_MAX

enum account_kind { ACCOUNT_TASK, ACCOUNT_KTHREAD };

/* What is known of one life of one tid at one moment. Attaches to the life of `tid` that began
   last at or after start_ns, or waits for it. */
struct account_identity {
	uint32_t tid;
	uint32_t tgid;	       /* ACCOUNT_NO_TGID: not known */
	uint64_t start_ns;     /* task_struct.start_time, CLOCK_MONOTONIC since boot. 0: not known,
				   for the tid's life that has no other identity yet */
	int64_t started_at_ns; /* the same on the capture's line: negative before zero */
	int64_t told_at_ns;    /* when this was so, likewise; 0: not known */
	enum account_kind kind;
	const char *comm;   /* hostile bytes allowed; copied */
	const char *cgroup; /* path, or NULL; copied */
	bool has_counters;
	bool dead;	    /* the counters are final */
	uint64_t voluntary; /* each may be CAPTURE_NIL: not known */
	uint64_t involuntary;
	uint64_t run_delay_ns;
	uint64_t run_ns;
};
int account_identity(struct account *account, const struct account_identity *identity);

/* What somebody calls the latest life of `tid` that started then (start_ns 0: its latest life), in the
   place of what it was called before. No such life: nothing happens. Texts are copied. */
struct account_name {
	uint32_t tid;
	uint64_t start_ns;
	const char *name; /* NULL: it has none any more */
	const char *vm;	  /* or NULL */
	uint64_t vcpu;	  /* its number in the VM, as far as the name tells, or CAPTURE_NIL */
	bool open; /* which part of the VM it is, nobody knows: KVM may, then it is VM.vcpuN */
};
int account_name(struct account *account, const struct account_name *name);

/* Exec at at_ns by a thread that is not its group's leader: `old_tid` goes on as `tid`, its
   group's. */
int account_exec(struct account *account, uint32_t old_tid, uint32_t tid, int64_t at_ns);

/* ---- time passes ---- */

/*
 * All events before at_ns have been fed. Pushes every row of the buckets that are complete, the
 * tasks in them first, the losses, then calls the sink's flush. Returns as all.
 */
int account_flush(struct account *account, uint64_t at_ns);

/* The latest moment, in ns since zero, up to which something is known of some CPU. */
uint64_t account_latest_ns(const struct account *account);

/* ---- parts: one capture in several sinks, without a gap ---- */

/* The first border of buckets that is not before at_ns (which must not lie before the part). */
uint64_t account_border(const struct account *account, uint64_t at_ns);

/* One CPU's totals, as the kernel had them when it had made the last switch before a border. */
struct account_border {
	bool known;
	uint64_t switches;
	uint64_t run_ns;
	uint64_t seeded_ns; /* when the CPU was seeded */
};

/*
 * Ends the part at at_ns, a border of buckets: all events before it have been fed, none behind it
 * (one that comes later all the same counts as of the border), and each CPU has said who runs there
 * or that it is offline: one that has not is not in this part. As account_end(), but all lives, open
 * runs and waits go on, and times in rows are since the border from then on; buckets have their
 * first length again. `borders` go by CPU number. A wait that spans the border is whole in the next
 * part, where it ends; its time before the border is in that part's first bucket.
 */
int account_cut(struct account *account, uint64_t at_ns, const struct account_border *borders,
		struct capture_end *end);

/* After account_cut(): the next part goes there; its header has been pushed. */
int account_go_on(struct account *account, struct capture_sink *sink);

/* ---- the end ---- */

/* One row of the kernel's totals. tid 0 is idle of that CPU. */
struct account_total {
	uint32_t tid;
	uint32_t cpu;
	uint64_t start_ns;
	uint64_t run_ns;
	uint64_t switches;
	uint64_t voluntary;
	uint64_t involuntary;
	bool unknown; /* the CPU's time that is nobody's; tid is ignored */
	bool over;    /* the task has ended */
};
int account_total(struct account *account, const struct account_total *total);

/* More totals will come of the task that began then, if it has ended. */
void account_total_is_due(struct account *account, uint32_t tid, uint64_t start_ns);

/* All tasks that ended and of which totals are to come have been named since the last call. */
void account_totals_swept(struct account *account);

/* The same of exits. */
struct account_exit_total {
	uint32_t tid;
	uint64_t start_ns;
	enum account_isa isa;
	uint64_t reason;
	uint64_t count;
	uint64_t host_ns;
	uint64_t host_max_ns;
	bool over; /* the task has ended */
};
int account_exit_total(struct account *account, const struct account_exit_total *total);

/* What is known of a CPU beside its totals, for the proof. */
struct account_cpu_total {
	uint32_t cpu;
	uint64_t open_ns;
	uint64_t live_ns;
};
int account_cpu_total(struct account *account, const struct account_cpu_total *total);

/*
 * Closes every open interval at end->duration_ns, which must not be before account_latest_ns(),
 * writes what is left, fills in end's switches, runs_*, verdict and proof (its own memory, valid
 * until account_free) and passes end to the sink.
 * `totals_complete` is false when a total could not be kept or read.
 */
int account_end(struct account *account, struct capture_end *end, bool has_totals,
		bool totals_complete);

/* ---- for progress lines ---- */

struct account_exit_sum {
	uint64_t count;
	uint64_t host_ns;
};

struct account_counters {
	uint64_t switches;
	uint64_t kvm_exits; /* events told */
	/* exits that an entry ended, as the events told it and by the totals given: equal, as long
	   as no event is lost */
	struct account_exit_sum kvm_paired;
	struct account_exit_sum kvm_totals;
	uint64_t tasks; /* lives seen so far */
	uint64_t bucket_ns;
	uint64_t losses[LOSS_CAUSES]; /* counts */
	uint64_t lost_switches;
	uint64_t lost_run_ns;
	uint64_t renumbered;   /* how often keys began anew although they were to stay */
	uint64_t rows_pending; /* held in memory until the next flush */
};
void account_counters(const struct account *account, struct account_counters *counters);

#endif
