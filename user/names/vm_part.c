/* SPDX-License-Identifier: Apache-2.0 */
#include "names/vm_part.h"

#include "base/array.h"
#include "base/clean.h"
#include "base/options.h"
#include "names/cgroup_name.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void put(char *part, const char *text)
{
	snprintf(part, VM_PART_BYTES, "%s", text);
	clean_text(part, strlen(part));
}

/* ---- by comm ---- */

/* What a VMM's threads are called, a vCPU's up to its number. */
struct words {
	const char *vcpu;
	const char *emulator; /* beside the first thread */
};

static const struct words words_of[] = {
	[VM_QEMU] = { "CPU ", NULL }, /* "CPU 0/KVM" */
	[VM_CLOUD_HYPERVISOR] = { "vcpu", "vmm" },
	[VM_FIRECRACKER] = { "fc_vcpu ", "fc_vmm" },
};

static bool is_vcpu(const struct vm_thread *thread, char *part)
{
	const char *word = words_of[thread->kind].vcpu;
	size_t length = strlen(word), digits;

	if (strncmp(thread->comm, word, length) != 0)
		return false;
	digits = strspn(thread->comm + length, "0123456789");
	if (!digits || digits > 6 ||
	    (thread->kind == VM_QEMU && thread->comm[length + digits] != '/'))
		return false;
	snprintf(part, VM_PART_BYTES, "vcpu%lu", strtoul(thread->comm + length, NULL, 10));
	return true;
}

/* "IO iothread1": QEMU's I/O threads have their object's name, libvirt's are iothread1, 2 ... */
static bool is_iothread(const struct vm_thread *thread, char *part)
{
	const char *name = thread->comm + 3;

	if (thread->kind != VM_QEMU || strncmp(thread->comm, "IO ", 3) != 0)
		return false;
	if (strncmp(name, "iothread", 8) == 0 || strstr(name, "iothread"))
		put(part, name);
	else
		snprintf(part, VM_PART_BYTES, "iothread-%s", name);
	clean_text(part, strlen(part));
	return true;
}

/* vhost's threads belong to the process from Linux 6.4 on (6e890c5d5021). */
static bool is_other(const struct vm_thread *thread, char *part)
{
	const char *emulator = words_of[thread->kind].emulator;

	if (strncmp(thread->comm, "vhost-", 6) == 0)
		put(part, "vhost");
	else if (strcmp(thread->comm, "worker") == 0 || strncmp(thread->comm, "pool-", 5) == 0)
		put(part, "worker");
	else if (strncmp(thread->comm, "kvm-nx-lpage", 12) == 0)
		put(part, "kvm-nx-lpage");
	else if (emulator && strcmp(thread->comm, emulator) == 0)
		put(part, "emulator");
	else
		return false;
	return true;
}

/* ---- all ---- */

bool vm_part_find(const struct vm_thread *thread, char part[VM_PART_BYTES])
{
	const char *by_cgroup = thread->cgroup ? cgroup_name_part(thread->cgroup) : NULL;
	bool is_emulator = by_cgroup && strcmp(by_cgroup, "emulator") == 0;

	if (is_vcpu(thread, part) || is_iothread(thread, part) || is_other(thread, part))
		return true;
	if (by_cgroup && !is_emulator)
		put(part, by_cgroup);
	else if (thread->is_leader)
		put(part, "emulator");
	else if (strcmp(thread->comm, thread->leader_comm) != 0)
		put(part, thread->comm);
	else if (is_emulator)
		put(part, by_cgroup);
	else
		put(part, "thread");
	return by_cgroup || thread->is_leader || strcmp(thread->comm, thread->leader_comm) != 0;
}

bool vm_part_is_kvm_vcpu(const char *status)
{
	const char *line = strstr(status, "\nSigBlk:");
	unsigned long long blocked;

	if (!line)
		return false;
	blocked = strtoull(line + 8, NULL, 16);
	return blocked >> (SIGINT - 1) & 1 && !(blocked >> (SIGUSR1 - 1) & 1) &&
	       !(blocked >> (SIGBUS - 1) & 1);
}

uint32_t vm_part_of_kernel(const char *comm, char part[VM_PART_BYTES])
{
	/* drivers/vhost/vhost.c before 6.4, arch/x86/kvm/i8254.c */
	static const char *const starts[] = { "vhost-", "kvm-pit/" };

	for (size_t i = 0; i < ARRAY_LENGTH(starts); i++) {
		size_t length = strlen(starts[i]);

		if (strncmp(comm, starts[i], length) != 0 || !options_is_number(comm + length))
			continue;
		snprintf(part, VM_PART_BYTES, "%.*s", (int)length - 1, starts[i]);
		return (uint32_t)strtoul(comm + length, NULL, 10);
	}
	return 0;
}
