/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a context switch means: one sample, one total. */
#ifndef PFT_SCHED_BPF_H
#define PFT_SCHED_BPF_H

static __noinline enum pft_state sched_rare_state(__u32 state)
{
	if (state & TASK_DEAD)
		return PFT_STATE_DEAD;
	if (state & TASK_PARKED)
		return PFT_STATE_PARKED;
	if (state & TASK_TRACED)
		return PFT_STATE_TRACED;
	if (state & TASK_STOPPED)
		return PFT_STATE_STOPPED;
	if (state & TASK_NOLOAD)
		return PFT_STATE_IDLE;
	return PFT_STATE_UNINTERRUPTIBLE;
}

/* The bits of a state exclude each other but for modifiers. */
static __always_inline enum pft_state sched_state(bool preempt, __u32 state)
{
	if (preempt || !state)
		return PFT_STATE_RUNNING;
	if (state & TASK_INTERRUPTIBLE)
		return PFT_STATE_INTERRUPTIBLE;
	return sched_rare_state(state);
}

/* Run-queue wait of next's whole life. The switch in progress is not yet in run_delay: it is added
   as the kernel will (kernel/sched/stats.h, sched_info_arrive). *flags is set where it will not. */
static __always_inline __u64 sched_wait_total(struct task_struct *next, __u64 now, __u32 *flags)
{
	__u64 queued;

	if (!compat_has_sched_info())
		return PFT_WAIT_NONE;
	queued = next->sched_info.last_queued;
	if (!queued)
		*flags = PFT_BLOCK_UNNOTICED;
	return next->sched_info.run_delay + (queued ? now - queued : 0);
}

static __always_inline bool sched_is_first(struct task_struct *next)
{
	return compat_has_sched_info() && !next->sched_info.pcount;
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
 * What is read of both tasks, all of it before anything is written: the compiler cannot know that
 * our stores leave the tasks alone, and would read again after each.
 */
struct sched_facts {
	__u64 now;
	__u64 arrival;
	__u64 wait_total_ns;
	__u64 prev_start_ns;
	__u32 prev_tid;
	__u32 next_tid;
	__u32 state;
	__u32 sample_flags;
	__u32 flags; /* of next's run */
};

static __always_inline void sched_gather(struct sched_facts *facts, bool preempt,
					 struct task_struct *prev, struct task_struct *next,
					 __u32 prev_state)
{
	facts->now = clock_of_run_queue(prev);
	facts->arrival = sched_arrival(prev);
	facts->prev_tid = prev->pid;
	facts->prev_start_ns = prev->start_time;
	facts->next_tid = next->pid & PFT_TID_MASK;
	facts->flags = 0;
	facts->wait_total_ns =
		facts->next_tid ? sched_wait_total(next, facts->now, &facts->flags) : 0;
	facts->state = sched_state(preempt, prev_state);
	facts->sample_flags = facts->state << PFT_SAMPLE_STATE_SHIFT;
	if (preempt)
		facts->sample_flags |= PFT_SAMPLE_PREEMPTED;
	if (sched_is_first(next))
		facts->sample_flags |= PFT_SAMPLE_FIRST;
}

/* How long the run lasted that ends now. A seeded one, the CPU's first, began on the other clock. */
static __always_inline __u64 sched_run_ns(struct pft_cpu *cpu, const struct pft_block *block,
					  __u64 now)
{
	__u64 run_ns;

	if (!(cpu->flags & PFT_BLOCK_SINCE_IS_MONO))
		return now - cpu->since_ns;
	run_ns = block->mono_ns - cpu->since_ns;
	cpu->base_ns = now - run_ns;
	return run_ns;
}

/*
 * True when prev did not take over at our last switch here: another task did, or the same one has
 * left and come back meanwhile.
 */
static __always_inline bool sched_is_missed(const struct pft_cpu *cpu, struct task_struct *prev,
					    __u64 arrival)
{
	return cpu->running_task != (__u64)prev || (arrival > cpu->since_ns && !cpu->flags);
}

/* Whoever we thought was running has gone without a word: the time until prev's run is nobody's. */
static __noinline int sched_missed(struct pft_cpu *cpu, struct pft_block *block,
				   struct task_struct *prev, __u64 now, __u64 arrival)
{
	bool known =
		arrival >= cpu->since_ns && arrival <= now && !(cpu->flags & ~PFT_BLOCK_UNNOTICED);
	__u64 began = known ? arrival : now;
	__u64 run_ns = sched_run_ns(cpu, block, began);

	cpu->unknown_run_ns += run_ns;
	cpu->markers++;
	cpu->since_ns = began;
	cpu->flags = known ? 0 : PFT_BLOCK_RUN_UNKNOWN;
	block_add(block, (struct pft_sample){
				 .delta_ns = known ? (__u32)prev->sched_info.run_delay
						   : (__u32)(now - block->rq_ns),
				 .next = (prev->pid & PFT_TID_MASK) | PFT_SAMPLE_MARKER,
				 .wait_total_ns = known ? arrival : 0,
			 });
	return 0;
}

static __always_inline void sched_close_run(struct pft_cpu *cpu, const struct sched_facts *facts,
					    __u64 run_ns)
{
	if (facts->prev_tid) {
		total_add(cpu, facts->prev_tid, facts->prev_start_ns, run_ns,
			  facts->state == PFT_STATE_RUNNING);
		return;
	}
	cpu->idle_run_ns += run_ns;
	cpu->idle_switches++;
}

static __always_inline void sched_open_run(struct pft_cpu *cpu, struct task_struct *next,
					   const struct sched_facts *facts)
{
	cpu->running_task = (__u64)next;
	cpu->running_tid = facts->next_tid;
	cpu->since_ns = facts->now;
	cpu->flags = facts->flags;
}

static __always_inline void handle_switch(bool preempt, struct task_struct *prev,
					  struct task_struct *next, __u32 prev_state)
{
	struct pft_cpu *cpu = this_cpu_state();
	struct pft_block *block;
	struct sched_facts facts;

	if (!cpu || !cpu->live || !gate_open)
		return;
	block = block_of_cpu(bpf_get_smp_processor_id());
	if (!block)
		return;
	sched_gather(&facts, preempt, prev, next, prev_state);
	block_prepare(block, cpu, prev, facts.now);
	if (sched_is_missed(cpu, prev, facts.arrival))
		sched_missed(cpu, block, prev, facts.now, facts.arrival);
	sched_close_run(cpu, &facts, sched_run_ns(cpu, block, facts.now));
	sched_open_run(cpu, next, &facts);
	block_add(block, (struct pft_sample){ .delta_ns = (__u32)(facts.now - block->rq_ns),
					      .next = facts.next_tid | facts.sample_flags,
					      .wait_total_ns = facts.wait_total_ns });
	if (facts.state == PFT_STATE_DEAD)
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
