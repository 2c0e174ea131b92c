/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pipepair: two processes that send one byte to and fro over two pipes, both on one CPU: two
 * switches a round trip, and nothing else. The hottest switching that a machine can make.
 *
 *   pipepair [--cpu N] [--seconds S | --trips N] [--wait] [--name TEXT]
 *
 * Prints both tids, round trips and ns per round trip. Both are pinned to CPU 0 when no CPU is
 * given: on two CPUs it would measure wakeups.
 */
#include "load.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#define LOOK_AT_CLOCK_EVERY 64 /* round trips; reading it costs a part of a trip here */

static void echo(int from, int to)
{
	char byte;
	while (read(from, &byte, 1) == 1)
		if (write(to, &byte, 1) != 1)
			break;
}

static void trip(int to, int from)
{
	char byte = 0;
	if (write(to, &byte, 1) != 1 || read(from, &byte, 1) != 1)
		load_fail("pipe");
}

static uint64_t run_trips(int to, int from, uint64_t trips, uint64_t end_ns)
{
	uint64_t done = 0;
	while (done < trips) {
		trip(to, from);
		done++;
		if (done % LOOK_AT_CLOCK_EVERY == 0 && load_now_ns() >= end_ns)
			break;
	}
	return done;
}

int main(int argc, char **argv)
{
	struct load load;
	int there[2], back[2];
	load_pin(0);
	load_begin(&load, argc, argv,
		   "pipepair [--cpu N] [--seconds S | --trips N] [--wait] [--name TEXT]");
	double seconds = load_number(&load, "--seconds", 0);
	double trips = load_number(&load, "--trips", 0);
	if (seconds == 0 && trips == 0)
		seconds = 1;
	if (pipe(there) || pipe(back))
		load_fail("pipe");
	pid_t child = fork();
	if (child < 0)
		load_fail("fork");
	if (child == 0) {
		close(there[1]);
		echo(there[0], back[1]);
		_exit(0);
	}
	load.partner = (int)child;
	load_ready(&load);

	uint64_t begin_ns = load_now_ns();
	uint64_t end_ns = seconds > 0 ? begin_ns + (uint64_t)(seconds * 1e9) : UINT64_MAX;
	uint64_t done =
		run_trips(there[1], back[0], trips > 0 ? (uint64_t)trips : UINT64_MAX, end_ns);
	end_ns = load_now_ns();

	printf("tid=%d partner=%d begin_ns=%" PRIu64 " end_ns=%" PRIu64 "\n", (int)getpid(),
	       (int)child, begin_ns, end_ns);
	printf("trips=%" PRIu64 " ns_per_trip=%.1f\n", done,
	       (double)(end_ns - begin_ns) / (double)done);
	load_done(&load);
	close(there[1]);
	waitpid(child, NULL, 0);
	return 0;
}
