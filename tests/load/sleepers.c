/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sleepers: very many threads that sleep nearly always.
 *
 *   sleepers [--tasks N] [--period-ms P] [--seconds S] [--wait] [--name TEXT]
 *
 * Each thread wakes once a period, spread evenly over it, adds one to a counter and sleeps again:
 * N / P wakeups a millisecond, each of another task. The threads are made before "ready" is
 * printed. 100,000 of them need kernel.pid_max and kernel.threads-max above that (this program
 * changes neither and says so when it cannot make a thread), some 3 GB of kernel memory and, with
 * the small stacks used here, less than 1 GB of its own.
 */
#include "load.h"

#include <inttypes.h>
#include <pthread.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define STACK_BYTES 16384 /* PTHREAD_STACK_MIN */

static atomic_bool started;
static atomic_ullong wakes;
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t opened = PTHREAD_COND_INITIALIZER;
static uint64_t begin_ns, period_ns, tasks;

static void *sleeper(void *number)
{
	uint64_t offset_ns = period_ns * (uint64_t)(uintptr_t)number / tasks;
	pthread_mutex_lock(&gate);
	while (!started)
		pthread_cond_wait(&opened, &gate);
	pthread_mutex_unlock(&gate);
	for (uint64_t at_ns = begin_ns + offset_ns;; at_ns += period_ns) {
		load_sleep_until_ns(at_ns);
		atomic_fetch_add_explicit(&wakes, 1, memory_order_relaxed);
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
	if (stacks == MAP_FAILED)
		load_fail("no memory for the stacks");
	pthread_attr_init(&attributes);
	for (uint64_t i = 0; i < tasks; i++) {
		pthread_attr_setstack(&attributes, stacks + i * STACK_BYTES, STACK_BYTES);
		errno = pthread_create(&thread, &attributes, sleeper, (void *)(uintptr_t)i);
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

	pthread_mutex_lock(&gate);
	begin_ns = load_now_ns();
	started = true;
	pthread_cond_broadcast(&opened);
	pthread_mutex_unlock(&gate);
	load_sleep_until_ns(begin_ns + length_ns);

	printf("tid=%d tasks=%" PRIu64 " begin_ns=%" PRIu64 " end_ns=%" PRIu64 " wakes=%llu\n",
	       (int)getpid(), tasks, begin_ns, load_now_ns(), atomic_load(&wakes));
	load_done(&load);
	fflush(stdout);
	_exit(0); /* the threads end with the process */
}
