/* SPDX-License-Identifier: Apache-2.0 */
#include "names/host.h"

#include "names/host_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- making ---- */

struct names_host *names_host_new(const struct names_host_options *options)
{
	struct names_host *host = calloc(1, sizeof(*host));

	if (!host)
		return NULL;
	host->options = *options;
	host->given = names_map_new();
	if (options->map)
		host->map_owners =
			calloc(names_map_count(options->map) + 1, sizeof(*host->map_owners));
	if (!host->given || (options->map && !host->map_owners)) {
		names_host_free(host);
		return NULL;
	}
	return host;
}

void names_host_free(struct names_host *host)
{
	if (!host)
		return;
	names_map_free(host->given);
	free(host->map_owners);
	host_vms_free(host);
	host_cgroups_free(host);
	free(host);
}

/* ---- mapped names ---- */

/* A row is for one task: the first that comes with its tid. */
static bool owns(struct names_host *host, uint32_t place, uint64_t start_ns)
{
	struct map_owner *owner = &host->map_owners[place];

	if (!owner->taken) {
		owner->taken = true;
		owner->start_ns = start_ns;
	}
	return owner->start_ns == start_ns || !start_ns || !owner->start_ns;
}

/* True when somebody named this task by its tid. */
static bool find_mapped(struct names_host *host, uint32_t tid, uint64_t start_ns,
			struct task_name *name)
{
	const struct names_map *map = host->options.map;
	uint32_t place = map ? names_map_find(map, tid) : NUMBER_MAP_NONE;

	if (place != NUMBER_MAP_NONE && owns(host, place, start_ns)) {
		*name = names_map_name(map, place);
		return true;
	}
	place = names_map_find(host->given, tid);
	if (place != NUMBER_MAP_NONE)
		*name = names_map_name(host->given, place);
	return place != NUMBER_MAP_NONE;
}

int host_give(struct names_host *host, uint32_t tid, uint64_t start_ns,
	      const struct task_name *name)
{
	struct task_name mapped;

	if (find_mapped(host, tid, start_ns, &mapped))
		name = &mapped;
	return host->options.give(host->options.context, tid, start_ns, name);
}

/* ---- as tasks come ---- */

int names_host_told(struct names_host *host, const struct names_task *task)
{
	struct task_name mapped;
	bool named = false;
	int error = 0;

	if (host->options.vms)
		error = host_vms_told(host, task, &named);
	if (error || named)
		return error;
	if (find_mapped(host, task->tid, task->start_ns, &mapped))
		return host->options.give(host->options.context, task->tid, task->start_ns,
					  &mapped);
	return host->options.cgroups ? host_cgroups_told(host, task) : 0;
}

int names_host_tick(struct names_host *host, uint64_t now_ns)
{
	return host->options.vms ? host_vms_tick(host, now_ns) : 0;
}

int names_host_finish(struct names_host *host)
{
	return host->options.vms ? host_vms_finish(host) : 0;
}

/* ---- as programs tell ---- */

int names_host_row(struct names_host *host, const struct map_row *row)
{
	struct task_name name = { .name = row->name,
				  .vm = row->vm[0] ? row->vm : NULL,
				  .vcpu = row->vcpu };
	bool again;
	int error;

	if (row->is_uuid)
		return host_vms_uuid(host, row->uuid, row->name);
	error = names_map_add(host->given, row, &again);
	return error ? error : host_give(host, (uint32_t)row->tid, 0, &name);
}

void names_host_counts(const struct names_host *host, struct names_host_counts *counts)
{
	const struct names_map *map = host->options.map;

	*counts = (struct names_host_counts){ .map_rows = map ? names_map_count(map) : 0 };
	for (size_t i = 0; i < counts->map_rows; i++)
		counts->map_unmatched += !host->map_owners[i].taken;
	counts->vms = host_vms_count(host);
}
