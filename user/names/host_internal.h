/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of names_host share. */
#ifndef NAMES_HOST_INTERNAL_H
#define NAMES_HOST_INTERNAL_H

#include "base/number_map.h"
#include "names/host.h"

struct host_vm;
struct host_thread;
struct host_uuid;

struct map_owner {
	uint64_t start_ns;
	bool taken;
};

struct host_vms {
	struct host_vm *items;
	size_t count;
	size_t capacity;
	struct number_map by_tgid; /* places in items; a place is used again with its tgid */
	struct host_thread *threads;
	size_t thread_count;
	size_t thread_capacity;
	struct number_map by_tid; /* places in threads, likewise */
	struct host_uuid *uuids;  /* names that programs gave */
	size_t uuid_count;
	size_t uuid_capacity;
	uint64_t now_ns;
};

struct host_cgroups {
	struct string_pool *names;
	struct number_map by_tgid; /* places in ids */
	uint64_t *ids;		   /* in names, or STRING_NONE */
	size_t count;
	size_t capacity;
};

struct names_host {
	struct names_host_options options;
	struct map_owner *map_owners; /* by place in options.map */
	struct names_map *given;      /* by programs */
	struct host_vms vms;
	struct host_cgroups cgroups;
};

/* Gives this name, or the mapping's for this tid. */
int host_give(struct names_host *host, uint32_t tid, uint64_t start_ns,
	      const struct task_name *name);

/* ---- host_vms.c ---- */
void host_vms_free(struct names_host *host);
/* *named: it is a VM's and has its name. */
int host_vms_told(struct names_host *host, const struct names_task *task, bool *named);
int host_vms_tick(struct names_host *host, uint64_t now_ns);
int host_vms_finish(struct names_host *host);
int host_vms_uuid(struct names_host *host, const char *uuid, const char *name);
size_t host_vms_count(const struct names_host *host);

/* ---- host_cgroups.c ---- */
void host_cgroups_free(struct names_host *host);
int host_cgroups_told(struct names_host *host, const struct names_task *task);

#endif
