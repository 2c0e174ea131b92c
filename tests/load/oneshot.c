/* SPDX-License-Identifier: Apache-2.0 */
/*
 * oneshot: runs once for some milliseconds and is silent from then on.
 *
 *   oneshot [--cpu N] [--ms M] [--wait] [--name TEXT]
 *
 * Prints when it ran. With --wait it stays alive and asleep, so that a task that never switches
 * again, and the CPU behind it, can be looked for in a capture that was cut short.
 */
#include "load.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct load load;
	load_begin(&load, argc, argv, "oneshot [--cpu N] [--ms M] [--wait] [--name TEXT]");
	uint64_t length_ns = (uint64_t)(load_number(&load, "--ms", 5) * 1e6);
	load_ready(&load);

	uint64_t begin_ns = load_now_ns();
	load_spin_until_ns(begin_ns + length_ns);
	uint64_t end_ns = load_now_ns();

	printf("tid=%d begin_ns=%" PRIu64 " end_ns=%" PRIu64 "\n", (int)gettid(), begin_ns, end_ns);
	load_done(&load);
	return 0;
}
