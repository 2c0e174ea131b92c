/* SPDX-License-Identifier: Apache-2.0 */
#include "sim.h"

uint64_t sim_next(struct sim_random *random)
{
	uint64_t x = random->state += 0x9e3779b97f4a7c15ULL; /* splitmix64 */

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ x >> 27) * 0x94d049bb133111ebULL;
	return x ^ x >> 31;
}

uint64_t sim_below(struct sim_random *random, uint64_t limit)
{
	return limit ? sim_next(random) % limit : 0;
}

bool sim_chance(struct sim_random *random, double probability)
{
	return (double)(sim_next(random) >> 11) / 9007199254740992.0 < probability;
}

uint64_t sim_length(struct sim_random *random, uint64_t typical)
{
	switch (sim_below(random, 8)) {
	case 0:
		return typical / 100 + sim_below(random, typical / 10 + 1);
	case 1:
		return typical + sim_below(random, typical * 10);
	default:
		return typical / 4 + sim_below(random, typical);
	}
}

static uint64_t pick(struct sim_random *random, const uint64_t *values, size_t count)
{
	return values[sim_below(random, count)];
}

#define PICK(random, ...)                               \
	pick(random, (const uint64_t[]){ __VA_ARGS__ }, \
	     sizeof((const uint64_t[]){ __VA_ARGS__ }) / sizeof(uint64_t))

/* One seed in four has exact clocks, sees every switch and loses nothing: all must be equal. */
static void plan_troubles(struct sim_plan *plan, struct sim_random *random)
{
	plan->ring_bytes = 64 << 20;
	plan->reuse_ns = 20000;
	if (plan->seed % 4 == 0)
		return;
	if (sim_chance(random, 0.5)) {
		plan->lag_ns = PICK(random, 3000, 100000, SIM_MS, 8 * SIM_MS);
		plan->drift = sim_chance(random, 0.5);
	}
	if (sim_chance(random, 0.4))
		plan->missed = sim_chance(random, 0.5) ? 0.003 : 0.05;
	if (sim_chance(random, 0.4))
		plan->ring_bytes = PICK(random, 4096, 8192, 20000);
	/* two lives of one tid within the error of the clocks, or both of them lost in part, cannot
	   be told apart; a real tid comes again after all others */
	if (plan->lag_ns || plan->missed > 0 || plan->ring_bytes < 64 << 20) {
		plan->reuse_early = false;
		plan->reuse_ns = 15 * SIM_MS;
	}
}

void sim_plan_of_seed(struct sim_plan *plan, uint64_t seed)
{
	struct sim_random random = { seed * 1000003 };

	*plan = (struct sim_plan){ .seed = seed };
	plan->cpus = (uint32_t)PICK(&random, 1, 2, 2, 3, 4, 8, 16);
	if (sim_chance(&random, 0.03))
		plan->cpus = (uint32_t)PICK(&random, 64, 256);
	plan->tasks = (uint32_t)PICK(&random, 1, 3, 10, 30, 100);
	plan->tids = plan->tasks * 2 + (sim_chance(&random, 0.5) ? 20 : 500);
	plan->run_ns = PICK(&random, 5000, 50000, 300000, 3 * SIM_MS);
	plan->sleep_ns = plan->run_ns * PICK(&random, 1, 10, 100);
	plan->duration_ns = plan->run_ns * PICK(&random, 200, 1000, 3000) / plan->cpus;
	if (plan->duration_ns < 30 * SIM_MS)
		plan->duration_ns = 30 * SIM_MS;
	if (plan->duration_ns / plan->run_ns * plan->cpus > 20000)
		plan->run_ns = plan->duration_ns * plan->cpus / 20000;
	plan->bucket_ns = PICK(&random, SIM_MS, 10 * SIM_MS, 100 * SIM_MS, SIM_SECOND);
	if (sim_chance(&random, 0.3))
		plan->rows_per_s_max = PICK(&random, 1000, 20000, 50);
	plan->fork = PICK(&random, 0, 1, 10) / 100.0;
	plan->die = plan->fork;
	plan->migrate = PICK(&random, 0, 10, 50) / 100.0;
	plan->hotplug = plan->cpus > 1 && sim_chance(&random, 0.3);
	plan->half_read = sim_chance(&random, 0.5);
	plan->reuse_early = sim_chance(&random, 0.3);
	plan->silent_cpus = sim_chance(&random, 0.3) ? sim_below(&random, plan->cpus) : 0;
	plan->drain_ns = PICK(&random, 5, 20, 50, 100) * SIM_MS;
	plan->flush_ns = plan->drain_ns * PICK(&random, 1, 3, 10);
	plan_troubles(plan, &random);
	/* (a part's buckets have their first length again: then their starts would not fit together) */
	if (seed % 3 == 1 && !plan->rows_per_s_max)
		plan->part_ns = plan->bucket_ns * PICK(&random, 1, 2, 7, 30);
}

const char *sim_break_word(enum sim_break what)
{
	static const char *const words[BREAK_COUNT] = {
		[BREAK_NOTHING] = "nothing",
		[BREAK_DROP_BLOCK] = "drop-block",
		[BREAK_SWAP_SAMPLES] = "swap-samples",
		[BREAK_WRONG_SLOT] = "wrong-slot",
		[BREAK_WRONG_CPU] = "wrong-cpu",
		[BREAK_NO_RESYNC] = "no-resync",
		[BREAK_NO_LOSS] = "no-loss",
		[BREAK_NO_WAITING] = "no-waiting",
		[BREAK_NO_FIRST] = "no-first",
		[BREAK_NO_MARKER] = "no-marker",
		[BREAK_HALF_READ] = "half-read",
		[BREAK_NO_RECHECK] = "no-recheck",
		[BREAK_NO_OFFLINE] = "no-offline",
		[BREAK_WAIT] = "wait",
		[BREAK_IDENTITY] = "identity",
		[BREAK_CELL] = "cell",
		[BREAK_LOG] = "log",
		[BREAK_SUCCESSOR] = "successor",
		[BREAK_BORDER] = "border",
	};

	return what < BREAK_COUNT ? words[what] : "";
}
