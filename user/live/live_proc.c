/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tasks that the kernel's iterator does not show although /proc does (seen of the first process of
 * some virtual machines): their names and counters come from /proc. It tells start times in ticks
 * only, so these identities have none.
 */
#include "live/live_internal.h"

#include "account/account.h"
#include "base/array.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PF_KTHREAD 0x00200000UL /* include/linux/sched.h */

/* Reads a small file; what is not there is empty. */
static void read_text(char *text, size_t size, uint32_t tgid, uint32_t tid, const char *name)
{
	char path[64];
	FILE *file;
	size_t got = 0;

	snprintf(path, sizeof(path), "/proc/%u/task/%u/%s", tgid, tid, name);
	file = fopen(path, "re");
	if (file) {
		got = fread(text, 1, size - 1, file);
		fclose(file);
	}
	text[got] = '\0';
}

/* The number behind a word that begins a line, or 0. */
static uint64_t number_after(const char *text, const char *word)
{
	const char *found = strstr(text, word);

	return found ? strtoull(found + strlen(word), NULL, 10) : 0;
}

/* Field 9 of stat; the name in field 2 may hold anything, also a parenthesis (proc_pid_stat(5)). */
static bool is_kthread(const char *stat)
{
	const char *rest = strrchr(stat, ')');
	unsigned long flags = 0;

	return rest && sscanf(rest, ") %*c %*d %*d %*d %*d %*d %lu", &flags) == 1 &&
	       flags & PF_KTHREAD;
}

/* "0::/path" is the line of the v2 hierarchy (cgroups(7)). */
static const char *cgroup_of(char *lines)
{
	char *line = strstr(lines, "0::");

	if (!line)
		return NULL;
	line[strcspn(line, "\n")] = '\0';
	return line + 3;
}

static int take_thread(struct live *live, uint32_t tgid, uint32_t tid)
{
	char comm[64], stat[512], status[4096], schedstat[128], cgroup[4096];
	struct account_identity identity = {
		.tid = tid, .tgid = tgid, .comm = comm, .has_counters = true
	};

	read_text(comm, sizeof(comm), tgid, tid, "comm");
	read_text(stat, sizeof(stat), tgid, tid, "stat");
	read_text(status, sizeof(status), tgid, tid, "status");
	read_text(schedstat, sizeof(schedstat), tgid, tid, "schedstat");
	read_text(cgroup, sizeof(cgroup), tgid, tid, "cgroup");
	if (!comm[0])
		return 0; /* it has ended */
	comm[strcspn(comm, "\n")] = '\0';
	identity.kind = is_kthread(stat) ? ACCOUNT_KTHREAD : ACCOUNT_TASK;
	identity.cgroup = cgroup_of(cgroup);
	identity.voluntary = number_after(status, "\nvoluntary_ctxt_switches:");
	identity.involuntary = number_after(status, "\nnonvoluntary_ctxt_switches:");
	sscanf(schedstat, "%" SCNu64 " %" SCNu64, &identity.run_ns, &identity.run_delay_ns);
	return live_identity_tell(live, &identity);
}

/* Calls take with every number that is the name of an entry. */
static int each_number(struct live *live, const char *path, uint32_t tgid,
		       int (*take)(struct live *live, uint32_t tgid, uint32_t number))
{
	DIR *folder = opendir(path);
	struct dirent *entry;
	int error = 0;

	if (!folder)
		return 0; /* no /proc, or the process has ended */
	while (!error && (entry = readdir(folder)))
		if (isdigit((unsigned char)entry->d_name[0]))
			error = take(live, tgid, (uint32_t)strtoul(entry->d_name, NULL, 10));
	closedir(folder);
	return error;
}

static bool was_iterated(const struct live *live, uint32_t tid)
{
	size_t low = 0, high = live->alive_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (live->alive[middle].tid < tid)
			low = middle + 1;
		else
			high = middle;
	}
	return low < live->alive_count && live->alive[low].tid == tid;
}

static int take_process(struct live *live, uint32_t unused, uint32_t tgid)
{
	char path[64];

	(void)unused;
	if (was_iterated(live, tgid))
		return 0;
	snprintf(path, sizeof(path), "/proc/%u/task", tgid);
	return each_number(live, path, tgid, take_thread);
}

int live_proc_take_hidden(struct live *live)
{
	return live->pids_are_local ? 0 : each_number(live, "/proc", 0, take_process);
}
