/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which CPU the recorder sits on. Its priority is high, so where it wakes it takes the CPU from whoever
 * runs there, and the scheduler does not always spare them: a task with a real-time priority wakes
 * where it ran last unless another such task runs there (kernel/sched/rt.c, select_task_rq_rt), and
 * for others an idle CPU is looked for only among those that share a cache. So when it has displaced
 * somebody again and again, and another CPU was idle each time, it moves there.
 */
#ifndef LIVE_SEAT_H
#define LIVE_SEAT_H

#include "pftrace.h"

#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SEAT_STAY UINT32_MAX
#define SEAT_DISPLACED_LOOKS 2 /* so many looks on end are "again and again", ... */
#define SEAT_IDLE_LOOKS 4      /* ... and so many are "each time" */

struct seat {
	uint32_t cpu_count;
	uint32_t displaced_looks; /* on end */
	uint8_t *idle_looks;	  /* by CPU: on end, SEAT_IDLE_LOOKS at most */
};

/* 0 or -ENOMEM. */
int seat_init(struct seat *seat, uint32_t cpu_count);
void seat_free(struct seat *seat);

/* At a drain, on CPU `own`: `blocks` are those in progress, one a CPU. */
void seat_look(struct seat *seat, const struct pft_block *blocks, uint32_t own);

/* Whether it is time to ask seat_choose(). */
bool seat_displaces(const struct seat *seat);

/* The CPU to move to, of those that are allowed, or SEAT_STAY. */
uint32_t seat_choose(const struct seat *seat, const cpu_set_t *allowed, size_t allowed_bytes);

#endif
