/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The only contract between the kernel side (bpf/) and the user side (user/live/): what lies in
 * the maps and rings. Fixed-width types, explicit values, sizes asserted, no padding by accident.
 *
 * Two clocks appear. "rq" is the run queue's own clock (rq->clock: per CPU, never backwards,
 * lags a little); "mono" is CLOCK_MONOTONIC. Every block carries a pair of both.
 */
#ifndef PFT_PFTRACE_H
#define PFT_PFTRACE_H

#ifndef __VMLINUX_H__
#include <stdint.h>
typedef uint8_t __pft_u8;
typedef uint16_t __pft_u16;
typedef uint32_t __pft_u32;
typedef uint64_t __pft_u64;
#else
typedef __u8 __pft_u8;
typedef __u16 __pft_u16;
typedef __u32 __pft_u32;
typedef __u64 __pft_u64;
#endif

/* ---- sample blocks: what each CPU did, one sample a switch ---- */

#define PFT_BLOCK_BYTES 4096
#define PFT_BLOCK_HEADER_BYTES 96
#define PFT_BLOCK_SAMPLES 250
/* A block that is older than this at a switch goes to the ring although it is not full. */
#define PFT_BLOCK_AGE_NS 100000000ULL

/* pft_sample.next: the tid in the low 22 bits (PID_MAX_LIMIT is 2^22), flags above. */
#define PFT_TID_MASK 0x003fffffU
#define PFT_SAMPLE_PREEMPTED 0x00400000U
#define PFT_SAMPLE_FIRST 0x00800000U /* next runs for the first time in its life */
#define PFT_SAMPLE_MARKER \
	0x01000000U		  /* no switch: "tid" is found running, we did not see it begin */
#define PFT_SAMPLE_STATE_SHIFT 25 /* 3 bits: enum pft_state of prev */
#define PFT_SAMPLE_STATE_MASK 0x0e000000U

/* State in which prev left the CPU (include/linux/sched.h; letters as in sched_switch's format). */
enum pft_state {
	PFT_STATE_RUNNING = 0,	       /* R, also when preempted */
	PFT_STATE_INTERRUPTIBLE = 1,   /* S */
	PFT_STATE_UNINTERRUPTIBLE = 2, /* D */
	PFT_STATE_STOPPED = 3,	       /* T */
	PFT_STATE_TRACED = 4,	       /* t */
	PFT_STATE_DEAD = 5,	       /* X: the last switch of this life */
	PFT_STATE_IDLE = 6,	       /* I: uninterruptible, not counted as load */
	PFT_STATE_PARKED = 7,	       /* P */
};

struct pft_sample {
	__pft_u32 delta_ns;	 /* rq ns since the block's first sample; a block is closed long
				    before that passes 2^32. In a marker that knows when tid's
				    run began: tid's cumulated wait then, modulo 2^32 */
	__pft_u32 next;		 /* tid and flags */
	__pft_u64 wait_total_ns; /* run-queue wait that next has cumulated in its life, this one
				    included; PFT_WAIT_NONE where the kernel does not offer it.
				    In a marker: when tid's run began (rq), 0: not known */
};

#define PFT_WAIT_NONE 0xffffffffffffffffULL

/* pft_block.flags */
#define PFT_BLOCK_SINCE_IS_MONO 0x1U /* the running task was seeded: since_ns is CLOCK_MONOTONIC */
#define PFT_BLOCK_RUN_UNKNOWN \
	0x2U /* the running task was found by a marker: since when is unknown,
					since_ns is the marker's time */
/*
 * The scheduler's own statistics do not have this run's begin: who is preempted on its way to sleep
 * is not queued by sched_info_depart(), which looks at the task's state, and so sched_info_arrive()
 * does not note its next switch-in, nor count its wait (kernel/sched/stats.h).
 */
#define PFT_BLOCK_UNNOTICED 0x4U

/*
 * Sample i tells: at rq_ns + delta_ns the task of sample i-1 (for i = 0: running_tid) left this
 * CPU and sample i's task took over. A marker tells: whoever sample i-1 named has gone at a moment
 * that nobody saw, and the marker's tid was found running. The time from sample i-1 until tid's run
 * began (wait_total_ns; when that is not known, until now) is nobody's ("unknown").
 */
struct pft_block {
	__pft_u64 word;		 /* sequence << 32 | count of samples, stored after the sample */
	__pft_u64 first_number;	 /* running number on this CPU of the block's first sample,
				       markers included, from 0 */
	__pft_u64 closed_run_ns; /* sum of all run lengths closed before the block's first sample,
				       idle, unknown and the seeded run included */
	__pft_u64 rq_ns;	 /* pair, taken at the block's first sample */
	__pft_u64 mono_ns;
	__pft_u64 since_ns;	    /* when running_tid's run began (rq, see flags) */
	__pft_u64 running_start_ns; /* its task_struct.start_time; 0 for idle */
	__pft_u32 running_tid;	    /* who ran before the first sample; 0 is idle */
	__pft_u32 cpu;
	__pft_u32 flags;
	__pft_u32 markers;	  /* markers on this CPU before this block, cumulated (mod 2^32) */
	__pft_u64 seeded_mono_ns; /* when this CPU was seeded last; 0: not live */
	__pft_u64 reserved[2];
	struct pft_sample samples[PFT_BLOCK_SAMPLES];
};

#define PFT_WORD_SEQUENCE(word) ((__pft_u32)((word) >> 32))
#define PFT_WORD_COUNT(word) ((__pft_u32)(word))

_Static_assert(sizeof(struct pft_sample) == 16, "sample");
_Static_assert(sizeof(struct pft_block) == PFT_BLOCK_BYTES, "block");
_Static_assert(__builtin_offsetof(struct pft_block, samples) == PFT_BLOCK_HEADER_BYTES, "header");

/* ---- KVM: blocks of events, one sample an entry or exit; a ring of their own ---- */

#define PFT_KVM_BLOCK_HEADER_BYTES 64
#define PFT_KVM_BLOCK_SAMPLES 252

/* Whose names and numbers a reason has. */
enum pft_isa {
	PFT_ISA_VMX = 0,   /* basic exit reason: the low 16 bits */
	PFT_ISA_SVM = 1,   /* exit code, its low 32 bits */
	PFT_ISA_ARM64 = 2, /* exception class of a trap; PFT_ARM64_NO_TRAP + what it was instead */
};

/* include/asm/kvm_asm.h of arm64: ARM_EXCEPTION_IRQ 0, _EL1_SERROR 1, _TRAP 2, _IL 3 */
#define PFT_ARM64_NO_TRAP 0x100U

/* pft_kvm_sample.who: the tid in the low 22 bits, flags above. */
#define PFT_KVM_ENTRY 0x00400000U /* else an exit */
#define PFT_KVM_ISA_SHIFT 24	  /* 2 bits: enum pft_isa, of exits */
#define PFT_KVM_ISA_MASK 0x03000000U

#define PFT_KVM_NO_VCPU 0xffffffffU

struct pft_kvm_sample {
	__pft_u32 delta_ns; /* mono ns since the block's first sample */
	/* The low half of pft_cpu.since_ns: the rq time of the switch-in of the run that this
	   happened in, as that switch's sample has it. Of a run whose beginning nobody saw it is
	   the one before's. (sched_info.last_arrival is not noted of each run: see
	   PFT_BLOCK_UNNOTICED.) */
	__pft_u32 run_key;
	__pft_u32 who;
	__pft_u32 value; /* an exit's reason; an entry's vCPU, PFT_KVM_NO_VCPU: not told */
};

/* The header is this CPU's state, too. */
struct pft_kvm_block {
	__pft_u64 word;		/* as in pft_block */
	__pft_u64 first_number; /* running number on this CPU of the block's first sample, from 0 */
	__pft_u64 mono_ns;	/* of the first sample */
	__pft_u32 cpu;
	__pft_u32 claimed;
	__pft_u64 unpaired;	  /* entries after an entry and exits after an exit */
	__pft_u32 alone_lost;	  /* samples that went alone and found the ring full */
	__pft_u32 totals_failed;  /* exits whose total found no place in the hash map */
	__pft_u32 threads_failed; /* events whose thread found no place there */
	__pft_u32 totals_made;	  /* new entries in these maps */
	__pft_u32 threads_made;
	__pft_u32 reserved;
	struct pft_kvm_sample samples[PFT_KVM_BLOCK_SAMPLES];
};

_Static_assert(sizeof(struct pft_kvm_sample) == 16, "kvm sample");
_Static_assert(sizeof(struct pft_kvm_block) == PFT_BLOCK_BYTES, "kvm block");
_Static_assert(__builtin_offsetof(struct pft_kvm_block, samples) == PFT_KVM_BLOCK_HEADER_BYTES,
	       "kvm header");

/*
 * Hooks of KVM may be preempted in the middle (on AMD before 6.5, 791a089861fc, kvm_exit fires with
 * preemption on): one that finds its CPU's block claimed sends its sample alone, without a number.
 */
struct pft_kvm_alone {
	__pft_u64 mono_ns;
	__pft_u32 cpu;
	__pft_u32 reserved;
	struct pft_kvm_sample sample; /* its delta_ns is 0 */
};
_Static_assert(sizeof(struct pft_kvm_alone) < PFT_KVM_BLOCK_HEADER_BYTES, "told by its length");

enum pft_kvm_mode {
	PFT_KVM_NEW = 0, /* no event yet */
	PFT_KVM_GUEST = 1,
	PFT_KVM_HOST = 2,
};

/* What a vCPU's thread is at; only the thread itself writes it. */
struct pft_kvm_thread {
	__pft_u64 start_ns; /* task_struct.start_time: with the tid, one life */
	__pft_u64 exit_ns;  /* mode is PFT_KVM_HOST: since when, and why */
	__pft_u32 reason;
	__pft_u8 mode;
	__pft_u8 isa;
	__pft_u16 reserved;
};
_Static_assert(sizeof(struct pft_kvm_thread) == 24, "kvm thread");

/* Totals of exits that an entry ended, per thread and reason. */
struct pft_kvm_total_key {
	__pft_u64 start_ns;
	__pft_u32 who; /* tid and isa, as in pft_kvm_sample */
	__pft_u32 reason;
};

struct pft_kvm_total {
	__pft_u64 count;
	__pft_u64 host_ns; /* mono, from exit to entry */
	__pft_u64 host_max_ns;
};

/* ---- totals per task and core ---- */

struct pft_total {
	__pft_u64 start_ns; /* task_struct.start_time: with tid, one life of one task */
	__pft_u64 run_ns;   /* closed runs, rq clock */
	__pft_u32 tid;	    /* 0 with start_ns 0: free */
	__pft_u32 voluntary;
	__pft_u32 involuntary;
	__pft_u32 reserved;
};
_Static_assert(sizeof(struct pft_total) == 32, "total");

#define PFT_TOTAL_SETS 256 /* two ways each: one cache line a set */

/*
 * One CPU's private state; only its own hooks write it. Runs follow each other without a gap, so the
 * sum of all closed ones is since_ns - base_ns.
 */
struct pft_cpu {
	__pft_u64 live;		/* 1 between seeding and the end */
	__pft_u64 since_ns;	/* when the run in progress began (rq, see flags) */
	__pft_u64 running_task; /* the task_struct's address: only to be compared */
	__pft_u32 running_tid;
	__pft_u32 flags;	  /* PFT_BLOCK_* of the run in progress */
	__pft_u64 base_ns;	  /* rq time at which all closed runs would have begun */
	__pft_u64 first_number;	  /* of the block in progress: number of its first sample */
	__pft_u64 evicted_run_ns; /* sums of all that was moved to the hash map */
	__pft_u64 evicted_switches;

	__pft_u64 idle_run_ns;
	__pft_u64 idle_switches; /* idle left the CPU so often */
	__pft_u64 unknown_run_ns;
	__pft_u64 markers;
	__pft_u64 blocks_lost;	    /* ring was full */
	__pft_u64 evictions_failed; /* totals that found no place in the hash map */
	__pft_u64 identities_lost;  /* identity ring was full */
	__pft_u64 evictions;	    /* new entries in the hash map */

	struct pft_total totals[PFT_TOTAL_SETS][2];
};
_Static_assert(__builtin_offsetof(struct pft_cpu, totals) == 128, "cpu");

struct pft_evicted_key {
	__pft_u64 start_ns;
	__pft_u32 tid;
	__pft_u32 cpu;
};

struct pft_evicted {
	__pft_u64 run_ns;
	__pft_u64 voluntary;
	__pft_u64 involuntary;
};

/*
 * The sums of one CPU's totals (idle and unknown included) at one moment, taken in an interrupt on
 * that CPU: they belong to the samples with numbers below `number`, exactly.
 */
struct pft_sums {
	__pft_u64 number;
	__pft_u64 switches;
	__pft_u64 run_ns;
	__pft_u64 mono_ns; /* when; 0: never */
};
_Static_assert(sizeof(struct pft_sums) == 32, "sums");

/* ---- identity: who a tid is; a ring of its own, and the task iterator's output ---- */

enum pft_identity_event {
	PFT_IDENTITY_ALIVE = 1, /* task iterator */
	PFT_IDENTITY_FORK = 2,
	PFT_IDENTITY_EXEC = 3,
	PFT_IDENTITY_RENAME = 4,
	/* from the last switch-out, with its final counters; where that is not seen, from the exit */
	PFT_IDENTITY_DEAD = 5,
	/* tid is the CPU; only at_mono_ns and event are set beside it */
	PFT_IDENTITY_CPU_ONLINE = 6,
	PFT_IDENTITY_CPU_OFFLINE = 7,
};

#define PFT_IDENTITY_KTHREAD 0x1U
#define PFT_COMM_BYTES 16

struct pft_identity {
	__pft_u32 event;
	__pft_u32 flags;
	__pft_u32 tid;
	__pft_u32 tgid;
	__pft_u32 old_tid; /* exec by a thread that is not the leader takes the leader's tid */
	__pft_u32 reserved;
	__pft_u64 at_mono_ns;
	__pft_u64 start_ns;
	__pft_u64 cgroup_id; /* in the default (v2) hierarchy */
	__pft_u64 voluntary; /* nvcsw, nivcsw, sched_info.run_delay, se.sum_exec_runtime */
	__pft_u64 involuntary;
	__pft_u64 run_delay_ns;
	__pft_u64 run_ns;
	char comm[PFT_COMM_BYTES];
};
_Static_assert(sizeof(struct pft_identity) == 96, "identity");

#endif
