/* SPDX-License-Identifier: Apache-2.0 */
/*
 * KVM's side of the kernel, loaded and attached: by tp_btf, which reads the reason where the vendor's
 * module has it, or by the classic tracepoints, which are slower and need no types.
 */
#ifndef LIVE_KVM_HOOKS_H
#define LIVE_KVM_HOOKS_H

#include "live/kvm_probe.h"
#include "live/live.h"
#include "live/probe.h"

#include <stdint.h>

struct kvm_bpf;

/* "tp_btf", "classic". */
const char *kvm_hooks_word(enum live_kvm_hook hook);

/* Before loading: 0 or -errno. */
int kvm_hooks_size_maps(struct kvm_bpf *bpf, uint32_t cpu_count, uint32_t ring_bytes);

struct kvm_hooks_maps {
	uint32_t ring_bytes; /* 0: as compiled */
	int cpus; /* the other object's map of this name, which tells the runs; -1: none */
};

/*
 * Loads and attaches; the gate is closed. LIVE_KVM_AUTO tries both kinds, and *hook says which it
 * became. NULL after `message` says in one line why not, and what to do.
 */
struct kvm_bpf *kvm_hooks_open(const struct probe *probe, const struct kvm_probe *kvm,
			       const struct kvm_hooks_maps *maps, enum live_kvm_hook *hook,
			       char message[LIVE_MESSAGE_BYTES]);
/* Detaches; NULL is fine. */
void kvm_hooks_close(struct kvm_bpf *bpf);

#endif
