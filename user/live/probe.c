/* SPDX-License-Identifier: Apache-2.0 */
#include "live/probe.h"

#include "base/capability.h"
#include "live/live_internal.h"

#include <bpf/btf.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#define FLOOR_MAJOR 5
#define FLOOR_MINOR 15

struct probe_version probe_parse_version(const char *release)
{
	struct probe_version version = { 0 };

	sscanf(release, "%u.%u.%u", &version.major, &version.minor, &version.patch);
	return version;
}

static bool is_below_floor(struct probe_version version)
{
	return version.major < FLOOR_MAJOR ||
	       (version.major == FLOOR_MAJOR && version.minor < FLOOR_MINOR);
}

bool probe_has_capability(const struct probe *probe, int capability)
{
	return probe->capabilities >> capability & 1;
}

static bool may_use_bpf(const struct probe *probe)
{
	return probe_has_capability(probe, CAP_SYS_ADMIN) ||
	       (probe_has_capability(probe, CAP_BPF) && probe_has_capability(probe, CAP_PERFMON));
}

static bool read_preempt_rt(const char *kernel_build)
{
	char digit = '0';
	FILE *file = fopen("/sys/kernel/realtime", "re");

	if (file) {
		if (fread(&digit, 1, 1, file) != 1)
			digit = '0';
		fclose(file);
	}
	return digit == '1' || strstr(kernel_build, "PREEMPT_RT") ||
	       strstr(kernel_build, "PREEMPT RT");
}

static const struct btf_member *find_member(const struct btf *btf, const char *struct_name,
					    const char *name)
{
	int id = btf__find_by_name_kind(btf, struct_name, BTF_KIND_STRUCT);
	const struct btf_type *type;

	if (id < 0)
		return NULL;
	type = btf__type_by_id(btf, (uint32_t)id);
	for (int i = 0; i < btf_vlen(type); i++) {
		const struct btf_member *member = &btf_members(type)[i];

		if (strcmp(btf__name_by_offset(btf, member->name_off), name) == 0)
			return member;
	}
	return NULL;
}

static bool struct_has_member(const struct btf *btf, const char *struct_name, const char *member)
{
	return find_member(btf, struct_name, member);
}

bool probe_rt_ring_sleeps(const struct btf *btf)
{
	const struct btf_member *lock = find_member(btf, "bpf_ringbuf", "spinlock");
	const struct btf_type *type;

	if (!lock)
		return true;
	type = btf__type_by_id(btf, lock->type);
	return strcmp(btf__name_by_offset(btf, type->name_off), "spinlock_t") == 0;
}

/* How many arguments a raw tracepoint has beside its own first one (void *data). */
static int tracepoint_argument_count(const struct btf *btf, const char *typedef_name)
{
	int id = btf__find_by_name_kind(btf, typedef_name, BTF_KIND_TYPEDEF);
	const struct btf_type *type;

	if (id < 0)
		return 0;
	type = btf__type_by_id(btf, btf__type_by_id(btf, (uint32_t)id)->type);
	if (!btf_is_ptr(type))
		return 0;
	type = btf__type_by_id(btf, type->type);
	return btf_is_func_proto(type) ? btf_vlen(type) - 1 : 0;
}

static void read_btf(struct probe *probe)
{
	struct btf *btf;

	live_hush_libbpf();
	btf = btf__load_vmlinux_btf();
	if (!btf)
		return;
	probe->has_btf = true;
	probe->has_prev_state_argument =
		tracepoint_argument_count(btf, "btf_trace_sched_switch") >= 4;
	probe->has_sched_info = struct_has_member(btf, "sched_info", "run_delay");
	probe->has_run_queue_clock = struct_has_member(btf, "sched_entity", "cfs_rq") &&
				     struct_has_member(btf, "cfs_rq", "rq");
	probe->rt_ring_sleeps = probe->preempt_rt && probe_rt_ring_sleeps(btf);
	btf__free(btf);
}

/* The first one has this number in every kernel: PROC_USER_INIT_INO (include/linux/proc_ns.h). */
#define FIRST_USER_NAMESPACE "user:[4026531837]"

static bool read_is_contained(void)
{
	char name[64];
	ssize_t length = readlink("/proc/self/ns/user", name, sizeof(name) - 1);

	if (length < 0)
		return false;
	name[length] = '\0';
	return strcmp(name, FIRST_USER_NAMESPACE) != 0;
}

/* time_namespaces(7): lines of a clock's name, seconds, nanoseconds. */
static bool read_clock_is_shifted(void)
{
	FILE *file = fopen("/proc/self/timens_offsets", "re");
	long long seconds, nanoseconds;
	bool shifted = false;
	char clock[32];

	if (!file)
		return false;
	while (!shifted && fscanf(file, "%31s %lld %lld", clock, &seconds, &nanoseconds) == 3)
		shifted = strcmp(clock, "monotonic") == 0 && (seconds || nanoseconds);
	fclose(file);
	return shifted;
}

void probe_read(struct probe *probe)
{
	struct utsname names;

	memset(probe, 0, sizeof(*probe));
	uname(&names);
	snprintf(probe->release, sizeof(probe->release), "%s", names.release);
	snprintf(probe->machine, sizeof(probe->machine), "%s", names.machine);
	snprintf(probe->host, sizeof(probe->host), "%s", names.nodename);
	probe->version = probe_parse_version(names.release);
	probe->preempt_rt = read_preempt_rt(names.version);
	probe->capabilities = capability_read().effective;
	probe->is_contained = read_is_contained();
	probe->has_rights = !probe->is_contained && may_use_bpf(probe);
	probe->clock_is_shifted = read_clock_is_shifted();
	read_btf(probe);
}

bool probe_can_record(const struct probe *probe, char *message, size_t message_bytes)
{
	if (is_below_floor(probe->version))
		snprintf(message, message_bytes,
			 "Linux %s is too old to record on: 5.15 or newer is needed",
			 probe->release);
	else if (probe->is_contained)
		snprintf(message, message_bytes,
			 "this process is in a user namespace (user_namespaces(7)), whose root may "
			 "load no BPF programs: run it outside, on the host");
	else if (!probe->has_rights)
		snprintf(message, message_bytes,
			 "no right to load BPF programs: run as root (sudo), or with CAP_BPF and "
			 "CAP_PERFMON");
	else if (!probe->has_btf)
		snprintf(message, message_bytes,
			 "this kernel has no type information (/sys/kernel/btf/vmlinux): boot one "
			 "built with CONFIG_DEBUG_INFO_BTF=y");
	else if (probe->clock_is_shifted)
		snprintf(message, message_bytes,
			 "this process is in a time namespace with a CLOCK_MONOTONIC of its own "
			 "(time_namespaces(7)): run it outside, on the host");
	else if (probe->rt_ring_sleeps)
		snprintf(
			message, message_bytes,
			"Linux %s is PREEMPT_RT and its BPF ring buffer takes a sleeping lock: use "
			"6.12 or newer, 6.11.6, 6.6.84 or 6.1.192",
			probe->release);
	else
		return true;
	return false;
}
