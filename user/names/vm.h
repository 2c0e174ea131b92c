/* SPDX-License-Identifier: Apache-2.0 */
/* Processes that run VMs, told by what they are called and by their arguments. */
#ifndef NAMES_VM_H
#define NAMES_VM_H

#include "names/task_name.h"

#include <stddef.h>

enum vm_kind { VM_NONE, VM_QEMU, VM_CLOUD_HYPERVISOR, VM_FIRECRACKER };

struct vm_facts {
	enum vm_kind kind;
	char name[NAMES_NAME_BYTES]; /* or "": the arguments do not tell */
	char uuid[NAMES_UUID_BYTES]; /* lower case, or "" */
};

/* A first guess by a process's comm: worth to look at its arguments. */
bool vm_may_be(const char *comm);
/* Likewise by a thread's comm: only the threads of VMs are called so. */
bool vm_has_thread(const char *comm);

/*
 * Reads /proc/PID/cmdline (arguments with a NUL behind each). `comm` is the process's. kind is
 * VM_NONE for whatever runs no VM, e.g. qemu-img.
 */
void vm_read_arguments(const char *cmdline, size_t length, const char *comm,
		       struct vm_facts *facts);

/* Of a process whose arguments cannot be read. */
enum vm_kind vm_kind_by_comm(const char *comm);

/* A name for a VM that has none: "qemu-19236". */
void vm_name_by_pid(enum vm_kind kind, uint32_t pid, char name[NAMES_NAME_BYTES]);

#endif
