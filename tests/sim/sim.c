/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim [--from SEED] [--count N] [--break WORD] [--breaks] [--task N]: runs seeds and compares; prints those that fail.
 * With --break the first that fails ends it, and is what is wanted: exit 0 when one did.
 */
#include "sim.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_plan(const struct sim_plan *plan)
{
	printf("  cpus %u, %" PRIu64 " silent, tasks %u, tids %u, %" PRIu64 " ms, run %" PRIu64
	       " ns, bucket %" PRIu64 " ms, rows/s %" PRIu64 ", parts %" PRIu64 " ms\n",
	       plan->cpus, plan->silent_cpus, plan->tasks, plan->tids, plan->duration_ns / SIM_MS,
	       plan->run_ns, plan->bucket_ns / SIM_MS, plan->rows_per_s_max,
	       plan->part_ns / SIM_MS);
	printf("  lag %" PRIu64
	       " ns, drift %d, ring %zu, missed %g, fork %g, hotplug %d, half-read "
	       "%d, early reuse %d, drain %" PRIu64 " ms, flush %" PRIu64 " ms\n",
	       plan->lag_ns, plan->drift, plan->ring_bytes, plan->missed, plan->fork, plan->hotplug,
	       plan->half_read, plan->reuse_early, plan->drain_ns / SIM_MS,
	       plan->flush_ns / SIM_MS);
}

/* The true story of one task, for whoever looks into a failure. */
static void print_task(const struct sim_result *result, uint32_t index)
{
	const struct sim_history *history = &result->history;

	for (size_t i = 0; i < history->switch_count; i++) {
		const struct sim_switch *s = &history->switches[i];

		if (s->prev != index && s->next != index && index != UINT32_MAX)
			continue;
		printf("  %10" PRIu64 " lag %" PRIu64 " CPU %u: t%u -> t%u%s, state %u, wait "
		       "%" PRIu64 ", sample %" PRId64 "%s\n",
		       s->mono_ns - history->zero_ns, s->lag_ns, s->cpu, s->prev, s->next,
		       s->first ? " (first)" : "", s->state, s->wait_total_ns, (int64_t)s->number,
		       s->marker != SIM_NIL ? ", marked" : "");
	}
}

struct sums {
	int64_t task; /* to print; -1: none */
	uint64_t switches;
	uint64_t parts;
	uint64_t failed;
};

static bool run_seed(uint64_t seed, enum sim_break broken, struct sums *sums)
{
	struct sim_result result = { 0 };
	struct sim_plan plan;
	bool equal;

	sim_plan_of_seed(&plan, seed);
	sim_run(&plan, broken, &result);
	equal = sim_compare(&result);
	sums->switches += result.totals_switches;
	sums->parts += result.parts;
	if (!equal) {
		sums->failed++;
		printf("seed %" PRIu64 ": %s\n", seed, result.difference);
		if (!broken)
			print_plan(&plan);
	}
	if (sums->task >= 0)
		print_task(&result, (uint32_t)sums->task);
	sim_result_free(&result);
	return equal;
}

static enum sim_break find_break(const char *word)
{
	for (int i = 1; i < BREAK_COUNT; i++)
		if (!strcmp(word, sim_break_word((enum sim_break)i)))
			return (enum sim_break)i;
	fprintf(stderr, "sim: --break %s: not one of:", word);
	for (int i = 1; i < BREAK_COUNT; i++)
		fprintf(stderr, " %s", sim_break_word((enum sim_break)i));
	fputc('\n', stderr);
	exit(2);
}

/* Every break must be noticed by one of the seeds. */
static int run_breaks(uint64_t from, uint64_t count)
{
	int unnoticed = 0;

	for (int broken = 1; broken < BREAK_COUNT; broken++) {
		struct sums sums = { .task = -1 };
		uint64_t seed = from;

		printf("%s: ", sim_break_word((enum sim_break)broken));
		while (seed < from + count && run_seed(seed, (enum sim_break)broken, &sums))
			seed++;
		if (seed == from + count) {
			printf("NOT NOTICED by %" PRIu64 " seeds\n", count);
			unnoticed++;
		}
	}
	printf("%d passed, %d failed\n", BREAK_COUNT - 1 - unnoticed, unnoticed);
	return unnoticed ? 1 : 0;
}

int main(int argc, char **argv)
{
	static const struct option options[] = { { "from", required_argument, NULL, 'f' },
						 { "count", required_argument, NULL, 'c' },
						 { "break", required_argument, NULL, 'b' },
						 { "breaks", no_argument, NULL, 'B' },
						 { "task", required_argument, NULL, 't' },
						 { 0 } };
	uint64_t from = 0, count = 300;
	enum sim_break broken = BREAK_NOTHING;
	struct sums sums = { .task = -1 };
	bool all_breaks = false;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'f')
			from = strtoull(optarg, NULL, 10);
		else if (option == 'c')
			count = strtoull(optarg, NULL, 10);
		else if (option == 'b')
			broken = find_break(optarg);
		else if (option == 'B')
			all_breaks = true;
		else if (option == 't')
			sums.task = atoi(optarg);
		else
			return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (all_breaks)
		return run_breaks(from, count);
	for (uint64_t seed = from; seed < from + count; seed++)
		run_seed(seed, broken, &sums);
	printf("sim: seeds %" PRIu64 " to %" PRIu64 ", %" PRIu64 " switches, %" PRIu64
	       " borders between parts\n%" PRIu64 " passed, %" PRIu64 " failed\n",
	       from, from + count - 1, sums.switches, sums.parts, count - sums.failed, sums.failed);
	return sums.failed ? 1 : 0;
}
