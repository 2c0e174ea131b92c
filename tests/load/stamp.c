/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stamp: runs and sleeps in turn and writes down when, so that its run time is known in each
 * bucket of any width.
 *
 *   stamp --out FILE [--cpu N] [--seconds S] [--run-us R] [--sleep-us L] [--fifo] [--wait]
 *
 * FILE gets a line a run: "BEGIN_NS END_NS CAUSE UNSURE_NS", CAUSE is why the run ended: sleep,
 * preempted or end. While it runs it reads the clock all the time; a gap in which the kernel counted a switch
 * of ours is a time when somebody else ran, and splits the run. A gap without one is an interrupt
 * or the hypervisor, and belongs to the run as the scheduler sees it. --fifo asks for real-time
 * priority, so that hardly anybody can preempt.
 *
 * Prints what it had waited in its life when its work began, too: a capture that began before does
 * not know how long the wait before the first switch to a task was.
 *
 * UNSURE_NS is how long before BEGIN_NS the run may have begun as the scheduler sees it: since the
 * time that the sleep was to end, or since the last look at the clock before a gap. In between an
 * interrupt or the hypervisor may have had the core with this task on it.
 *
 * A border is stamped just before the sleep and just after the return from it: a few microseconds
 * inside the kernel's own border.
 */
#include "load.h"

#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#define GAP_NS 5000 /* shorter than any switch away and back, longer than reading the clock */

struct run {
	uint64_t begin_ns;
	uint64_t end_ns;
	uint64_t unsure_ns;
	const char *cause;
};

struct runs {
	struct run *items;
	size_t count;
	size_t capacity;
};

static void add(struct runs *runs, struct run run)
{
	if (runs->count == runs->capacity) {
		errno = ENOSPC;
		load_fail("more runs than expected");
	}
	runs->items[runs->count++] = run;
}

static long involuntary_switches(void)
{
	struct rusage usage;
	getrusage(RUSAGE_THREAD, &usage);
	return usage.ru_nivcsw;
}

/* Runs until `until_ns`; `open` is the run in progress, then and now. */
static void run_until(struct runs *runs, struct run *open, uint64_t until_ns)
{
	long switches = involuntary_switches();
	uint64_t last_ns = load_now_ns();
	while (last_ns < until_ns) {
		uint64_t now_ns = load_now_ns();
		if (now_ns - last_ns > GAP_NS && involuntary_switches() != switches) {
			switches = involuntary_switches();
			open->end_ns = last_ns;
			open->cause = "preempted";
			add(runs, *open);
			open->begin_ns = now_ns;
			open->unsure_ns = now_ns - last_ns;
		}
		last_ns = now_ns;
	}
}

/* All memory is taken and touched before the start: no page fault puts us to sleep later. */
static void reserve(struct runs *runs, size_t count)
{
	runs->items = malloc(count * sizeof(*runs->items));
	if (!runs->items)
		load_fail("no memory");
	for (size_t i = 0; i < count; i++)
		runs->items[i] = (struct run){ 0 };
	runs->capacity = count;
}

static void write_runs(const char *path, const struct runs *runs)
{
	FILE *file = fopen(path, "w");
	if (!file)
		load_fail(path);
	for (size_t i = 0; i < runs->count; i++)
		fprintf(file, "%" PRIu64 " %" PRIu64 " %s %" PRIu64 "\n", runs->items[i].begin_ns,
			runs->items[i].end_ns, runs->items[i].cause, runs->items[i].unsure_ns);
	if (fclose(file))
		load_fail(path);
}

static void be_real_time(void)
{
	struct sched_param param = { .sched_priority = 1 };
	if (sched_setscheduler(0, SCHED_FIFO, &param))
		load_fail("no real-time priority");
}

int main(int argc, char **argv)
{
	struct load load;
	struct runs runs = { 0 };
	load_begin(&load, argc, argv,
		   "stamp --out FILE [--cpu N] [--seconds S] [--run-us R] [--sleep-us L] [--fifo] "
		   "[--wait] [--name TEXT]");
	const char *path = load_text(&load, "--out", "/dev/stdout");
	uint64_t length_ns = (uint64_t)(load_number(&load, "--seconds", 1) * 1e9);
	uint64_t run_ns = (uint64_t)(load_number(&load, "--run-us", 3000) * 1e3);
	uint64_t sleep_ns = (uint64_t)(load_number(&load, "--sleep-us", 2000) * 1e3);
	bool fifo = load_flag(&load, "--fifo");
	/* three times what is planned: preemptions split runs */
	reserve(&runs, 3 * (length_ns / (run_ns + sleep_ns + 1)) + 100000);
	if (fifo)
		be_real_time();
	load_ready(&load);

	struct load_counters counters;
	load_counters(&counters);
	struct run open = { .begin_ns = load_now_ns() };
	uint64_t end_ns = open.begin_ns + length_ns;
	while (open.begin_ns + run_ns < end_ns) {
		run_until(&runs, &open, open.begin_ns + run_ns);
		open.end_ns = load_now_ns();
		open.cause = "sleep";
		add(&runs, open);
		load_sleep_until_ns(open.end_ns + sleep_ns);
		open.begin_ns = load_now_ns();
		open.unsure_ns = open.begin_ns - (open.end_ns + sleep_ns);
	}
	open.end_ns = load_now_ns();
	open.cause = "end";
	add(&runs, open);

	write_runs(path, &runs);
	printf("tid=%d runs=%zu begin_ns=%" PRIu64 " end_ns=%" PRIu64 "\n", (int)gettid(),
	       runs.count, runs.items[0].begin_ns, runs.items[runs.count - 1].end_ns);
	printf("wait_ns_at_begin=%" PRIu64 "\n", counters.wait_ns);
	load_done(&load);
	free(runs.items);
	return 0;
}
