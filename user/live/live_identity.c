/* SPDX-License-Identifier: Apache-2.0 */
/* Identity records of the kernel side, for account. */
#include "live/live_internal.h"

#include "account/account.h"
#include "live/cgroup.h"
#include "live/merge.h"
#include "pftrace.skel.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

int live_identity_tell(struct live *live, const struct account_identity *identity)
{
	int error = account_identity(live->account, identity);

	if (!error && live->told)
		error = live->told(live->told_context, identity);
	return error;
}

static int take_task(struct live *live, const struct pft_identity *identity)
{
	char comm[PFT_COMM_BYTES + 1] = { 0 };
	struct account_identity told = {
		.tid = identity->tid,
		.tgid = identity->tgid,
		.start_ns = identity->start_ns,
		.started_at_ns = (int64_t)(identity->start_ns - live->zero_monotonic_ns),
		.told_at_ns = (int64_t)(identity->at_mono_ns - live->zero_monotonic_ns),
		.kind = identity->flags & PFT_IDENTITY_KTHREAD ? ACCOUNT_KTHREAD : ACCOUNT_TASK,
		.comm = comm,
		.cgroup = cgroup_path(live->cgroups, identity->cgroup_id),
		.has_counters = true,
		.dead = identity->event == PFT_IDENTITY_DEAD,
		.voluntary = identity->voluntary,
		.involuntary = identity->involuntary,
		.run_delay_ns = identity->run_delay_ns,
		.run_ns = identity->run_ns,
	};
	int error = 0;

	if (!identity->tid)
		return 0; /* the idle tasks are known by their CPU */
	memcpy(comm, identity->comm, PFT_COMM_BYTES);
	if (identity->event == PFT_IDENTITY_EXEC)
		error = account_exec(live->account, identity->old_tid, identity->tid,
				     told.told_at_ns);
	return error ? error : live_identity_tell(live, &told);
}

static int take_cpu_online(struct live *live, const struct pft_identity *identity)
{
	int error = live_seed_cpu(live, identity->tid);

	return error ? error : merge_cpu_online(live->merge, identity->tid, identity->at_mono_ns);
}

int live_identity_take(struct live *live, const struct pft_identity *identity)
{
	switch (identity->event) {
	case PFT_IDENTITY_CPU_ONLINE:
		return take_cpu_online(live, identity);
	case PFT_IDENTITY_CPU_OFFLINE:
		return merge_cpu_offline(live->merge, identity->tid, identity->at_mono_ns);
	default:
		return take_task(live, identity);
	}
}

/* The iterator's output is whole records, one after the other, but read() may cut anywhere. */
static int read_records(struct live *live, int fd,
			int (*take)(struct live *live, const struct pft_identity *identity))
{
	char bytes[256 * sizeof(struct pft_identity)];
	struct pft_identity identity;
	size_t kept = 0, at;
	ssize_t got;
	int error;

	while ((got = read(fd, bytes + kept, sizeof(bytes) - kept)) > 0) {
		kept += (size_t)got;
		for (at = 0; at + sizeof(identity) <= kept; at += sizeof(identity)) {
			memcpy(&identity, bytes + at, sizeof(identity));
			error = take(live, &identity);
			if (error)
				return error;
		}
		memmove(bytes, bytes + at, kept - at);
		kept -= at;
	}
	return got < 0 ? -errno : 0;
}

int live_identity_iterate(struct live *live,
			  int (*take)(struct live *live, const struct pft_identity *identity))
{
	int fd = bpf_iter_create(bpf_link__fd(live->bpf->links.on_task));
	int error;

	if (fd < 0)
		return fd;
	error = read_records(live, fd, take);
	close(fd);
	return error;
}
