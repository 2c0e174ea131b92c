/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tries single parts of the kernel side for real: loads, attaches, and takes all away again. Nothing
 * is recorded: the gate stays closed. Each returns 0 or -errno (-ESRCH, -ENOENT: this kernel does
 * not have it; -EPERM: no right to).
 */
#ifndef LIVE_TRIAL_H
#define LIVE_TRIAL_H

#include "live/kvm_probe.h"
#include "live/live.h"
#include "live/probe.h"

/* Loads and attaches one program of the BPF object, by its name. */
int trial_hook(const struct probe *probe, const char *program);

/* Loads and attaches KVM's hooks of one kind; else `message` says why not. */
int trial_kvm(const struct probe *probe, const struct kvm_probe *kvm, enum live_kvm_hook hook,
	      char message[LIVE_MESSAGE_BYTES]);

/* Reads the list of tasks by the iterator. */
int trial_task_iterator(const struct probe *probe);

/* Runs an empty program on every online CPU. */
int trial_run_on_cpus(const struct probe *probe);

/* Makes a small ring. */
int trial_ring(void);

/* Has BPF programs timed, for a moment. */
int trial_stats(void);

/* Opens the root of the v2 hierarchy by its id, as every cgroup's path is found. -ENOENT: it is not
   mounted. */
int trial_cgroup_paths(void);

#endif
