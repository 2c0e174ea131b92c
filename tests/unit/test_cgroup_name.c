/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "names/cgroup_name.h"

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void assert_short(const char *path, const char *expected)
{
	char name[NAMES_NAME_BYTES];

	assert_true(cgroup_name_short(path, name));
	assert_string_equal(name, expected);
}

static void units_lose_their_ending_and_their_escapes(void **state)
{
	(void)state;
	assert_short("/system.slice/nginx.service", "nginx");
	assert_short("/system.slice/nginx.service/workers/3", "nginx");
	assert_short("/system.slice/system-getty.slice/getty@tty1.service", "getty@tty1");
	assert_short("/system.slice/dev\\x2dhugepages.service", "dev-hugepages");
	assert_short("/user.slice/user-1000.slice/session-3.scope", "session-3");
	assert_short("/user.slice/user-1000.slice/user@1000.service/app.slice/app-vim.scope",
		     "app-vim");
	assert_short("/init.scope", "init");
	assert_short("/system.slice", "system");
	assert_short("/batch/night", "night");
}

static void containers_have_twelve_digits_of_their_id(void **state)
{
	(void)state;
	assert_short("/docker/" ID, "docker-0123456789ab");
	assert_short("/system.slice/docker-" ID ".scope", "docker-0123456789ab");
	assert_short("/system.slice/docker-" ID ".scope/init.scope", "docker-0123456789ab");
	assert_short("/machine.slice/libpod-" ID ".scope/container", "podman-0123456789ab");
	assert_short("/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" ID
		     ".scope/container",
		     "podman-0123456789ab");
	assert_short("/libpod_parent/libpod-" ID, "podman-0123456789ab");
	assert_short("/system.slice/nerdctl-" ID ".scope", "nerdctl-0123456789ab");
	assert_short("/k8s.io/" ID, "container-0123456789ab");
	assert_short("/\x7f\n/" ID, "?"
				    "?-0123456789ab");
	assert_short("/lxc.payload.web", "web");
	assert_short("/lxc/web", "web");
	assert_short("/lxc/web/system.slice/cron.service", "web");
}

static void pods_have_their_uid_too(void **state)
{
	(void)state;
	assert_short("/kubepods/burstable/pod8f81e3a1-3ebd-4015-bbee-e291f0672d02/" ID,
		     "pod8f81e3a1/0123456789ab");
	assert_short("/kubepods.slice/kubepods-burstable.slice/"
		     "kubepods-burstable-pod8f81e3a1_3ebd_4015_bbee_e291f0672d02.slice/"
		     "cri-containerd-" ID ".scope",
		     "pod8f81e3a1/0123456789ab");
	assert_short(
		"/kubepods.slice/kubepods-pod8f81e3a1_3ebd_4015_bbee_e291f0672d02.slice/crio-" ID
		".scope/container",
		"pod8f81e3a1/0123456789ab");
}

static void machines_have_the_names_of_their_vms(void **state)
{
	(void)state;
	assert_short("/machine.slice/machine-qemu\\x2d1\\x2dfw\\x2d01.scope/libvirt/vcpu0",
		     "fw-01");
	assert_short("/machine/instance-0000002a.libvirt-qemu/emulator", "instance-0000002a");
	assert_short("/machine/qemu-3-web.libvirt-qemu/vcpu1", "web");
	assert_short("/machine.slice/machine-lxc\\x2d12\\x2dbox.scope", "box");
}

static void the_root_and_nonsense_are_endured(void **state)
{
	char name[NAMES_NAME_BYTES], longest[2000];

	(void)state;
	assert_false(cgroup_name_short("/", name));
	assert_false(cgroup_name_short("", name));
	assert_false(cgroup_name_short("///", name));
	assert_short("/a\\x0ab", "a?b");
	assert_short("/a\\x00b", "a?b");
	assert_short("/a\\x", "a\\x");
	assert_short("/.service", ".service");
	memset(longest, 'a', sizeof(longest) - 1);
	longest[0] = '/';
	longest[sizeof(longest) - 1] = '\0';
	assert_true(cgroup_name_short(longest, name));
	assert_int_equal(strlen(name), NAMES_NAME_BYTES - 1);
}

static void libvirt_tells_vm_and_part(void **state)
{
	char name[NAMES_NAME_BYTES];

	(void)state;
	assert_true(cgroup_name_vm("/machine.slice/machine-qemu\\x2d1\\x2dfw.scope/libvirt/vcpu0",
				   name));
	assert_string_equal(name, "fw");
	assert_true(cgroup_name_vm("/machine/fw.libvirt-qemu/vcpu0", name));
	assert_string_equal(name, "fw");
	assert_false(cgroup_name_vm("/system.slice/nginx.service", name));
	assert_string_equal(cgroup_name_part("/a/vcpu12"), "vcpu12");
	assert_string_equal(cgroup_name_part("/a/emulator"), "emulator");
	assert_string_equal(cgroup_name_part("/a/iothread1"), "iothread1");
	assert_null(cgroup_name_part("/a/vcpu"));
	assert_null(cgroup_name_part("/a/vcpu0/b"));
	assert_null(cgroup_name_part("/"));
}

static void the_line_that_tells_most_is_taken(void **state)
{
	char v2[] = "0::/system.slice/nginx.service\n";
	char v1[] = "12:memory:/machine/fw.libvirt-qemu\n"
		    "11:cpu,cpuacct:/machine/fw.libvirt-qemu/vcpu0\n"
		    "7:cpuset:/machine/fw.libvirt-qemu/vcpu0\n1:name=systemd:/system.slice\n";
	char hybrid[] = "4:cpu,cpuacct:/docker/x\n1:name=systemd:/docker/y\n0::/\n";
	char root[] = "3:cpuset:/\n0::/\n";

	(void)state;
	assert_string_equal(cgroup_name_path(v2), "/system.slice/nginx.service");
	assert_string_equal(cgroup_name_path(v1), "/machine/fw.libvirt-qemu/vcpu0");
	assert_string_equal(cgroup_name_path(hybrid), "/docker/y");
	assert_null(cgroup_name_path(root));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(units_lose_their_ending_and_their_escapes),
		cmocka_unit_test(containers_have_twelve_digits_of_their_id),
		cmocka_unit_test(pods_have_their_uid_too),
		cmocka_unit_test(machines_have_the_names_of_their_vms),
		cmocka_unit_test(the_root_and_nonsense_are_endured),
		cmocka_unit_test(libvirt_tells_vm_and_part),
		cmocka_unit_test(the_line_that_tells_most_is_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
