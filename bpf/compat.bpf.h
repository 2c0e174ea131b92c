/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* All knowledge of what differs between kernels. */
#ifndef PFT_COMPAT_BPF_H
#define PFT_COMPAT_BPF_H

/* include/linux/sched.h; these values are the same in 5.15, 6.1, 6.12 and 6.18 */
#define TASK_INTERRUPTIBLE 0x0001
#define TASK_UNINTERRUPTIBLE 0x0002
#define TASK_STOPPED 0x0004
#define TASK_TRACED 0x0008
#define TASK_PARKED 0x0040
#define TASK_DEAD 0x0080
#define TASK_NOLOAD 0x0400

#define PF_KTHREAD 0x00200000

/* `state` became `__state` in 5.14 (2f064a59a11f). */
static __always_inline __u32 compat_task_state(struct task_struct *task)
{
	if (bpf_core_field_exists(task->__state))
		return task->__state;
	return (__u32)((struct task_struct___before_5_14 *)task)->state;
}

/* CONFIG_SCHED_INFO may be off. */
static __always_inline bool compat_has_sched_info(void)
{
	return bpf_core_field_exists(((struct task_struct *)0)->sched_info.run_delay);
}

/* The run queue can be reached from a task with CONFIG_FAIR_GROUP_SCHED only. */
static __always_inline bool compat_has_run_queue(void)
{
	return bpf_core_field_exists(((struct task_struct *)0)->se.cfs_rq) &&
	       bpf_core_field_exists(((struct cfs_rq *)0)->rq);
}

#endif
