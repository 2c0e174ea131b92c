/* SPDX-License-Identifier: Apache-2.0 */
/* Names by cgroup: "nginx/nginx", "docker-0123456789ab/java". */
#include "base/array.h"
#include "base/string_pool.h"
#include "names/cgroup_name.h"
#include "names/host_internal.h"
#include "names/proc.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CGROUP_BYTES 8192

void host_cgroups_free(struct names_host *host)
{
	string_pool_free(host->cgroups.names);
	number_map_free(&host->cgroups.by_tgid);
	free(host->cgroups.ids);
}

/* Where the v2 hierarchy does not tell, those of v1 may; a process's threads share one nearly always. */
static bool read_short(const struct names_host *host, const struct names_task *task, char *name)
{
	char text[CGROUP_BYTES];
	const char *path;

	if (proc_read(host->options.proc, task->tgid, 0, "cgroup", text, sizeof(text)) <= 0)
		return false;
	path = cgroup_name_path(text);
	return path && cgroup_name_short(path, name);
}

static int remember(struct host_cgroups *cgroups, uint32_t tgid, uint64_t id)
{
	uint32_t place = number_map_find(&cgroups->by_tgid, tgid);

	if (place != NUMBER_MAP_NONE) {
		cgroups->ids[place] = id;
		return 0;
	}
	if (ARRAY_RESERVE(cgroups->ids, cgroups->capacity, cgroups->count + 1))
		return -ENOMEM;
	cgroups->ids[cgroups->count] = id;
	return number_map_add(&cgroups->by_tgid, tgid, (uint32_t)cgroups->count++);
}

/* The short name from /proc, which is read again when the process itself is told of. */
static int find_short(struct names_host *host, const struct names_task *task, const char **name)
{
	struct host_cgroups *cgroups = &host->cgroups;
	uint32_t place = number_map_find(&cgroups->by_tgid, task->tgid);
	char text[NAMES_NAME_BYTES];
	uint64_t id = STRING_NONE;
	int error = 0;

	if (!cgroups->names)
		cgroups->names = string_pool_new();
	if (!cgroups->names)
		return -ENOMEM;
	if (place != NUMBER_MAP_NONE && task->tid != task->tgid) {
		id = cgroups->ids[place];
	} else {
		if (read_short(host, task, text))
			id = string_pool_add(cgroups->names, text);
		error = remember(cgroups, task->tgid, id);
	}
	*name = string_pool_text(cgroups->names, id);
	return error;
}

int host_cgroups_told(struct names_host *host, const struct names_task *task)
{
	struct task_name name = { .vcpu = CAPTURE_NIL };
	char text[NAMES_NAME_BYTES], whole[2 * NAMES_NAME_BYTES];
	const char *unit = NULL;
	int error = 0;

	if (task->is_kthread)
		return 0;
	if (task->cgroup && cgroup_name_short(task->cgroup, text))
		unit = text;
	else
		error = find_short(host, task, &unit);
	if (error || !unit)
		return error;
	snprintf(whole, sizeof(whole), "%s/%s", unit, task->comm);
	name.name = whole;
	return host_give(host, task->tid, task->start_ns, &name);
}
