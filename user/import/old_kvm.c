/* SPDX-License-Identifier: Apache-2.0 */
#include "import/old_kvm.h"

#include "base/array.h"
#include "capture/histogram.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define VMX_LAST 85 /* capture/exit_reason_vmx.c */

void old_kvm_survey(struct old_kvm *kvm, uint64_t reason)
{
	kvm->has_rows = true;
	if (reason > kvm->reason_max)
		kvm->reason_max = reason;
}

enum exit_isa old_kvm_isa(const struct old_kvm *kvm)
{
	return kvm->reason_max > VMX_LAST ? EXIT_SVM : EXIT_VMX;
}

static struct old_vcpu *find(struct old_kvm *kvm, uint32_t task, bool *is_new)
{
	size_t had = kvm->count;

	if (ARRAY_RESERVE(kvm->vcpus, kvm->count, (size_t)task + 1))
		return NULL;
	memset(kvm->vcpus + had, 0, (kvm->count - had) * sizeof(*kvm->vcpus));
	*is_new = !kvm->vcpus[task].is_vcpu;
	kvm->vcpus[task].is_vcpu = true;
	return &kvm->vcpus[task];
}

static int leave_unpaired(struct tally *tally, uint32_t task, struct old_vcpu *vcpu)
{
	const struct tally_exit exit = { .unpaired = 1, .guest_ns = vcpu->guest_ns };

	if (!vcpu->is_out)
		return 0;
	vcpu->is_out = false;
	return tally_exit(tally, vcpu->bucket, task, vcpu->reason, &exit);
}

/* What lies before zero counts in the first bucket. */
static int add_guest(struct tally *tally, uint32_t task, uint64_t at_ns, uint64_t guest_ns)
{
	uint64_t bucket = at_ns / tally->bucket_ns;
	uint64_t here_ns = at_ns % tally->bucket_ns;
	int error = 0;

	while (guest_ns && !error) {
		uint64_t part_ns = guest_ns < here_ns || !bucket ? guest_ns : here_ns;

		error = tally_guest(tally, bucket, task, part_ns);
		guest_ns -= part_ns;
		here_ns = tally->bucket_ns;
		bucket--;
	}
	return error;
}

int old_kvm_exit(struct old_kvm *kvm, struct tally *tally, uint32_t task, uint64_t at_ns,
		 uint64_t reason, uint64_t guest_ns, bool *is_new)
{
	struct old_vcpu *vcpu = find(kvm, task, is_new);
	uint64_t bucket = at_ns / tally->bucket_ns;
	int error = vcpu ? leave_unpaired(tally, task, vcpu) : -ENOMEM;

	if (error)
		return error;
	kvm->exits++;
	vcpu->is_out = true;
	vcpu->reason = reason;
	vcpu->bucket = bucket;
	vcpu->guest_ns = guest_ns;
	error = tally_cell(tally, bucket, task, TALLY_GUEST, histogram_bin(guest_ns));
	return error ? error : add_guest(tally, task, at_ns, guest_ns);
}

int old_kvm_entry(struct old_kvm *kvm, struct tally *tally, uint32_t task, uint64_t at_ns,
		  uint64_t host_ns, bool *is_new)
{
	struct old_vcpu *vcpu = find(kvm, task, is_new);
	uint64_t bucket = at_ns / tally->bucket_ns;
	struct tally_exit exit = { .count = 1, .host_ns = host_ns };
	int error;

	if (!vcpu)
		return -ENOMEM;
	if (!vcpu->is_out)
		return 0;
	vcpu->is_out = false;
	exit.guest_ns = vcpu->guest_ns;
	error = tally_exit(tally, bucket, task, vcpu->reason, &exit);
	if (!error)
		error = tally_exit_cell(tally, bucket, task, vcpu->reason, histogram_bin(host_ns));
	return error ? error : tally_cell(tally, bucket, task, TALLY_HOST, histogram_bin(host_ns));
}

int old_kvm_end(struct old_kvm *kvm, struct tally *tally)
{
	int error = 0;

	for (size_t task = 0; task < kvm->count && !error; task++)
		error = leave_unpaired(tally, (uint32_t)task, &kvm->vcpus[task]);
	return error;
}

void old_kvm_free(struct old_kvm *kvm)
{
	free(kvm->vcpus);
}
