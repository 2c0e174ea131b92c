/* SPDX-License-Identifier: Apache-2.0 */
/* Which part of a VM one of its threads is: "vcpu0", "emulator", "iothread1", "worker", "vhost" ... */
#ifndef NAMES_VM_PART_H
#define NAMES_VM_PART_H

#include "names/vm.h"

#include <stdbool.h>

#define VM_PART_BYTES 32

struct vm_thread {
	enum vm_kind kind; /* of the VM's process */
	const char *comm;
	const char *leader_comm;
	bool is_leader;
	const char *cgroup; /* its path, or NULL */
};

/*
 * Tells it by the thread's comm and cgroup. False: they leave it open (QEMU names threads when
 * debug-threads=on, libvirt sorts them by cgroup), and `part` is "thread".
 */
bool vm_part_find(const struct vm_thread *thread, char part[VM_PART_BYTES]);

/*
 * True when the text of /proc/TID/status is that of a QEMU vCPU under KVM. QEMU blocks all signals in
 * its threads, but a vCPU's has to take SIGUSR1 and SIGBUS (kvm_init_cpu_signals() in
 * accel/kvm/kvm-all.c).
 */
bool vm_part_is_kvm_vcpu(const char *status);

/* The pid that owns a kernel thread of a VM's ("vhost-19236", "kvm-pit/19236"), and its part. 0: none. */
uint32_t vm_part_of_kernel(const char *comm, char part[VM_PART_BYTES]);

#endif
