/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Why a guest was left, as each architecture and kernel has it. */
#ifndef PFT_KVM_REASON_BPF_H
#define PFT_KVM_REASON_BPF_H

/* arch/x86/kvm/trace.h */
#define KVM_ISA_VMX 1
#define KVM_ISA_SVM 2

/* Bits above are flags (Intel SDM vol. 3, 25.9.1: VM-exit reason). */
#define VMX_BASIC_REASON 0xffffU

static __always_inline __u32 kvm_isa_of_x86(__u32 isa)
{
	return isa == KVM_ISA_SVM ? PFT_ISA_SVM : PFT_ISA_VMX;
}

static __always_inline __u32 kvm_reason_of_x86(__u32 isa, __u32 reason)
{
	return isa == KVM_ISA_SVM ? reason : reason & VMX_BASIC_REASON;
}

/* From 5.16 (0a62a0319abb) the tracepoint does not tell: the vendor module's struct does, of which
   the vCPU is the first member. */
static __always_inline __u32 kvm_read_reason(struct kvm_vcpu *vcpu, __u32 isa)
{
	struct vcpu_vmx___with_vt *with_vt = (void *)vcpu;
	struct vcpu_svm *svm = (void *)vcpu;
	struct vcpu_vmx *vmx = (void *)vcpu;
	struct vmcb *vmcb = NULL;
	__u32 reason = 0xffffffff;

	if (isa == KVM_ISA_SVM && bpf_core_type_exists(struct vcpu_svm)) {
		bpf_core_read(&vmcb, sizeof(vmcb), &svm->vmcb);
		bpf_core_read(&reason, sizeof(reason), &vmcb->control.exit_code);
	} else if (isa == KVM_ISA_VMX && bpf_core_field_exists(with_vt->vt)) {
		bpf_core_read(&reason, sizeof(reason), &with_vt->vt.exit_reason.full);
	} else if (isa == KVM_ISA_VMX && bpf_core_type_exists(struct vcpu_vmx)) {
		bpf_core_read(&reason, sizeof(reason), &vmx->exit_reason.full);
	}
	return reason;
}

/* arch/arm64/kvm/trace_arm.h: esr_ec is old when it was no trap. */
static __always_inline __u32 kvm_reason_of_arm64(__u32 ret, __u32 esr_ec)
{
	__u32 code = ret & 0x7fffffff; /* ARM_EXCEPTION_CODE */

	return code == 2 ? esr_ec & 0x3f : PFT_ARM64_NO_TRAP + (code & 0xff);
}

#endif
