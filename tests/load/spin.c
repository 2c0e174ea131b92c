/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spin: one task that runs for so many seconds and never gives the CPU away.
 *
 *   spin [--cpu N] [--seconds S] [--wait] [--name TEXT]
 *
 * Prints its tid, begin and end, and what the kernel counted for it between the two: run_ns and
 * wait_ns (schedstat), slices, voluntary and involuntary switches. The pinned spinner may not
 * switch at all for the whole time: a recorder that only looks at switches never sees it.
 */
#include "load.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct load load;
	struct load_counters before, after;
	load_begin(&load, argc, argv, "spin [--cpu N] [--seconds S] [--wait] [--name TEXT]");
	uint64_t length_ns = (uint64_t)(load_number(&load, "--seconds", 1) * 1e9);
	load_ready(&load);

	load_counters(&before);
	uint64_t begin_ns = load_now_ns();
	load_spin_until_ns(begin_ns + length_ns);
	uint64_t end_ns = load_now_ns();
	load_counters(&after);

	printf("tid=%d begin_ns=%" PRIu64 " end_ns=%" PRIu64 "\n", (int)gettid(), begin_ns, end_ns);
	printf("run_ns=%" PRIu64 " wait_ns=%" PRIu64 " slices=%" PRIu64 " voluntary=%" PRIu64
	       " involuntary=%" PRIu64 "\n",
	       after.run_ns - before.run_ns, after.wait_ns - before.wait_ns,
	       after.slices - before.slices, after.voluntary - before.voluntary,
	       after.involuntary - before.involuntary);
	load_done(&load);
	return 0;
}
