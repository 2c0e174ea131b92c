/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The maps and rings, and the knobs that the user side sets before loading. */
#ifndef PFT_MAPS_BPF_H
#define PFT_MAPS_BPF_H

#include "pftrace.h"
#include "cpus.bpf.h"

/* ---- knobs ---- */

/* sched_switch has prev_state as its fourth argument (from 5.18, fa2c3254d7cf); told by the user
   side, which reads the tracepoint's prototype in BTF */
const volatile bool has_prev_state_argument = false;

/* Samples and totals are taken while this is set. */
volatile __u64 gate_open = 0;

/* ---- maps; sizes in CPUs are set by the user side ---- */

/* One block a CPU, mapped read-only by the user side. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct pft_block);
} blocks SEC(".maps");

/* Of each CPU, when the user side asks. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct pft_sums);
} sums SEC(".maps");

/* Preallocated: sched_switch holds the run queue's lock, where allocating is not safe everywhere. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 131072);
	__type(key, struct pft_evicted_key);
	__type(value, struct pft_evicted);
} evicted SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 16 * 1024 * 1024);
} ring SEC(".maps");

/* Names have a ring of their own: a flood of switches cannot eat them. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1024 * 1024);
} identity_ring SEC(".maps");

static __always_inline struct pft_sums *sums_of_cpu(__u32 cpu)
{
	return bpf_map_lookup_elem(&sums, &cpu);
}

static __always_inline struct pft_block *block_of_cpu(__u32 cpu)
{
	return bpf_map_lookup_elem(&blocks, &cpu);
}

#endif
