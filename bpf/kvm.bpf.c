// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The table of KVM's hooks: each is one call. An object of its own, for it can only be loaded where
 * KVM is, and at any time. Of the kinds of hooks the user side chooses one.
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
#include "kvm_reason.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* A field of a classic tracepoint's record. */
static __always_inline __u32 field_at(const void *record, __u32 offset)
{
	__u32 value = 0;

	bpf_probe_read_kernel(&value, sizeof(value), record + offset);
	return value;
}

#if defined(bpf_target_arm64)

SEC("tp_btf/kvm_exit")
int BPF_PROG(on_exit_btf, int ret, unsigned int esr_ec)
{
	handle_kvm_exit(PFT_ISA_ARM64, kvm_reason_of_arm64(ret, esr_ec));
	return 0;
}

SEC("tp_btf/kvm_entry")
int BPF_PROG(on_entry_btf)
{
	handle_kvm_entry(PFT_KVM_NO_VCPU);
	return 0;
}

SEC("tp/kvm/kvm_exit")
int on_exit_classic(void *record)
{
	/* the record's `ret` is masked already: ARM_EXCEPTION_CODE() in TP_fast_assign */
	handle_kvm_exit(PFT_ISA_ARM64, kvm_reason_of_arm64(field_at(record, exit_reason_offset),
							   field_at(record, exit_isa_offset)));
	return 0;
}

SEC("tp/kvm/kvm_entry")
int on_entry_classic(void *record)
{
	handle_kvm_entry(PFT_KVM_NO_VCPU);
	return 0;
}

#else

SEC("tp_btf/kvm_exit")
int BPF_PROG(on_exit_btf, struct kvm_vcpu *vcpu, u32 isa)
{
	if (vcpu) /* 6.12 wants it tested */
		handle_kvm_exit(kvm_isa_of_x86(isa),
				kvm_reason_of_x86(isa, kvm_read_reason(vcpu, isa)));
	return 0;
}

/* up to 5.15 */
SEC("tp_btf/kvm_exit")
int BPF_PROG(on_exit_btf_before_5_16, u32 reason, struct kvm_vcpu *vcpu, u32 isa)
{
	handle_kvm_exit(kvm_isa_of_x86(isa), kvm_reason_of_x86(isa, reason));
	return 0;
}

SEC("tp_btf/kvm_entry")
int BPF_PROG(on_entry_btf, struct kvm_vcpu *vcpu)
{
	if (vcpu)
		handle_kvm_entry(vcpu->vcpu_id);
	return 0;
}

SEC("tp/kvm/kvm_exit")
int on_exit_classic(void *record)
{
	__u32 isa = field_at(record, exit_isa_offset);

	handle_kvm_exit(kvm_isa_of_x86(isa),
			kvm_reason_of_x86(isa, field_at(record, exit_reason_offset)));
	return 0;
}

SEC("tp/kvm/kvm_entry")
int on_entry_classic(void *record)
{
	handle_kvm_entry(field_at(record, entry_vcpu_offset));
	return 0;
}

#endif
