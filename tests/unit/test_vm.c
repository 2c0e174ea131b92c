/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "names/vm.h"
#include "names/vm_part.h"

#include <stdio.h>

#define UUID "8f81e3a1-3ebd-4015-bbee-e291f0672d02"

/* Arguments separated by '|'. */
static struct vm_facts read_arguments(const char *text, const char *comm)
{
	size_t length = strlen(text);
	char *bytes = strdup(text);
	struct vm_facts facts;

	for (size_t i = 0; i < length; i++)
		bytes[i] = bytes[i] == '|' ? '\0' : bytes[i];
	vm_read_arguments(bytes, length + 1, comm, &facts);
	free(bytes);
	return facts;
}

static void assert_vm(const char *arguments, enum vm_kind kind, const char *name, const char *uuid)
{
	struct vm_facts facts = read_arguments(arguments, "qemu-system-x86");

	assert_int_equal(facts.kind, kind);
	assert_string_equal(facts.name, name);
	assert_string_equal(facts.uuid, uuid);
}

static void qemu_is_found_however_it_is_installed(void **state)
{
	static const char *const programs[] = {
		"qemu-system-x86_64",
		"/usr/bin/qemu-system-aarch64",
		"/usr/libexec/qemu-kvm",
		"/usr/bin/kvm",
		"/snap/lxd/1/bin/qemu-system-x86_64",
		"/nix/store/x-qemu/bin/.qemu-system-x86_64-wrapped",
		"/lib64/ld-linux-x86-64.so.2|/opt/qemu-system-x86_64",
		"/bin/sh|/usr/bin/kvm"
	};

	(void)state;
	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
		char arguments[256];

		snprintf(arguments, sizeof(arguments), "%s|-name|fw", programs[i]);
		assert_vm(arguments, VM_QEMU, "fw", "");
	}
}

static void programs_that_run_no_vm_are_left_alone(void **state)
{
	(void)state;
	assert_vm("qemu-img|convert|-name|x", VM_NONE, "", "");
	assert_vm("qemu-nbd|-name|x", VM_NONE, "", "");
	assert_vm("/usr/bin/qemu-aarch64|-name|x", VM_NONE, "", "");
	assert_vm("bash|-c|qemu", VM_NONE, "", "");
	assert_vm("", VM_NONE, "", "");
	assert_int_equal(read_arguments("vmm|-name|x", "CPU 0/KVM").kind, VM_QEMU);
}

static void all_spellings_of_name_and_uuid_are_read(void **state)
{
	(void)state;
	assert_vm("qemu-system-x86_64|-name|guest=instance-0000002a,debug-threads=on|-uuid|" UUID,
		  VM_QEMU, "instance-0000002a", UUID);
	assert_vm("qemu-system-x86_64|-name|debug-threads=on,guest=a", VM_QEMU, "a", "");
	assert_vm("qemu-system-x86_64|--name|a,process=qemu:a|--uuid|8F81E3A1-3EBD-4015-BBEE-"
		  "E291F0672D02",
		  VM_QEMU, "a", UUID);
	assert_vm("qemu-system-x86_64|-name|a,,b", VM_QEMU, "a,b", "");
	assert_vm("qemu-system-x86_64|-name|guest=x=y", VM_QEMU, "x=y", "");
	assert_vm("qemu-system-x86_64|-uuid|none|-m|64", VM_QEMU, "", "");
	assert_vm("qemu-system-x86_64|-name", VM_QEMU, "", "");
	assert_vm("qemu-system-x86_64|-name|a\x1b[2J", VM_QEMU, "a?[2J", "");
}

static void other_hypervisors_are_known(void **state)
{
	(void)state;
	assert_vm("cloud-hypervisor|--api-socket|/run/vms/web1.sock|--platform|num_pci_segments=1,"
		  "uuid=" UUID,
		  VM_CLOUD_HYPERVISOR, "web1", UUID);
	assert_vm("/opt/cloud-hypervisor|--api-socket|path=/run/vc/vm/0a1b2c/clh-api.sock",
		  VM_CLOUD_HYPERVISOR, "0a1b2c", "");
	assert_vm("firecracker|--api-sock|/run/fc.sock|--id|anonymous-7", VM_FIRECRACKER,
		  "anonymous-7", "");
	assert_true(vm_may_be("cloud-hyperviso"));
	assert_true(vm_may_be("firecracker"));
	assert_true(vm_may_be("qemu-system-x86"));
	assert_true(vm_may_be("qemu:web"));
	assert_false(vm_may_be("qemu-img"));
	assert_false(vm_may_be("qemu-ga"));
}

static void assert_part(enum vm_kind kind, const char *comm, const char *cgroup,
			const char *expected, bool settled)
{
	const struct vm_thread thread = {
		.kind = kind, .comm = comm, .leader_comm = "qemu-system-x86", .cgroup = cgroup
	};
	char part[VM_PART_BYTES];

	assert_int_equal(vm_part_find(&thread, part), settled);
	assert_string_equal(part, expected);
}

static void threads_are_told_by_what_they_are_called(void **state)
{
	(void)state;
	assert_part(VM_QEMU, "CPU 0/KVM", NULL, "vcpu0", true);
	assert_part(VM_QEMU, "CPU 117/TCG", NULL, "vcpu117", true);
	assert_part(VM_QEMU, "CPU 0", NULL, "CPU 0", true);
	assert_part(VM_QEMU, "IO iothread1", NULL, "iothread1", true);
	assert_part(VM_QEMU, "IO mon_iothread", NULL, "mon_iothread", true);
	assert_part(VM_QEMU, "IO disk0", NULL, "iothread-disk0", true);
	assert_part(VM_QEMU, "worker", NULL, "worker", true);
	assert_part(VM_QEMU, "vhost-4711", NULL, "vhost", true);
	assert_part(VM_QEMU, "call_rcu", NULL, "call_rcu", true);
	assert_part(VM_CLOUD_HYPERVISOR, "vcpu3", NULL, "vcpu3", true);
	assert_part(VM_CLOUD_HYPERVISOR, "vmm", NULL, "emulator", true);
	assert_part(VM_CLOUD_HYPERVISOR, "_disk0_q0", NULL, "_disk0_q0", true);
	assert_part(VM_FIRECRACKER, "fc_vcpu 1", NULL, "vcpu1", true);
	assert_part(VM_FIRECRACKER, "fc_api", NULL, "fc_api", true);
}

static void threads_without_a_name_are_told_by_their_cgroup(void **state)
{
	static const char *const scope = "/machine.slice/machine-qemu\\x2d1\\x2dfw.scope/libvirt";
	char path[128];

	(void)state;
	snprintf(path, sizeof(path), "%s/vcpu2", scope);
	assert_part(VM_QEMU, "qemu-system-x86", path, "vcpu2", true);
	snprintf(path, sizeof(path), "%s/iothread1", scope);
	assert_part(VM_QEMU, "qemu-system-x86", path, "iothread1", true);
	snprintf(path, sizeof(path), "%s/emulator", scope);
	assert_part(VM_QEMU, "qemu-system-x86", path, "emulator", true);
	assert_part(VM_QEMU, "worker", path, "worker", true);
	assert_part(VM_QEMU, "CPU 1/KVM", path, "vcpu1", true);
	assert_part(VM_QEMU, "qemu-system-x86", scope, "thread", false);
	assert_part(VM_QEMU, "qemu-system-x86", NULL, "thread", false);
}

static void a_vcpu_under_kvm_is_told_by_its_signals(void **state)
{
	(void)state; /* as QEMU 7.2 has them */
	assert_true(vm_part_is_kvm_vcpu("Name:\tq\nSigBlk:\tfffffffe7ffbf837\nSigIgn:\t0\n"));
	assert_false(vm_part_is_kvm_vcpu("Name:\tq\nSigBlk:\tfffffffe7ffbfa77\n"));
	assert_false(vm_part_is_kvm_vcpu("Name:\tq\nSigBlk:\t0000000010002240\n"));
	assert_false(vm_part_is_kvm_vcpu("Name:\tq\nSigBlk:\t0000000000000000\n"));
	assert_false(vm_part_is_kvm_vcpu(""));
}

static void kernel_threads_tell_their_owner(void **state)
{
	char part[VM_PART_BYTES];

	(void)state;
	assert_int_equal(vm_part_of_kernel("vhost-19236", part), 19236);
	assert_string_equal(part, "vhost");
	assert_int_equal(vm_part_of_kernel("kvm-pit/77", part), 77);
	assert_string_equal(part, "kvm-pit");
	assert_int_equal(vm_part_of_kernel("vhost-", part), 0);
	assert_int_equal(vm_part_of_kernel("kworker/0:1", part), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(qemu_is_found_however_it_is_installed),
		cmocka_unit_test(programs_that_run_no_vm_are_left_alone),
		cmocka_unit_test(all_spellings_of_name_and_uuid_are_read),
		cmocka_unit_test(other_hypervisors_are_known),
		cmocka_unit_test(threads_are_told_by_what_they_are_called),
		cmocka_unit_test(threads_without_a_name_are_told_by_their_cgroup),
		cmocka_unit_test(a_vcpu_under_kvm_is_told_by_its_signals),
		cmocka_unit_test(kernel_threads_tell_their_owner),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
