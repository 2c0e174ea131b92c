/* SPDX-License-Identifier: Apache-2.0 */
/*
 * forkstorm: many children that live for a moment, each with a name of its own.
 *
 *   forkstorm [--children N] [--parallel P] [--work-us U] [--out FILE] [--cpu N] [--wait]
 *             [--prefix TEXT] [--name TEXT]
 *
 * Child i calls itself PREFIXi ("storm-17"; a prefix has 6 letters at most), works for U
 * microseconds and ends; P live at a time.
 * FILE gets a line a child in the order of their forks: "TID NAME". With a small kernel.pid_max
 * tids come round: one tid is then several tasks with several names.
 */
#include "load.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void child_name(char name[16], const char *prefix, unsigned int number)
{
	snprintf(name, 16, "%.6s%u", prefix, number % 1000000000U); /* 6 + 9 letters */
}

static void live(const char *prefix, unsigned int number, uint64_t work_ns)
{
	char name[16];
	child_name(name, prefix, number);
	prctl(PR_SET_NAME, name);
	if (work_ns)
		load_spin_until_ns(load_now_ns() + work_ns);
	_exit(0);
}

static void write_children(const char *path, const char *prefix, const pid_t *tids,
			   unsigned int count)
{
	char name[16];
	FILE *file = fopen(path, "w");
	if (!file)
		load_fail(path);
	for (unsigned int i = 0; i < count; i++) {
		child_name(name, prefix, i);
		fprintf(file, "%d %s\n", (int)tids[i], name);
	}
	if (fclose(file))
		load_fail(path);
}

int main(int argc, char **argv)
{
	struct load load;
	load_begin(&load, argc, argv,
		   "forkstorm [--children N] [--parallel P] [--work-us U] [--out FILE] [--cpu N] "
		   "[--wait] [--prefix TEXT] [--name TEXT]");
	unsigned int children = (unsigned int)load_number(&load, "--children", 1000);
	unsigned int parallel = (unsigned int)load_number(&load, "--parallel", 4);
	uint64_t work_ns = (uint64_t)(load_number(&load, "--work-us", 0) * 1e3);
	const char *path = load_text(&load, "--out", NULL);
	const char *prefix = load_text(&load, "--prefix", "storm-");
	pid_t *tids = calloc(children + 1, sizeof(*tids));
	if (!tids)
		load_fail("no memory");
	load_ready(&load);

	uint64_t begin_ns = load_now_ns();
	for (unsigned int i = 0; i < children; i++) {
		if (i >= parallel)
			wait(NULL);
		tids[i] = fork();
		if (tids[i] < 0)
			load_fail("fork");
		if (tids[i] == 0)
			live(prefix, i, work_ns);
	}
	while (wait(NULL) > 0)
		;
	uint64_t end_ns = load_now_ns();

	if (path)
		write_children(path, prefix, tids, children);
	printf("tid=%d children=%u begin_ns=%" PRIu64 " end_ns=%" PRIu64 " ns_per_child=%.0f\n",
	       (int)getpid(), children, begin_ns, end_ns,
	       (double)(end_ns - begin_ns) / (double)(children ? children : 1));
	load_done(&load);
	free(tids);
	return 0;
}
