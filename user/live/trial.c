/* SPDX-License-Identifier: Apache-2.0 */
#include "live/trial.h"

#include "live/cgroup.h"
#include "live/kvm_hooks.h"
#include "live/live_internal.h"
#include "pftrace.skel.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <unistd.h>

/* The smallest that the kernel takes, whatever its pages are. */
#define RING_BYTES 65536

static int shrink_maps(struct pftrace_bpf *bpf)
{
	int error = bpf_map__set_max_entries(bpf->maps.blocks, live_possible_cpus());

	if (!error)
		error = bpf_map__set_max_entries(bpf->maps.evicted, 1);
	if (!error)
		error = bpf_map__set_max_entries(bpf->maps.ring, RING_BYTES);
	if (!error)
		error = bpf_map__set_max_entries(bpf->maps.identity_ring, RING_BYTES);
	return error;
}

/* Loads one program alone. The result is the caller's; NULL with *error set. */
static struct pftrace_bpf *load(const struct probe *probe, const char *name, int *error)
{
	struct bpf_program *program;
	struct pftrace_bpf *bpf;

	live_hush_libbpf();
	bpf = pftrace_bpf__open();
	*error = bpf ? shrink_maps(bpf) : -errno;
	if (*error)
		goto out;
	bpf->rodata->has_prev_state_argument = probe->has_prev_state_argument;
	bpf_object__for_each_program(program, bpf->obj) bpf_program__set_autoload(program, false);
	program = bpf_object__find_program_by_name(bpf->obj, name);
	*error = program ? bpf_program__set_autoload(program, true) : -ENOENT;
	if (!*error)
		*error = pftrace_bpf__load(bpf);
out:
	if (!*error)
		return bpf;
	pftrace_bpf__destroy(bpf);
	return NULL;
}

int trial_hook(const struct probe *probe, const char *name)
{
	struct bpf_link *link;
	int error;
	struct pftrace_bpf *bpf = load(probe, name, &error);

	if (!bpf)
		return error;
	link = bpf_program__attach(bpf_object__find_program_by_name(bpf->obj, name));
	error = link ? 0 : -errno;
	bpf_link__destroy(link);
	pftrace_bpf__destroy(bpf);
	return error;
}

int trial_kvm(const struct probe *probe, const struct kvm_probe *kvm, enum live_kvm_hook hook,
	      char message[LIVE_MESSAGE_BYTES])
{
	const struct kvm_hooks_maps maps = { RING_BYTES, -1 };
	struct kvm_bpf *bpf = kvm_hooks_open(probe, kvm, &maps, &hook, message);

	kvm_hooks_close(bpf);
	return bpf ? 0 : -ENOTSUP;
}

/* 0 when the iterator gives at least one task. */
static int read_tasks(const struct bpf_link *link)
{
	char bytes[4096];
	int fd = bpf_iter_create(bpf_link__fd(link));
	ssize_t got;

	if (fd < 0)
		return fd;
	got = read(fd, bytes, sizeof(bytes));
	close(fd);
	if (got > 0)
		return 0;
	return got ? -errno : -ENODATA;
}

int trial_task_iterator(const struct probe *probe)
{
	struct bpf_link *link;
	int error;
	struct pftrace_bpf *bpf = load(probe, "on_task", &error);

	if (!bpf)
		return error;
	link = bpf_program__attach(bpf->progs.on_task);
	error = link ? read_tasks(link) : -errno;
	bpf_link__destroy(link);
	pftrace_bpf__destroy(bpf);
	return error;
}

int trial_run_on_cpus(const struct probe *probe)
{
	int error;
	struct pftrace_bpf *bpf = load(probe, "empty", &error);

	for (uint32_t cpu = 0; bpf && !error && cpu < live_possible_cpus(); cpu++)
		error = live_run_on_cpu(bpf->progs.empty, cpu);
	pftrace_bpf__destroy(bpf);
	return error;
}

int trial_ring(void)
{
	int fd = bpf_map_create(BPF_MAP_TYPE_RINGBUF, "pftrace_trial", 0, 0, RING_BYTES, NULL);

	if (fd < 0)
		return fd;
	close(fd);
	return 0;
}

int trial_stats(void)
{
	int fd = bpf_enable_stats(BPF_STATS_RUN_TIME);

	if (fd < 0)
		return fd;
	close(fd);
	return 0;
}

int trial_cgroup_paths(void)
{
	struct cgroup_paths *paths = cgroup_paths_new();
	int error = paths ? cgroup_paths_offered(paths) : -ENOMEM;

	cgroup_paths_free(paths);
	return error;
}
