/* SPDX-License-Identifier: Apache-2.0 */
/*
 * KVM's rows of a perfwhiz cdict: "kvm_exit" says how long the guest ran before it and the reason's
 * number, "kvm_entry" how long the host took since the exit before it.
 */
#ifndef IMPORT_OLD_KVM_H
#define IMPORT_OLD_KVM_H

#include "capture/exit_reason.h"
#include "import/tally.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* By task; the exit that no entry has followed yet. */
struct old_vcpu {
	uint64_t reason;
	uint64_t bucket;
	uint64_t guest_ns;
	bool is_vcpu;
	bool is_out;
};

struct old_kvm {
	struct old_vcpu *vcpus; /* by task */
	size_t count;
	uint64_t exits;
	bool has_rows;
	uint64_t reason_max; /* of all exits: they tell whose numbers they are */
};

/* What a first pass sees of an exit. */
void old_kvm_survey(struct old_kvm *kvm, uint64_t reason);

/* VMX has no reason as high as SVM's interrupt, and a recording on AMD has that. */
enum exit_isa old_kvm_isa(const struct old_kvm *kvm);

/* Rows, in their order. *is_new: the task was not known as a vCPU. 0 or -errno. */
int old_kvm_exit(struct old_kvm *kvm, struct tally *tally, uint32_t task, uint64_t at_ns,
		 uint64_t reason, uint64_t guest_ns, bool *is_new);
int old_kvm_entry(struct old_kvm *kvm, struct tally *tally, uint32_t task, uint64_t at_ns,
		  uint64_t host_ns, bool *is_new);

/* After the last row. */
int old_kvm_end(struct old_kvm *kvm, struct tally *tally);
void old_kvm_free(struct old_kvm *kvm);

#endif
