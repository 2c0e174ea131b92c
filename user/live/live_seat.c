/* SPDX-License-Identifier: Apache-2.0 */
/* Moves the recorder from a CPU that others want to one that is idle. */
#include "live/live_internal.h"

#include <sched.h>

/* CPUs that this thread may run on; NULL where that is not to be had. */
static cpu_set_t *allowed_cpus(const struct live *live, size_t bytes)
{
	cpu_set_t *allowed = CPU_ALLOC(live->cpu_count);

	if (allowed && sched_getaffinity(0, bytes, allowed)) {
		CPU_FREE(allowed);
		allowed = NULL;
	}
	return allowed;
}

/* For a moment that CPU alone is allowed; where it goes on is the scheduler's again. */
static void move_to(uint32_t cpu, const struct live *live, const cpu_set_t *allowed, size_t bytes)
{
	cpu_set_t *target = CPU_ALLOC(live->cpu_count);

	if (!target)
		return;
	CPU_ZERO_S(bytes, target);
	CPU_SET_S(cpu, bytes, target);
	if (sched_setaffinity(0, bytes, target) == 0)
		sched_setaffinity(0, bytes, allowed);
	CPU_FREE(target);
}

void live_seat_tick(struct live *live)
{
	size_t bytes = CPU_ALLOC_SIZE(live->cpu_count);
	cpu_set_t *allowed;
	uint32_t cpu;

	seat_look(&live->seat, live->blocks, (uint32_t)sched_getcpu());
	if (!seat_displaces(&live->seat))
		return;
	allowed = allowed_cpus(live, bytes);
	if (!allowed)
		return;
	cpu = seat_choose(&live->seat, allowed, bytes);
	if (cpu != SEAT_STAY)
		move_to(cpu, live, allowed, bytes);
	CPU_FREE(allowed);
}
