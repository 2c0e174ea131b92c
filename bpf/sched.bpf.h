/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a context switch means: one sample, one total. */
#ifndef PFT_SCHED_BPF_H
#define PFT_SCHED_BPF_H

static __always_inline enum pft_state sched_state(bool preempt, __u32 state)
{
	if (preempt || !state)
		return PFT_STATE_RUNNING;
	if (state & TASK_DEAD)
		return PFT_STATE_DEAD;
	if (state & TASK_PARKED)
		return PFT_STATE_PARKED;
	if (state & TASK_TRACED)
		return PFT_STATE_TRACED;
	if (state & TASK_STOPPED)
		return PFT_STATE_STOPPED;
	if (state & TASK_INTERRUPTIBLE)
		return PFT_STATE_INTERRUPTIBLE;
	if (state & TASK_NOLOAD)
		return PFT_STATE_IDLE;
	return PFT_STATE_UNINTERRUPTIBLE;
}

/* Run-queue wait of next's whole life. The switch in progress is not yet in run_delay: it is added
   as the kernel will (kernel/sched/stats.h, sched_info_arrive). */
static __always_inline __u64 sched_wait_total(struct task_struct *next, __u64 now)
{
	__u64 queued;

	if (!compat_has_sched_info())
		return PFT_WAIT_NONE;
	queued = next->sched_info.last_queued;
	return next->sched_info.run_delay + (queued ? now - queued : 0);
}

static __always_inline __u32 sched_first_flag(struct task_struct *next)
{
	if (compat_has_sched_info() && !next->sched_info.pcount)
		return PFT_SAMPLE_FIRST;
	return 0;
}

/* How long the run lasted that ends now. A seeded run began on the other clock. */
static __always_inline __u64 sched_run_ns(const struct pft_cpu *cpu, const struct pft_block *block,
					  __u64 now)
{
	if (cpu->flags & PFT_BLOCK_SINCE_IS_MONO)
		return block->mono_ns - cpu->since_ns;
	return now - cpu->since_ns;
}

/*
 * When prev's run began, as the scheduler has it: it notes the run queue's clock at every switch-in,
 * also at those that never reach our hook (kernel/sched/stats.h, sched_info_arrive). 0: not known;
 * idle tasks have none.
 */
static __always_inline __u64 sched_arrival(struct task_struct *prev)
{
	if (!compat_has_sched_info() || !compat_has_run_queue() || !prev->pid)
		return 0;
	return prev->sched_info.last_arrival;
}

/*
 * True when prev did not take over at our last switch here: another task did, or the same one has
 * left and come back meanwhile.
 */
static __always_inline bool sched_is_missed(const struct pft_cpu *cpu, struct task_struct *prev,
					    __u64 arrival)
{
	return cpu->running_task != (__u64)prev ||
	       (arrival && arrival != cpu->since_ns && !cpu->flags);
}

/* Whoever we thought was running has gone without a word: the time until prev's run is nobody's. */
static __always_inline void sched_missed(struct pft_cpu *cpu, struct pft_block *block,
					 struct task_struct *prev, __u64 now, __u64 arrival)
{
	bool known = arrival >= cpu->since_ns && arrival <= now && !cpu->flags;
	__u64 began = known ? arrival : now;
	__u64 run_ns = sched_run_ns(cpu, block, began);

	cpu->unknown_run_ns += run_ns;
	cpu->closed_run_ns += run_ns;
	cpu->markers++;
	cpu->since_ns = began;
	cpu->flags = known ? 0 : PFT_BLOCK_RUN_UNKNOWN;
	block_add(block, cpu,
		  (struct pft_sample){
			  .delta_ns = known ? (__u32)prev->sched_info.run_delay
					    : (__u32)(now - block->rq_ns),
			  .next = (prev->pid & PFT_TID_MASK) | PFT_SAMPLE_MARKER,
			  .wait_total_ns = known ? arrival : 0,
		  });
}

static __always_inline void sched_close_run(struct pft_cpu *cpu, struct task_struct *prev,
					    __u64 run_ns, enum pft_state state)
{
	cpu->closed_run_ns += run_ns;
	cpu->switches++;
	if (prev->pid) {
		total_add(cpu, prev->pid, prev->start_time, run_ns, state == PFT_STATE_RUNNING);
		return;
	}
	cpu->idle_run_ns += run_ns;
	cpu->idle_switches++;
}

static __always_inline void sched_open_run(struct pft_cpu *cpu, struct task_struct *next, __u64 now)
{
	cpu->running_task = (__u64)next;
	cpu->running_tid = next->pid;
	cpu->since_ns = now;
	cpu->flags = 0;
}

static __always_inline void handle_switch(bool preempt, struct task_struct *prev,
					  struct task_struct *next, __u32 prev_state)
{
	struct pft_cpu *cpu = this_cpu_state();
	struct pft_block *block;
	enum pft_state state;
	struct pft_sample sample;
	__u64 now, arrival;

	if (!cpu || !cpu->live || !gate_open)
		return;
	block = block_of_cpu(bpf_get_smp_processor_id());
	if (!block)
		return;
	now = clock_of_run_queue(prev);
	state = sched_state(preempt, prev_state);
	block_prepare(block, cpu, prev, now);
	arrival = sched_arrival(prev);
	if (sched_is_missed(cpu, prev, arrival))
		sched_missed(cpu, block, prev, now, arrival);
	sched_close_run(cpu, prev, sched_run_ns(cpu, block, now), state);
	sched_open_run(cpu, next, now);
	sample.delta_ns = (__u32)(now - block->rq_ns);
	sample.next = (next->pid & PFT_TID_MASK) | (state << PFT_SAMPLE_STATE_SHIFT) |
		      sched_first_flag(next);
	if (preempt)
		sample.next |= PFT_SAMPLE_PREEMPTED;
	sample.wait_total_ns = next->pid ? sched_wait_total(next, now) : 0;
	block_add(block, cpu, sample);
	if (state == PFT_STATE_DEAD)
		identity_emit(PFT_IDENTITY_DEAD, prev);
}

/*
 * Runs by BPF_PROG_TEST_RUN in an interrupt on the CPU to be seeded, where `current` is the task
 * that was interrupted. The run queue's clock may be old there: CLOCK_MONOTONIC is taken.
 */
static __always_inline void handle_seed(void)
{
	struct task_struct *running = (struct task_struct *)bpf_get_current_task();
	struct pft_cpu *cpu = this_cpu_state();
	struct pft_block *block = block_of_cpu(bpf_get_smp_processor_id());

	if (!cpu || !block || cpu->live)
		return;
	cpu->running_task = (__u64)running;
	cpu->running_tid = BPF_CORE_READ(running, pid);
	cpu->since_ns = bpf_ktime_get_ns();
	cpu->flags = PFT_BLOCK_SINCE_IS_MONO;
	block->cpu = bpf_get_smp_processor_id();
	block->running_tid = cpu->running_tid;
	block->running_start_ns = cpu->running_tid ? BPF_CORE_READ(running, start_time) : 0;
	block->since_ns = cpu->since_ns;
	block->flags = cpu->flags;
	barrier();
	*(volatile __u64 *)&block->seeded_mono_ns = cpu->since_ns;
	cpu->live = 1;
}

#endif
