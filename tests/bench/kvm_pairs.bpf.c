// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What KVM's hooks do, without KVM: pairs of an exit and an entry, by the workers of bpf/, in the
 * thread that runs this by BPF_PROG_TEST_RUN.
 */
#include "vmlinux.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "kvm_maps.bpf.h"
#include "compat.bpf.h"
#include "kvm_blocks.bpf.h"
#include "kvm_totals.bpf.h"
#include "kvm.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#define PAIRS 100
#define REASONS 8 /* what a busy guest mostly leaves for */

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u64);
} took_ns SEC(".maps");

static __always_inline void took(__u32 place, __u64 begin_ns)
{
	__u64 *sum = bpf_map_lookup_elem(&took_ns, &place);

	if (sum)
		__sync_fetch_and_add(sum, bpf_ktime_get_ns() - begin_ns);
}

/* Not static, so that the verifier looks at it once and not at each turn of the loop. */
__noinline int one_pair(__u32 number)
{
	handle_kvm_exit(PFT_ISA_SVM, 0x70 + number % REASONS);
	handle_kvm_entry(0);
	return 0;
}

SEC("raw_tp")
int pairs(void *ctx)
{
	__u64 begin_ns = bpf_ktime_get_ns();

	for (int i = 0; i < PAIRS; i++)
		one_pair(i);
	took(0, begin_ns);
	return 0;
}

/* The clock reads that are in them. */
SEC("raw_tp")
int clocks(void *ctx)
{
	__u64 begin_ns = bpf_ktime_get_ns(), sum = 0;

	for (int i = 0; i < PAIRS; i++) {
		sum += bpf_ktime_get_ns();
		sum += bpf_ktime_get_ns();
	}
	took(1, begin_ns);
	return sum == 0;
}
