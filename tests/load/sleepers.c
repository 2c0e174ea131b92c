/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sleepers: very many threads that sleep nearly always.
 *
 *   sleepers [--tasks N] [--period-ms P] [--seconds S] [--wait] [--name TEXT]
 *
 * Each thread wakes once a period, at its own moment of it, adds one to a counter and sleeps again:
 * N / P wakeups a millisecond, each of another task. The threads are made before "ready" is
 * printed. 100,000 of them need kernel.pid_max and kernel.threads-max above that (this program
 * changes neither and says so when it cannot make a thread), some 3 GB of kernel memory and, with
 * the small stacks used here, less than 1 GB of its own.
 */
#include "load.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define STACK_BYTES 16384 /* PTHREAD_STACK_MIN */

struct sleeper {
	sem_t begin;
	uint64_t first_ns; /* its own place in the period */
};

static atomic_ullong wakes;
static struct sleeper *sleepers;
static uint64_t period_ns, tasks;

static void *sleep_and_wake(void *argument)
{
	struct sleeper *sleeper = argument;
	while (sem_wait(&sleeper->begin))
		;
	for (uint64_t at_ns = sleeper->first_ns;; at_ns += period_ns) {
		atomic_fetch_add_explicit(&wakes, 1, memory_order_relaxed);
		load_sleep_until_ns(at_ns + period_ns);
	}
	return NULL;
}

/* Stacks side by side in one mapping: one a thread would pass vm.max_map_count. */
static void make_threads(void)
{
	pthread_attr_t attributes;
	pthread_t thread;
	char *stacks = mmap(NULL, tasks * STACK_BYTES, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	sleepers = calloc(tasks, sizeof(*sleepers));
	if (stacks == MAP_FAILED || !sleepers)
		load_fail("no memory for the threads");
	pthread_attr_init(&attributes);
	for (uint64_t i = 0; i < tasks; i++) {
		pthread_attr_setstack(&attributes, stacks + i * STACK_BYTES, STACK_BYTES);
		sem_init(&sleepers[i].begin, 0, 0);
		errno = pthread_create(&thread, &attributes, sleep_and_wake, &sleepers[i]);
		if (errno) {
			fprintf(stderr,
				"load: thread %" PRIu64 " of %" PRIu64
				" could not be made: look at kernel.pid_max and "
				"kernel.threads-max\n",
				i, tasks);
			exit(1);
		}
	}
}

/* Each thread in its own moment of the first period: together they would be a stampede. */
static void start_evenly(uint64_t begin_ns, uint64_t end_ns)
{
	for (uint64_t i = 0; i < tasks; i++) {
		struct sleeper *sleeper = &sleepers[i];
		sleeper->first_ns = begin_ns + period_ns * i / tasks;
		if (sleeper->first_ns >= end_ns)
			return;
		if (sleeper->first_ns > load_now_ns())
			load_sleep_until_ns(sleeper->first_ns + 1000000); /* a ms's worth at once */
		sem_post(&sleeper->begin);
	}
}

int main(int argc, char **argv)
{
	struct load load;
	load_begin(&load, argc, argv,
		   "sleepers [--tasks N] [--period-ms P] [--seconds S] [--wait] [--name TEXT]");
	tasks = (uint64_t)load_number(&load, "--tasks", 1000);
	period_ns = (uint64_t)(load_number(&load, "--period-ms", 10000) * 1e6);
	uint64_t length_ns = (uint64_t)(load_number(&load, "--seconds", 1) * 1e9);
	make_threads();
	load_ready(&load);

	uint64_t begin_ns = load_now_ns();
	start_evenly(begin_ns, begin_ns + length_ns);
	load_sleep_until_ns(begin_ns + length_ns);

	printf("tid=%d tasks=%" PRIu64 " begin_ns=%" PRIu64 " end_ns=%" PRIu64 " wakes=%llu\n",
	       (int)getpid(), tasks, begin_ns, load_now_ns(), atomic_load(&wakes));
	load_done(&load);
	fflush(stdout);
	_exit(0); /* the threads end with the process */
}
