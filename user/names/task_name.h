/* SPDX-License-Identifier: Apache-2.0 */
/* What a task is called, and what else goes with the name. */
#ifndef NAMES_TASK_NAME_H
#define NAMES_TASK_NAME_H

#include "capture/table.h"

#include <stdbool.h>
#include <stdint.h>

#define NAMES_NAME_BYTES 192 /* longer ones are refused, or cut */
#define NAMES_UUID_BYTES 37

struct task_name {
	const char *name;
	const char *vm; /* or NULL */
	uint64_t vcpu;	/* or CAPTURE_NIL */
	bool open;	/* of a VM's thread: nothing tells which part of the VM it is */
};

/*
 * The number of the vCPU that "vcpu12" names, or CAPTURE_NIL. Such a word, or "emulator",
 * "iothread3" and their like, tells which part of a VM a thread is.
 */
uint64_t task_name_vcpu(const char *part);
bool task_name_is_vm_part(const char *part);

/* True for 8-4-4-4-12 hexadecimal digits. */
bool task_name_is_uuid(const char *text);

#endif
