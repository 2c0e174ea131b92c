/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A recorder that gets the CPU too late loses samples, just when the machine is busiest: among
 * hundreds of runnable tasks, or beside other groups of tasks, it waited for most of a second. So it
 * has the highest priority of its class, and the lowest real-time one for the first seconds, when
 * the load is not known, and whenever it falls behind. What it does then is bounded by the size of
 * the rings.
 */
#include "live/live_internal.h"

#include <sched.h>
#include <sys/resource.h>

#define NICE (-20)
#define BEHIND_SHARE 6 /* behind: so much of a ring waits, 1/6 */
#define CALM_DRAINS 50 /* so many drains on end without it: no longer */

static void set_policy(int policy, int priority)
{
	struct sched_param parameters = { .sched_priority = priority };

	/* may be refused: then things stay as they are */
	sched_setscheduler(0, policy | SCHED_RESET_ON_FORK, &parameters);
}

static void be_urgent(struct live *live)
{
	if (!live->urgent_drains)
		set_policy(SCHED_FIFO, sched_get_priority_min(SCHED_FIFO));
	live->urgent_drains = CALM_DRAINS;
}

void live_urgency_begin(struct live *live)
{
	setpriority(PRIO_PROCESS, 0, NICE);
	be_urgent(live);
}

static bool is_behind(const struct live_ring *ring)
{
	return ring->producer && live_ring_waiting(ring) > ring->data_bytes / BEHIND_SHARE;
}

/* A fork storm fills the ring of names long before that of samples. */
void live_urgency_tick(struct live *live)
{
	if (is_behind(&live->samples) || is_behind(&live->identities) || is_behind(&live->kvm.ring))
		be_urgent(live);
	else if (live->urgent_drains && !--live->urgent_drains)
		set_policy(SCHED_OTHER, 0);
}
