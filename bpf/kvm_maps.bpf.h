/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The maps and the ring of the KVM side, and its knobs. */
#ifndef PFT_KVM_MAPS_BPF_H
#define PFT_KVM_MAPS_BPF_H

#include "pftrace.h"
#include "cpus.bpf.h" /* the user side puts the other object's map here */

/* ---- knobs ---- */

/* Where the classic records have their fields (events/kvm/.../format in tracefs): set by the user
   side. */
const volatile __u32 exit_reason_offset = 8;
const volatile __u32 exit_isa_offset = 24;
const volatile __u32 entry_vcpu_offset = 8;

/* Samples and totals are taken while this is set. */
volatile __u64 kvm_gate_open = 0;

/* ---- maps; sizes are set by the user side ---- */

/* One block a CPU, mapped read-only by the user side. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct pft_kvm_block);
} kvm_blocks SEC(".maps");

/* By tid. Preallocated, as the other: the hooks may run where allocating is not safe. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, struct pft_kvm_thread);
} kvm_threads SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, struct pft_kvm_total_key);
	__type(value, struct pft_kvm_total);
} kvm_totals SEC(".maps");

/* A ring of their own: a flood of exits cannot eat switches. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 8 * 1024 * 1024);
} kvm_ring SEC(".maps");

#endif
