/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names the tasks of this host while it is recorded: by a mapping, by VMs that are found in /proc, by
 * cgroups. It is told of every task as it comes, changes and goes, so that also threads that live
 * shortly get names, and looks into /proc only for processes that look like VMs.
 */
#ifndef NAMES_HOST_H
#define NAMES_HOST_H

#include "names/map.h"

struct names_host;

struct names_task {
	uint32_t tid;
	uint32_t tgid;
	uint64_t start_ns; /* tells lives of one tid apart; 0: not known */
	const char *comm;
	const char *cgroup; /* path in the v2 hierarchy, or NULL */
	bool is_kthread;
};

/* Takes the name of the task that started then (0: of the tid's latest); name->name NULL: it has none any
   more. 0 or -errno, passed up. */
typedef int (*names_give)(void *context, uint32_t tid, uint64_t start_ns,
			  const struct task_name *name);

struct names_host_options {
	const char *proc;	     /* "/proc" */
	bool vms;		     /* threads of VMs: "<vm>.vcpu0" */
	bool cgroups;		     /* all others in a unit or a container: "nginx/nginx" */
	const struct names_map *map; /* goes before both; borrowed, NULL: none */
	names_give give;
	void *context;
};

/* NULL without memory. */
struct names_host *names_host_new(const struct names_host_options *options);
void names_host_free(struct names_host *host);

/* A task is there, was renamed, or has ended. 0, -ENOMEM or give's error, as all. */
int names_host_told(struct names_host *host, const struct names_task *task);

/* To be called some times a second: looks at VMs that were not settled, a bounded number of threads
   a call. `now_ns` is any clock. */
int names_host_tick(struct names_host *host, uint64_t now_ns);

/* The capture is about to end: looks at all that is not settled. */
int names_host_finish(struct names_host *host);

/* Rows that a program gave: a tid's name goes behind the mapping's and before all others, a uuid's is
   its VM's name from now on, also for threads named before. */
int names_host_row(struct names_host *host, const struct map_row *row);

/* Whether there are VMs that started after since_ns (as names_task.start_ns) and have a uuid that no row
   named. */
bool names_host_has_new(const struct names_host *host, uint64_t since_ns);

struct names_host_counts {
	size_t vms;
	size_t map_rows;      /* of options->map ... */
	size_t map_unmatched; /* ... and those whose tid never came */
};
void names_host_counts(const struct names_host *host, struct names_host_counts *counts);

#endif
