/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef PFT_CLOCK_BPF_H
#define PFT_CLOCK_BPF_H

/*
 * The clock that the scheduler itself accounts with, read from the run queue of the task that
 * leaves: a load instead of a clock read (20 ns on bare metal, 60-90 ns in a guest). It may lag
 * CLOCK_MONOTONIC a little, so blocks carry pairs of both.
 */
static __always_inline __u64 clock_of_run_queue(struct task_struct *prev)
{
	if (compat_has_run_queue())
		return prev->se.cfs_rq->rq->clock;
	return bpf_ktime_get_ns();
}

#endif
