/* SPDX-License-Identifier: Apache-2.0 */
#include "live/kvm_hooks.h"

#include "base/capability.h"
#include "kvm.skel.h"
#include "live/live_internal.h"
#include "live/tracefs.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Of threads that run guests, and reasons that each is left for: what is more is counted as lost. */
#define THREADS_PER_CPU 16
#define THREADS_MIN 1024
#define THREADS_MAX 16384
#define REASONS_PER_THREAD 16

const char *kvm_hooks_word(enum live_kvm_hook hook)
{
	return hook == LIVE_KVM_CLASSIC ? "classic" : "tp_btf";
}

int kvm_hooks_size_maps(struct kvm_bpf *bpf, uint32_t cpu_count, uint32_t ring_bytes)
{
	uint32_t threads = cpu_count * THREADS_PER_CPU;
	int error = bpf_map__set_max_entries(bpf->maps.kvm_blocks, cpu_count);

	if (threads < THREADS_MIN)
		threads = THREADS_MIN;
	if (threads > THREADS_MAX)
		threads = THREADS_MAX;
	if (!error)
		error = bpf_map__set_max_entries(bpf->maps.kvm_threads, threads);
	if (!error)
		error = bpf_map__set_max_entries(bpf->maps.kvm_totals,
						 threads * REASONS_PER_THREAD);
	if (!error && ring_bytes)
		error = bpf_map__set_max_entries(bpf->maps.kvm_ring, ring_bytes);
	return error;
}

/* ---- of one kind ---- */

static void choose_programs(struct kvm_bpf *bpf, const struct kvm_probe *kvm, bool classic)
{
	struct bpf_program *program;

	bpf_object__for_each_program(program, bpf->obj) bpf_program__set_autoload(program, false);
	bpf_program__set_autoload(classic ? bpf->progs.on_entry_classic : bpf->progs.on_entry_btf,
				  true);
#if defined(__x86_64__)
	if (!classic && kvm->exit_tells_reason) {
		bpf_program__set_autoload(bpf->progs.on_exit_btf_before_5_16, true);
		return;
	}
#else
	(void)kvm;
#endif
	bpf_program__set_autoload(classic ? bpf->progs.on_exit_classic : bpf->progs.on_exit_btf,
				  true);
}

#if defined(__aarch64__)
static int set_offsets(struct kvm_bpf *bpf)
{
	int error = kvm_probe_field("kvm_exit", "ret", &bpf->rodata->exit_reason_offset);

	return error ? error : kvm_probe_field("kvm_exit", "esr_ec", &bpf->rodata->exit_isa_offset);
}
#else
static int set_offsets(struct kvm_bpf *bpf)
{
	int error = kvm_probe_field("kvm_exit", "exit_reason", &bpf->rodata->exit_reason_offset);

	if (!error)
		error = kvm_probe_field("kvm_exit", "isa", &bpf->rodata->exit_isa_offset);
	return error ? error
		     : kvm_probe_field("kvm_entry", "vcpu_id", &bpf->rodata->entry_vcpu_offset);
}
#endif

static int read_id(const char *event)
{
	FILE *file = tracefs_open_event(event, "id");
	int id;
	int count;

	if (!file)
		return -errno;
	count = fscanf(file, "%d", &id);
	fclose(file);
	return count == 1 ? id : -ENOENT;
}

/* libbpf's own way needs tracefs in its usual place. An event of any CPU will do: the tracepoint
   calls the program on all of them. */
static int attach_classic(struct bpf_program *program, struct bpf_link **link)
{
	struct perf_event_attr attributes = {
		.type = PERF_TYPE_TRACEPOINT,
		.size = sizeof(attributes),
	};
	int id = read_id(bpf_program__section_name(program) + strlen("tp/"));
	int fd;

	if (id < 0)
		return id;
	attributes.config = (uint64_t)id;
	fd = (int)syscall(SYS_perf_event_open, &attributes, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
	if (fd < 0)
		return -errno;
	*link = bpf_program__attach_perf_event(program, fd);
	if (*link)
		return 0;
	close(fd);
	return -errno;
}

static int attach(struct kvm_bpf *bpf, bool classic)
{
	int error;

	if (!classic)
		return kvm_bpf__attach(bpf);
	error = attach_classic(bpf->progs.on_entry_classic, &bpf->links.on_entry_classic);
	return error ? error
		     : attach_classic(bpf->progs.on_exit_classic, &bpf->links.on_exit_classic);
}

static int prepare(struct kvm_bpf *bpf, const struct kvm_probe *kvm,
		   const struct kvm_hooks_maps *maps, bool classic)
{
	int error = kvm_hooks_size_maps(bpf, live_possible_cpus(), maps->ring_bytes);

	if (!error && maps->cpus >= 0)
		error = bpf_map__reuse_fd(bpf->maps.cpus, maps->cpus);
	choose_programs(bpf, kvm, classic);
	if (!error && classic)
		error = set_offsets(bpf);
	if (!error)
		error = kvm_bpf__load(bpf);
	return error ? error : attach(bpf, classic);
}

static struct kvm_bpf *open_kind(const struct kvm_probe *kvm, const struct kvm_hooks_maps *maps,
				 bool classic, int *error)
{
	struct kvm_bpf *bpf;

	live_hush_libbpf();
	bpf = kvm_bpf__open();
	*error = bpf ? prepare(bpf, kvm, maps, classic) : -errno;
	if (!*error)
		return bpf;
	kvm_bpf__destroy(bpf);
	return NULL;
}

/* ---- both ---- */

static struct kvm_bpf *open_btf(const struct probe *probe, const struct kvm_probe *kvm,
				const struct kvm_hooks_maps *maps, char *message)
{
	struct kvm_bpf *bpf = NULL;
	int error;

	if (!kvm->has_types) {
		snprintf(message, LIVE_MESSAGE_BYTES,
			 "there are no types (BTF) of %s that tell of its exits", kvm->vendor);
		return NULL;
	}
	if (kvm->in_module && !probe_has_capability(probe, CAP_SYS_ADMIN)) {
		snprintf(message, LIVE_MESSAGE_BYTES,
			 "looking for the types of %s needs CAP_SYS_ADMIN: run as root",
			 kvm->vendor);
		return NULL;
	}
	bpf = open_kind(kvm, maps, false, &error);
	if (!bpf)
		snprintf(message, LIVE_MESSAGE_BYTES,
			 "cannot load or attach its tp_btf hooks: %s; PFTRACE_DEBUG=1 shows what "
			 "libbpf says",
			 strerror(-error));
	return bpf;
}

/* Debian's kernels open no event of perf for CAP_PERFMON where this is above 2, as it is there. */
static bool perf_is_for_admins(const struct probe *probe)
{
	FILE *file = fopen("/proc/sys/kernel/perf_event_paranoid", "re");
	int paranoid = 0;
	bool is_told = file && fscanf(file, "%d", &paranoid) == 1;

	if (file)
		fclose(file);
	return is_told && paranoid > 2 && !probe_has_capability(probe, CAP_SYS_ADMIN);
}

static struct kvm_bpf *open_classic(const struct probe *probe, const struct kvm_probe *kvm,
				    const struct kvm_hooks_maps *maps, char *message)
{
	int error;
	struct kvm_bpf *bpf = open_kind(kvm, maps, true, &error);

	if (bpf)
		return bpf;
	if (error == -EACCES || error == -EPERM)
		snprintf(message, LIVE_MESSAGE_BYTES,
			 "its tracepoints may not be read: run as root, or with %sas well",
			 perf_is_for_admins(probe) ? "CAP_SYS_ADMIN and CAP_DAC_READ_SEARCH "
						   : "CAP_DAC_READ_SEARCH ");
	else if (error == -ENOENT)
		snprintf(message, LIVE_MESSAGE_BYTES,
			 "its tracepoints are not to be seen: mount -t tracefs none "
			 "/sys/kernel/tracing");
	else
		snprintf(message, LIVE_MESSAGE_BYTES,
			 "cannot load or attach its classic hooks: %s; PFTRACE_DEBUG=1 shows what "
			 "libbpf says",
			 strerror(-error));
	return NULL;
}

struct kvm_bpf *kvm_hooks_open(const struct probe *probe, const struct kvm_probe *kvm,
			       const struct kvm_hooks_maps *maps, enum live_kvm_hook *hook,
			       char message[LIVE_MESSAGE_BYTES])
{
	enum live_kvm_hook wanted = *hook;
	struct kvm_bpf *bpf = NULL;

	if (wanted != LIVE_KVM_CLASSIC) {
		*hook = LIVE_KVM_BTF;
		bpf = open_btf(probe, kvm, maps, message);
	}
	if (!bpf && wanted != LIVE_KVM_BTF) {
		*hook = LIVE_KVM_CLASSIC;
		bpf = open_classic(probe, kvm, maps, message);
	}
	return bpf;
}

void kvm_hooks_close(struct kvm_bpf *bpf)
{
	kvm_bpf__destroy(bpf);
}
