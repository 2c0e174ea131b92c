/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The state of each CPU: sched_switch writes it, KVM's hooks read whose run is in progress. */
#ifndef PFT_CPUS_BPF_H
#define PFT_CPUS_BPF_H

#include "pftrace.h"

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct pft_cpu);
} cpus SEC(".maps");

static __always_inline struct pft_cpu *this_cpu_state(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&cpus, &zero);
}

#endif
