/* SPDX-License-Identifier: Apache-2.0 */
/* VMs of this host: found by their processes' names, named by their arguments and cgroups. */
#include "base/array.h"
#include "base/clean.h"
#include "names/cgroup_name.h"
#include "names/host_internal.h"
#include "names/proc.h"
#include "names/vm.h"
#include "names/vm_part.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARGUMENT_BYTES 65536
#define CGROUP_BYTES 8192
#define STATUS_BYTES 4096
#define COMM_BYTES 64

/*
 * After so many threads no further VM is looked at in this tick. A look at a thread is some reads of
 * /proc of 10 us each, 2 ms for 64 of them. A VM is looked at whole: one of many threads takes longer,
 * THREADS_OF_VM of them 0.2 s at most, which the rings have room for.
 */
#define THREADS_A_TICK 64
#define THREADS_OF_VM 4096
/* A VM is looked at again after this, and then after twice as long, up to 128 times. */
#define LOOK_AGAIN_NS 100000000ULL
#define DOUBLINGS 7

struct host_vm {
	uint32_t tgid;
	uint64_t start_ns; /* of its first thread; 0: not known */
	struct vm_facts facts;
	char leader_comm[COMM_BYTES];
	bool unread; /* its arguments are not known yet */
	bool look;   /* at its threads, in /proc */
	uint64_t look_at_ns;
	unsigned int looks;
};

struct host_thread {
	uint32_t tid;
	uint32_t vm; /* place */
	uint64_t start_ns;
	char part[VM_PART_BYTES];
	bool settled;
};

struct host_uuid {
	char uuid[NAMES_UUID_BYTES];
	char name[NAMES_NAME_BYTES];
};

void host_vms_free(struct names_host *host)
{
	free(host->vms.items);
	free(host->vms.threads);
	free(host->vms.uuids);
	number_map_free(&host->vms.by_tgid);
	number_map_free(&host->vms.by_tid);
}

static struct host_vm *find_vm(const struct names_host *host, uint32_t tgid)
{
	uint32_t place = number_map_find(&host->vms.by_tgid, tgid);

	return place == NUMBER_MAP_NONE ? NULL : &host->vms.items[place];
}

static struct host_thread *find_thread(const struct names_host *host, uint32_t tid)
{
	uint32_t place = number_map_find(&host->vms.by_tid, tid);

	return place == NUMBER_MAP_NONE ? NULL : &host->vms.threads[place];
}

static struct host_vm *add_vm(struct names_host *host, uint32_t tgid)
{
	struct host_vms *vms = &host->vms;
	struct host_vm *vm = find_vm(host, tgid);

	if (!vm) {
		if (ARRAY_RESERVE(vms->items, vms->capacity, vms->count + 1) ||
		    number_map_add(&vms->by_tgid, tgid, (uint32_t)vms->count))
			return NULL;
		vm = &vms->items[vms->count++];
	}
	*vm = (struct host_vm){ .tgid = tgid };
	return vm;
}

static struct host_thread *add_thread(struct names_host *host, uint32_t tid)
{
	struct host_vms *vms = &host->vms;
	struct host_thread *thread = find_thread(host, tid);

	if (thread)
		return thread;
	if (ARRAY_RESERVE(vms->threads, vms->thread_capacity, vms->thread_count + 1) ||
	    number_map_add(&vms->by_tid, tid, (uint32_t)vms->thread_count))
		return NULL;
	thread = &vms->threads[vms->thread_count++];
	*thread = (struct host_thread){ .tid = tid, .vm = NUMBER_MAP_NONE };
	return thread;
}

/* ---- who a VM is ---- */

static struct host_uuid *find_uuid(const struct host_vms *vms, const char *uuid)
{
	for (size_t i = 0; i < vms->uuid_count; i++)
		if (strcmp(vms->uuids[i].uuid, uuid) == 0)
			return &vms->uuids[i];
	return NULL;
}

static void name_by_uuid(const struct names_host *host, struct host_vm *vm)
{
	const struct host_uuid *found =
		vm->facts.uuid[0] ? find_uuid(&host->vms, vm->facts.uuid) : NULL;

	if (found)
		strcpy(vm->facts.name, found->name);
}

/* What its arguments leave open its cgroup may tell; else it is named by its pid. */
static void complete(const struct names_host *host, struct host_vm *vm)
{
	char text[CGROUP_BYTES];
	const char *path = NULL;

	if (!vm->facts.name[0] &&
	    proc_read(host->options.proc, vm->tgid, 0, "cgroup", text, sizeof(text)) > 0)
		path = cgroup_name_path(text);
	if (path)
		cgroup_name_vm(path, vm->facts.name);
	if (!vm->facts.name[0])
		vm_name_by_pid(vm->facts.kind, vm->tgid, vm->facts.name);
	name_by_uuid(host, vm);
}

static void read_leader_comm(const struct names_host *host, struct host_vm *vm)
{
	if (proc_read(host->options.proc, vm->tgid, 0, "comm", vm->leader_comm,
		      sizeof(vm->leader_comm)) > 0)
		vm->leader_comm[strcspn(vm->leader_comm, "\n")] = '\0';
}

/* Reads what the process is; `comm` is the one that it was noticed by. */
static int identify(struct names_host *host, struct host_vm *vm, const char *comm)
{
	char *arguments = malloc(ARGUMENT_BYTES);
	ssize_t length;

	if (!arguments)
		return -ENOMEM;
	length = proc_read(host->options.proc, vm->tgid, 0, "cmdline", arguments, ARGUMENT_BYTES);
	vm->unread = length <= 0;
	if (vm->unread)
		vm->facts = (struct vm_facts){ .kind = vm_kind_by_comm(comm) };
	else
		vm_read_arguments(arguments, (size_t)length, comm, &vm->facts);
	free(arguments);
	read_leader_comm(host, vm);
	if (vm->facts.kind != VM_NONE) {
		complete(host, vm);
		vm->look = true;
	}
	return 0;
}

/* ---- a thread's name ---- */

static int give_thread(struct names_host *host, const struct host_vm *vm,
		       const struct host_thread *thread)
{
	char text[NAMES_NAME_BYTES + VM_PART_BYTES];
	struct task_name name = { .name = text,
				  .vm = vm->facts.name,
				  .vcpu = task_name_vcpu(thread->part),
				  .open = !thread->settled };

	snprintf(text, sizeof(text), "%s.%s", vm->facts.name, thread->part);
	return host_give(host, thread->tid, thread->start_ns, &name);
}

static int name_thread(struct names_host *host, struct host_vm *vm, const struct names_task *task)
{
	struct vm_thread told = { .kind = vm->facts.kind,
				  .comm = task->comm,
				  .leader_comm = vm->leader_comm,
				  .is_leader = task->tid == task->tgid,
				  .cgroup = task->cgroup };
	struct host_thread *thread = add_thread(host, task->tid);
	uint32_t place = (uint32_t)(vm - host->vms.items);
	char part[VM_PART_BYTES];
	bool settled;

	if (!thread)
		return -ENOMEM;
	if (thread->vm != place || thread->start_ns != task->start_ns)
		*thread = (struct host_thread){ .tid = task->tid,
						.vm = place,
						.start_ns = task->start_ns };
	settled = vm_part_find(&told, part);
	/* what a look into /proc told stays until something better is known */
	if (settled || !thread->settled)
		strcpy(thread->part, part);
	thread->settled |= settled;
	vm->look |= !thread->settled;
	return give_thread(host, vm, thread);
}

/* ---- as tasks come ---- */

static int name_kernel_thread(struct names_host *host, const struct names_task *task, bool *named)
{
	struct task_name name = { .vcpu = CAPTURE_NIL };
	char part[VM_PART_BYTES], text[NAMES_NAME_BYTES + VM_PART_BYTES];
	uint32_t owner = vm_part_of_kernel(task->comm, part);
	const struct host_vm *vm = owner ? find_vm(host, owner) : NULL;

	if (!vm || vm->facts.kind == VM_NONE)
		return 0;
	snprintf(text, sizeof(text), "%s.%s", vm->facts.name, part);
	name.name = text;
	name.vm = vm->facts.name;
	*named = true;
	return host_give(host, task->tid, task->start_ns, &name);
}

/* It runs another program now (qemu-ifup, say, which QEMU starts by a fork and an exec). */
static int take_name_away(struct names_host *host, const struct names_task *task)
{
	const struct task_name none = { .vcpu = CAPTURE_NIL };

	return host_give(host, task->tid, task->start_ns, &none);
}

/* An exec, or another process with the tid, makes another program of it. */
static bool is_as_it_was(const struct host_vm *vm, const struct names_task *task)
{
	if (task->tid != task->tgid)
		return true;
	return strcmp(vm->leader_comm, task->comm) == 0 &&
	       (!vm->start_ns || vm->start_ns == task->start_ns);
}

static bool looks_like_vm(const struct host_vm *vm, const struct names_task *task)
{
	bool is_leader = task->tid == task->tgid;

	return (is_leader && (vm || vm_may_be(task->comm))) || vm_has_thread(task->comm);
}

/* The process of this task when it runs a VM. */
static int notice(struct names_host *host, const struct names_task *task, struct host_vm **result)
{
	struct host_vm *vm = find_vm(host, task->tgid);
	bool is_leader = task->tid == task->tgid;
	bool was_vm = vm && vm->facts.kind != VM_NONE;
	bool same_life = was_vm && vm->start_ns == task->start_ns;
	int error;

	if (was_vm && is_as_it_was(vm, task)) {
		*result = vm;
		return 0;
	}
	if (!looks_like_vm(vm, task))
		return 0;
	vm = add_vm(host, task->tgid);
	if (!vm)
		return -ENOMEM;
	vm->start_ns = is_leader ? task->start_ns : 0;
	error = identify(host, vm, task->comm);
	if (is_leader)
		snprintf(vm->leader_comm, sizeof(vm->leader_comm), "%s", task->comm);
	if (!error && vm->facts.kind != VM_NONE)
		*result = vm;
	else if (!error && same_life && is_leader)
		error = take_name_away(host, task);
	return error;
}

int host_vms_told(struct names_host *host, const struct names_task *task, bool *named)
{
	struct host_vm *vm = NULL;
	int error;

	if (task->is_kthread)
		return name_kernel_thread(host, task, named);
	error = notice(host, task, &vm);
	if (error || !vm)
		return error;
	*named = true;
	return name_thread(host, vm, task);
}

/* ---- looks into /proc ---- */

static void read_part(const struct names_host *host, const struct host_vm *vm, uint32_t tid,
		      unsigned int *kvm_vcpus, struct host_thread *thread)
{
	char comm[COMM_BYTES], cgroup[CGROUP_BYTES], status[STATUS_BYTES];
	struct vm_thread seen = { .kind = vm->facts.kind,
				  .comm = comm,
				  .leader_comm = vm->leader_comm,
				  .is_leader = tid == vm->tgid };
	const char *root = host->options.proc;

	if (proc_read(root, vm->tgid, tid, "comm", comm, sizeof(comm)) <= 0)
		return; /* it has ended */
	comm[strcspn(comm, "\n")] = '\0';
	if (proc_read(root, vm->tgid, tid, "cgroup", cgroup, sizeof(cgroup)) > 0)
		seen.cgroup = cgroup_name_path(cgroup);
	thread->settled = vm_part_find(&seen, thread->part);
	if (thread->settled || vm->facts.kind != VM_QEMU ||
	    proc_read(root, vm->tgid, tid, "status", status, sizeof(status)) <= 0 ||
	    !vm_part_is_kvm_vcpu(status))
		return;
	/* QEMU makes them one after the other, in the order of their numbers */
	snprintf(thread->part, sizeof(thread->part), "vcpu%u", (*kvm_vcpus)++);
	thread->settled = true;
}

static int look_at_thread(struct names_host *host, struct host_vm *vm, uint32_t tid,
			  unsigned int *kvm_vcpus)
{
	struct host_thread *thread = add_thread(host, tid);
	uint32_t place = (uint32_t)(vm - host->vms.items);

	if (!thread)
		return -ENOMEM;
	if (thread->vm != place)
		*thread = (struct host_thread){ .tid = tid, .vm = place };
	read_part(host, vm, tid, kvm_vcpus, thread);
	return thread->part[0] ? give_thread(host, vm, thread) : 0;
}

/* Looks at all threads of a VM; *seen counts them. */
static int look(struct names_host *host, struct host_vm *vm, size_t *seen)
{
	uint32_t *tids = malloc(THREADS_OF_VM * sizeof(*tids));
	unsigned int kvm_vcpus = 0, doublings = vm->looks < DOUBLINGS ? vm->looks : DOUBLINGS;
	size_t count;
	int error = 0;

	if (!tids)
		return -ENOMEM;
	vm->look = false;
	vm->looks++;
	vm->look_at_ns = host->vms.now_ns + (LOOK_AGAIN_NS << doublings);
	if (vm->unread)
		error = identify(host, vm, vm->leader_comm);
	count = proc_threads(host->options.proc, vm->tgid, tids, THREADS_OF_VM);
	for (size_t i = 0; i < count && !error; i++)
		error = look_at_thread(host, vm, tids[i], &kvm_vcpus);
	*seen += count;
	free(tids);
	return error;
}

int host_vms_tick(struct names_host *host, uint64_t now_ns)
{
	size_t seen = 0;
	int error = 0;

	host->vms.now_ns = now_ns;
	for (size_t i = 0; i < host->vms.count && seen < THREADS_A_TICK && !error; i++) {
		struct host_vm *vm = &host->vms.items[i];

		if (vm->look && now_ns >= vm->look_at_ns && vm->facts.kind != VM_NONE)
			error = look(host, vm, &seen);
	}
	return error;
}

int host_vms_finish(struct names_host *host)
{
	size_t seen = 0;
	int error = 0;

	for (size_t i = 0; i < host->vms.count && !error; i++)
		if (host->vms.items[i].look && host->vms.items[i].facts.kind != VM_NONE)
			error = look(host, &host->vms.items[i], &seen);
	return error;
}

/* ---- names for uuids ---- */

/* A program is asked again and again, and mostly tells what it told before. *is_new: it does not. */
static int remember_uuid(struct host_vms *vms, const char *uuid, const char *name, bool *is_new)
{
	struct host_uuid *entry = find_uuid(vms, uuid);

	*is_new = !entry || strcmp(entry->name, name) != 0;
	if (!entry) {
		if (ARRAY_RESERVE(vms->uuids, vms->uuid_capacity, vms->uuid_count + 1))
			return -ENOMEM;
		entry = &vms->uuids[vms->uuid_count++];
		snprintf(entry->uuid, sizeof(entry->uuid), "%s", uuid);
	}
	snprintf(entry->name, sizeof(entry->name), "%s", name);
	return 0;
}

int host_vms_uuid(struct names_host *host, const char *uuid, const char *name)
{
	struct host_vms *vms = &host->vms;
	bool is_new;
	int error = remember_uuid(vms, uuid, name, &is_new);

	for (size_t i = 0; i < vms->count && is_new; i++)
		if (strcmp(vms->items[i].facts.uuid, uuid) == 0)
			snprintf(vms->items[i].facts.name, sizeof(vms->items[i].facts.name), "%s",
				 name);
	for (size_t i = 0; i < vms->thread_count && is_new && !error; i++) {
		const struct host_thread *thread = &vms->threads[i];
		struct host_vm *vm = thread->vm == NUMBER_MAP_NONE ? NULL : &vms->items[thread->vm];

		if (vm && strcmp(vm->facts.uuid, uuid) == 0 && thread->part[0])
			error = give_thread(host, vm, thread);
	}
	return error;
}

bool names_host_has_new(const struct names_host *host, uint64_t since_ns)
{
	for (size_t i = 0; i < host->vms.count; i++) {
		const struct host_vm *vm = &host->vms.items[i];

		if (vm->facts.uuid[0] && vm->start_ns > since_ns &&
		    !find_uuid(&host->vms, vm->facts.uuid))
			return true;
	}
	return false;
}

size_t host_vms_count(const struct names_host *host)
{
	size_t count = 0;

	for (size_t i = 0; i < host->vms.count; i++)
		count += host->vms.items[i].facts.kind != VM_NONE;
	return count;
}
