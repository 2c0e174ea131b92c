/* SPDX-License-Identifier: Apache-2.0 */
/* Tasks of a made-up host, whose /proc lies in a folder. */
#include "unit.h"

#include "base/number_map.h"
#include "names/host.h"
#include "names/host_internal.h"

#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define UUID "8f81e3a1-3ebd-4015-bbee-e291f0672d02"
#define SCOPE "/machine.slice/machine-qemu\\x2d1\\x2dfw\\x2d1.scope/libvirt"
#define MASK_VCPU "fffffffe7ffbf837"
#define MASK_OTHER "fffffffe7ffbfa77"
#define TIDS 1000

struct given {
	char name[256];
	char vm[256];
	uint64_t vcpu;
	uint64_t start_ns;
};

struct some_host {
	char root[64];
	struct names_host *host;
	struct names_map *map;
	struct given given[TIDS]; /* by tid */
};

static int take(void *context, uint32_t tid, uint64_t start_ns, const struct task_name *name)
{
	struct given *given = &((struct some_host *)context)->given[tid];

	assert_true(tid < TIDS);
	snprintf(given->name, sizeof(given->name), "%s", name->name ? name->name : "");
	snprintf(given->vm, sizeof(given->vm), "%s", name->vm ? name->vm : "");
	given->vcpu = name->vcpu;
	given->start_ns = start_ns;
	return 0;
}

static int make(void **state)
{
	struct some_host *some = calloc(1, sizeof(*some));

	strcpy(some->root, "/tmp/pftrace-proc-XXXXXX");
	assert_non_null(mkdtemp(some->root));
	*state = some;
	return 0;
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *place)
{
	(void)status;
	(void)type;
	(void)place;
	return remove(path);
}

static int drop(void **state)
{
	struct some_host *some = *state;

	names_host_free(some->host);
	names_map_free(some->map);
	nftw(some->root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(some);
	return 0;
}

static void open_host(struct some_host *some, bool cgroups)
{
	const struct names_host_options options = {
		.proc = some->root,
		.vms = true,
		.cgroups = cgroups,
		.map = some->map,
		.give = take,
		.context = some,
	};

	some->host = names_host_new(&options);
	assert_non_null(some->host);
}

/* ---- the made-up /proc ---- */

static void put_file(const char *folder, const char *name, const char *bytes, size_t length)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "w");
	assert_non_null(file);
	fwrite(bytes, 1, length, file);
	fclose(file);
}

static void put_text(const char *folder, const char *name, const char *text)
{
	put_file(folder, name, text, strlen(text));
}

static void put_thread(const struct some_host *some, unsigned int tgid, unsigned int tid,
		       const char *comm, const char *cgroup, const char *mask)
{
	char folder[160], text[256];

	snprintf(folder, sizeof(folder), "%s/%u/task/%u", some->root, tgid, tid);
	mkdir(folder, 0755);
	snprintf(text, sizeof(text), "%s\n", comm);
	put_text(folder, "comm", text);
	put_text(folder, "cgroup", cgroup);
	snprintf(text, sizeof(text), "Name:\t%s\nSigBlk:\t%s\n", comm, mask);
	put_text(folder, "status", text);
}

/* Arguments separated by blanks. */
static void put_process(const struct some_host *some, unsigned int tgid, const char *comm,
			const char *arguments, const char *cgroup)
{
	char folder[128], bytes[512];
	size_t length = strlen(arguments) + 1;

	snprintf(folder, sizeof(folder), "%s/%u", some->root, tgid);
	mkdir(folder, 0755);
	memcpy(bytes, arguments, length);
	for (size_t i = 0; i < length; i++)
		bytes[i] = bytes[i] == ' ' ? '\0' : bytes[i];
	put_file(folder, "cmdline", bytes, arguments[0] ? length : 0);
	put_text(folder, "cgroup", cgroup);
	put_text(folder, "comm", comm);
	strcat(folder, "/task");
	mkdir(folder, 0755);
	put_thread(some, tgid, tgid, comm, cgroup, MASK_OTHER);
}

static void tell(struct some_host *some, unsigned int tgid, unsigned int tid, const char *comm,
		 const char *cgroup)
{
	const struct names_task task = {
		.tid = tid, .tgid = tgid, .start_ns = 1000 + tid, .comm = comm, .cgroup = cgroup
	};

	assert_int_equal(names_host_told(some->host, &task), 0);
}

static void assert_given(const struct some_host *some, unsigned int tid, const char *name)
{
	assert_string_equal(some->given[tid].name, name);
}

/* ---- the tests ---- */

static void threads_of_a_vm_are_named_as_they_come(void **state)
{
	struct some_host *some = *state;

	open_host(some, false);
	put_process(some, 10, "qemu-system-x86",
		    "qemu-system-x86_64 -name guest=fw,debug-threads=on", "0::/\n");
	tell(some, 10, 10, "bash", NULL); /* before its exec */
	assert_given(some, 10, "");
	tell(some, 10, 10, "qemu-system-x86", NULL);
	tell(some, 10, 11, "CPU 0/KVM", NULL);
	tell(some, 10, 12, "IO iothread1", NULL);
	tell(some, 10, 13, "worker", NULL);
	tell(some, 20, 20, "bash", NULL);
	assert_given(some, 10, "fw.emulator");
	assert_given(some, 11, "fw.vcpu0");
	assert_given(some, 12, "fw.iothread1");
	assert_given(some, 13, "fw.worker");
	assert_given(some, 20, "");
	assert_string_equal(some->given[11].vm, "fw");
	assert_int_equal(some->given[11].vcpu, 0);
	assert_int_equal(some->given[11].start_ns, 1011);
	assert_true(some->given[13].vcpu == CAPTURE_NIL);
}

static void threads_that_came_before_are_found_in_proc(void **state)
{
	struct some_host *some = *state;

	open_host(some, false);
	put_process(some, 10, "qemu-system-x86", "/usr/bin/kvm -name fw", "0::/\n");
	put_thread(some, 10, 9, "CPU 1/KVM", "0::/\n", MASK_VCPU);
	tell(some, 10, 9, "early", NULL); /* a tid below its process's */
	tell(some, 10, 10, "kvm", NULL);
	assert_given(some, 9, "");
	assert_int_equal(names_host_tick(some->host, 1), 0);
	assert_given(some, 9, "fw.vcpu1");
}

static void libvirt_on_cgroup_v2_tells_parts(void **state)
{
	struct some_host *some = *state;

	open_host(some, false);
	put_process(some, 10, "qemu-kvm", "/usr/libexec/qemu-kvm -S", "0::" SCOPE "/emulator\n");
	put_thread(some, 10, 11, "qemu-kvm", "0::" SCOPE "/vcpu3\n", MASK_OTHER);
	put_thread(some, 10, 12, "qemu-kvm", "0::" SCOPE "/iothread2\n", MASK_OTHER);
	put_thread(some, 10, 13, "qemu-kvm", "0::" SCOPE "/emulator\n", MASK_OTHER);
	tell(some, 10, 10, "qemu-kvm", SCOPE "/emulator");
	tell(some, 10, 11, "qemu-kvm", SCOPE "/emulator"); /* as it was when it came */
	assert_given(some, 10, "fw-1.emulator");
	names_host_tick(some->host, 1);
	assert_given(some, 11, "fw-1.vcpu3");
	assert_given(some, 12, "fw-1.iothread2");
	assert_given(some, 13, "fw-1.emulator");
}

static void libvirt_on_cgroup_v1_tells_parts(void **state)
{
	static const char *const lines =
		"11:cpuset:/machine/instance-2a.libvirt-qemu/%s\n1:name=systemd:/\n0::/\n";
	struct some_host *some = *state;
	char cgroup[128];

	open_host(some, false);
	snprintf(cgroup, sizeof(cgroup), lines, "emulator");
	put_process(some, 10, "qemu-system-x86", "/usr/bin/qemu-system-x86_64 -uuid " UUID, cgroup);
	snprintf(cgroup, sizeof(cgroup), lines, "vcpu0");
	put_thread(some, 10, 11, "qemu-system-x86", cgroup, MASK_OTHER);
	tell(some, 10, 10, "qemu-system-x86", "/");
	tell(some, 10, 11, "qemu-system-x86", "/");
	assert_given(some, 11, "instance-2a.thread");
	names_host_finish(some->host);
	assert_given(some, 11, "instance-2a.vcpu0");
}

static void vcpus_without_a_name_are_counted_in_their_order(void **state)
{
	struct some_host *some = *state;

	open_host(some, false);
	put_process(some, 10, "qemu-system-x86", "qemu-system-x86_64 -name fw", "0::/\n");
	put_thread(some, 10, 11, "qemu-system-x86", "0::/\n", MASK_OTHER);
	put_thread(some, 10, 12, "qemu-system-x86", "0::/\n", MASK_VCPU);
	tell(some, 10, 10, "qemu-system-x86", NULL);
	tell(some, 10, 11, "qemu-system-x86", NULL);
	tell(some, 10, 12, "qemu-system-x86", NULL);
	names_host_tick(some->host, 1);
	assert_given(some, 11, "fw.thread");
	assert_given(some, 12, "fw.vcpu0");
	tell(some, 10, 12, "qemu-system-x86", NULL); /* as at the end of a capture */
	assert_given(some, 12, "fw.vcpu0");
}

static void another_process_with_its_tid_is_another(void **state)
{
	struct some_host *some = *state;
	const struct names_task later = {
		.tid = 10, .tgid = 10, .start_ns = 99999, .comm = "bash"
	};

	open_host(some, false);
	put_process(some, 10, "qemu-system-x86", "qemu-system-x86_64 -name fw", "0::/\n");
	tell(some, 10, 10, "qemu-system-x86", NULL);
	put_process(some, 10, "bash", "bash", "0::/\n");
	some->given[10].name[0] = '\0';
	assert_int_equal(names_host_told(some->host, &later), 0);
	assert_given(some, 10, "");
}

static void a_program_that_a_vm_s_process_becomes_is_no_vm(void **state)
{
	struct some_host *some = *state;

	open_host(some, false);
	put_process(some, 10, "qemu-system-x86", "qemu-system-x86_64 -name fw", "0::/\n");
	tell(some, 10, 10, "qemu-system-x86", NULL); /* a fork of it, so far */
	assert_given(some, 10, "fw.emulator");
	put_process(some, 10, "qemu-ifup", "/bin/sh /etc/qemu-ifup tap0", "0::/\n");
	tell(some, 10, 10, "qemu-ifup", NULL);
	assert_given(some, 10, "");
	assert_string_equal(some->given[10].vm, "");
}

static void arguments_that_are_not_there_yet_are_read_later(void **state)
{
	struct some_host *some = *state;

	open_host(some, false);
	put_process(some, 10, "qemu-system-x86", "", "0::/\n");
	tell(some, 10, 10, "qemu-system-x86", NULL);
	assert_given(some, 10, "qemu-10.emulator");
	put_process(some, 10, "qemu-system-x86", "qemu-system-x86_64 -name fw", "0::/\n");
	names_host_tick(some->host, 1);
	assert_given(some, 10, "fw.emulator");
}

static void open_host_with_vm_of_uuid(struct some_host *some)
{
	open_host(some, false);
	put_process(some, 10, "qemu-system-x86", "qemu-system-x86_64 -name i-1 -uuid " UUID,
		    "0::/\n");
	tell(some, 10, 10, "qemu-system-x86", NULL);
}

static void a_program_names_vms_by_uuid_also_later(void **state)
{
	struct map_row row = { .is_uuid = true, .uuid = UUID, .name = "web" };
	struct some_host *some = *state;

	open_host_with_vm_of_uuid(some);
	tell(some, 10, 11, "CPU 0/KVM", NULL);
	assert_given(some, 11, "i-1.vcpu0");
	assert_true(names_host_has_new(some->host, 1009)); /* it started at 1010 */
	assert_false(names_host_has_new(some->host, 1010));
	assert_int_equal(names_host_row(some->host, &row), 0);
	assert_given(some, 10, "web.emulator");
	assert_given(some, 11, "web.vcpu0");
	assert_false(names_host_has_new(some->host, 0));
	tell(some, 10, 12, "CPU 1/KVM", NULL);
	assert_given(some, 12, "web.vcpu1");
}

/* It is asked once a minute while VMs come: on a large host that must not fill the memory. */
static void what_a_program_tells_again_is_remembered_once(void **state)
{
	struct map_row row = { .is_uuid = true, .uuid = UUID, .name = "web" };
	struct some_host *some = *state;

	open_host_with_vm_of_uuid(some);
	for (int i = 0; i < 3; i++)
		assert_int_equal(names_host_row(some->host, &row), 0);
	assert_int_equal(some->host->vms.uuid_count, 1);
	assert_given(some, 10, "web.emulator");
	strcpy(row.name, "web-2");
	assert_int_equal(names_host_row(some->host, &row), 0);
	assert_int_equal(some->host->vms.uuid_count, 1);
	assert_given(some, 10, "web-2.emulator");
	tell(some, 10, 11, "CPU 0/KVM", NULL);
	assert_given(some, 11, "web-2.vcpu0");
}

static void a_mapping_goes_before_all(void **state)
{
	const struct map_row row = { .tid = 11, .name = "mine", .vcpu = CAPTURE_NIL };
	const struct map_row other = { .tid = 55, .name = "never came", .vcpu = CAPTURE_NIL };
	struct map_row later = { .tid = 20, .name = "told", .vcpu = CAPTURE_NIL };
	const struct names_task next = { .tid = 11, .tgid = 30, .start_ns = 5000, .comm = "bash" };
	struct some_host *some = *state;
	struct names_host_counts counts;
	bool again;

	some->map = names_map_new();
	names_map_add(some->map, &row, &again);
	names_map_add(some->map, &other, &again);
	open_host(some, false);
	put_process(some, 10, "qemu-system-x86", "qemu-system-x86_64 -name fw", "0::/\n");
	tell(some, 10, 10, "qemu-system-x86", NULL);
	tell(some, 10, 11, "CPU 0/KVM", NULL);
	tell(some, 20, 20, "bash", NULL);
	assert_given(some, 11, "mine");
	names_host_row(some->host, &later);
	assert_given(some, 20, "told");
	some->given[11].name[0] = '\0';
	names_host_told(some->host, &next); /* the tid's next task: the row was not for it */
	assert_given(some, 11, "");
	names_host_counts(some->host, &counts);
	assert_int_equal(counts.map_rows, 2);
	assert_int_equal(counts.map_unmatched, 1);
	assert_int_equal(counts.vms, 1);
}

static void cgroups_name_all_others_when_asked(void **state)
{
	struct some_host *some = *state;
	const struct names_task kernel = {
		.tid = 3, .tgid = 3, .comm = "kworker/0:0", .cgroup = "/", .is_kthread = true
	};

	open_host(some, true);
	put_process(some, 20, "nginx", "nginx", "1:name=systemd:/system.slice/web.service\n0::/\n");
	put_process(some, 10, "qemu-system-x86", "qemu-system-x86_64 -name fw", "0::/\n");
	tell(some, 20, 20, "nginx", "/");
	tell(some, 20, 21, "nginx-log", NULL);
	tell(some, 30, 30, "sshd", "/system.slice/ssh.service");
	tell(some, 10, 10, "qemu-system-x86", "/system.slice/vm.service");
	names_host_told(some->host, &kernel);
	assert_given(some, 20, "web/nginx");
	assert_given(some, 21, "web/nginx-log");
	assert_given(some, 30, "ssh/sshd");
	assert_given(some, 10, "fw.emulator");
	assert_given(some, 3, "");
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, make, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(threads_of_a_vm_are_named_as_they_come),
		TEST(threads_that_came_before_are_found_in_proc),
		TEST(libvirt_on_cgroup_v2_tells_parts),
		TEST(libvirt_on_cgroup_v1_tells_parts),
		TEST(vcpus_without_a_name_are_counted_in_their_order),
		TEST(another_process_with_its_tid_is_another),
		TEST(a_program_that_a_vm_s_process_becomes_is_no_vm),
		TEST(arguments_that_are_not_there_yet_are_read_later),
		TEST(a_program_names_vms_by_uuid_also_later),
		TEST(what_a_program_tells_again_is_remembered_once),
		TEST(a_mapping_goes_before_all),
		TEST(cgroups_name_all_others_when_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
