/* SPDX-License-Identifier: Apache-2.0 */
#include "live/cost.h"

#include "capture/table.h"
#include "live/stats_switch.h"

#include <bpf/bpf.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/*
 * Moments get rarer as a capture gets longer: the first at its start, so that short ones have one,
 * the next after 0.3 s, then 0.6 s later, 1.2 s ...
 */
#define SECOND_MOMENT_NS 300000000ULL
#define MOMENT_RATIO 2
#define MOMENTS_MAX 64 /* kept; later ones take the places of earlier ones */
#define MOMENT_INTERVAL_MAX_NS 60000000000ULL
/* Among a thousand runnable tasks the process that switches timing on may come late: a moment waits
   for so many drains until something was timed. */
#define LATE_DRAINS_MAX 20
/* At the end of a capture of an instant there is no other moment to come: this one is waited for. */
#define LAST_PAUSE_NS 1000000
#define LAST_PAUSES_MAX 50

/* The empty program's zero point is read from this many runs, best of some rounds. */
#define EMPTY_RUNS 256
#define EMPTY_ROUNDS 5

struct reading {
	uint64_t run_ns;
	uint64_t runs;
};

struct cost {
	int switch_fd;
	int empty_fd;
	struct stats_switch *stats; /* NULL: refused */
	bool timing;		    /* a moment is in progress */
	unsigned int late_drains;   /* in which nothing was timed */
	uint64_t next_at_ns;
	uint64_t interval_ns;
	struct reading begin;
	struct reading moments[MOMENTS_MAX];
	size_t moment_count;
	double empty_ns; /* zero point, smallest seen; < 0: none yet */
};

struct cost *cost_new(void)
{
	struct cost *cost = calloc(1, sizeof(*cost));

	if (!cost)
		return NULL;
	cost->stats = stats_switch_new();
	cost->interval_ns = SECOND_MOMENT_NS;
	cost->empty_ns = -1;
	return cost;
}

void cost_watch(struct cost *cost, int switch_program_fd, int empty_program_fd)
{
	cost->switch_fd = switch_program_fd;
	cost->empty_fd = empty_program_fd;
}

void cost_free(struct cost *cost)
{
	if (!cost)
		return;
	stats_switch_free(cost->stats);
	free(cost);
}

static bool read_program(int fd, struct reading *reading)
{
	struct bpf_prog_info info = { 0 };
	uint32_t bytes = sizeof(info);

	if (bpf_obj_get_info_by_fd(fd, &info, &bytes))
		return false;
	reading->run_ns = info.run_time_ns;
	reading->runs = info.run_cnt;
	return true;
}

/* What measuring an empty program reads, in the mean of one round. */
static double read_empty_round(int fd)
{
	LIBBPF_OPTS(bpf_test_run_opts, options);
	struct reading before, after;

	if (!read_program(fd, &before))
		return -1;
	for (int i = 0; i < EMPTY_RUNS; i++)
		if (bpf_prog_test_run_opts(fd, &options))
			return -1;
	if (!read_program(fd, &after) || after.runs == before.runs)
		return -1;
	return (double)(after.run_ns - before.run_ns) / (double)(after.runs - before.runs);
}

static void measure_empty(struct cost *cost)
{
	for (int round = 0; round < EMPTY_ROUNDS; round++) {
		double empty_ns = read_empty_round(cost->empty_fd);

		if (empty_ns >= 0 && (cost->empty_ns < 0 || empty_ns < cost->empty_ns))
			cost->empty_ns = empty_ns;
	}
}

static void begin_moment(struct cost *cost)
{
	cost->late_drains = 0;
	cost->timing = read_program(cost->switch_fd, &cost->begin);
	/* without the program (--no-sched) nobody would switch it off again */
	if (cost->timing)
		stats_switch_set(cost->stats, true);
}

static void finish(struct cost *cost)
{
	struct reading now;

	if (!cost->timing)
		return;
	if (cost->empty_ns < 0)
		measure_empty(cost);
	if (read_program(cost->switch_fd, &now) && now.runs > cost->begin.runs)
		cost->moments[cost->moment_count++ % MOMENTS_MAX] =
			(struct reading){ .run_ns = now.run_ns - cost->begin.run_ns,
					  .runs = now.runs - cost->begin.runs };
	stats_switch_set(cost->stats, false);
	cost->timing = false;
}

static bool nothing_was_timed(const struct cost *cost)
{
	struct reading now;

	return cost->timing && read_program(cost->switch_fd, &now) && now.runs == cost->begin.runs;
}

/* It may still come. */
static bool is_late(struct cost *cost)
{
	return nothing_was_timed(cost) && ++cost->late_drains < LATE_DRAINS_MAX;
}

void cost_end(struct cost *cost)
{
	const struct timespec pause = { .tv_nsec = LAST_PAUSE_NS };

	/* each pause is a switch, and another back */
	for (int i = 0; i < LAST_PAUSES_MAX && !cost->moment_count && nothing_was_timed(cost); i++)
		nanosleep(&pause, NULL);
	finish(cost);
}

void cost_tick(struct cost *cost, uint64_t now_ns)
{
	if (!cost->stats || is_late(cost))
		return;
	finish(cost); /* a moment lasts from one drain to the next */
	if (now_ns < cost->next_at_ns)
		return;
	begin_moment(cost);
	cost->next_at_ns = now_ns + cost->interval_ns;
	if (cost->interval_ns < MOMENT_INTERVAL_MAX_NS)
		cost->interval_ns *= MOMENT_RATIO;
}

static double mean_ns(const struct reading *reading)
{
	return (double)reading->run_ns / (double)reading->runs;
}

static int by_mean(const void *one, const void *other)
{
	double a = mean_ns(one), b = mean_ns(other);

	return (a > b) - (a < b);
}

/* The moment in which the middle one of all runs was, when moments are in order of their means. */
static const struct reading *median_run(const struct reading *sorted, size_t count)
{
	uint64_t all = 0, passed = 0;
	size_t i = 0;

	for (size_t moment = 0; moment < count; moment++)
		all += sorted[moment].runs;
	for (; i + 1 < count; i++) {
		passed += sorted[i].runs;
		if (passed * 2 >= all)
			break;
	}
	return &sorted[i];
}

/*
 * A median, since a hypervisor that takes the CPU away in the middle of a program adds milliseconds
 * to one moment; of runs and not of moments, since a run costs ten times as much in a moment with
 * few of them, when all caches are cold.
 */
uint64_t cost_ns_per_switch(const struct cost *cost)
{
	size_t count = cost->moment_count < MOMENTS_MAX ? cost->moment_count : MOMENTS_MAX;
	struct reading sorted[MOMENTS_MAX];
	double net_ns;

	if (!count || cost->empty_ns < 0)
		return CAPTURE_NIL;
	memcpy(sorted, cost->moments, count * sizeof(*sorted));
	qsort(sorted, count, sizeof(*sorted), by_mean);
	net_ns = mean_ns(median_run(sorted, count)) - cost->empty_ns;
	return net_ns > 0 ? (uint64_t)(net_ns + 0.5) : 0;
}
