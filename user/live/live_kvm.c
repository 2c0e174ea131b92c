/* SPDX-License-Identifier: Apache-2.0 */
#include "live/live_kvm.h"

#include "account/account.h"
#include "kvm.skel.h"
#include "live/kvm_hooks.h"
#include "live/merge.h"
#include "pftrace.skel.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/membarrier.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* ---- open ---- */

static int take_record(void *context, const void *record, size_t bytes)
{
	struct live *live = context;

	return merge_kvm_record(live->merge, record, bytes);
}

static int map_all(struct live *live)
{
	struct live_kvm *kvm = &live->kvm;
	size_t bytes = (size_t)live->cpu_count * PFT_BLOCK_BYTES;
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	void *mapped;

	kvm->blocks_bytes = (bytes + page - 1) / page * page;
	mapped = mmap(NULL, kvm->blocks_bytes, PROT_READ, MAP_SHARED,
		      bpf_map__fd(kvm->bpf->maps.kvm_blocks), 0);
	if (mapped == MAP_FAILED)
		return -errno;
	kvm->blocks = mapped;
	return live_ring_open(&kvm->ring, bpf_map__fd(kvm->bpf->maps.kvm_ring), take_record, live);
}

static void attach(struct live *live, const struct kvm_probe *probe)
{
	struct live_kvm *kvm = &live->kvm;
	const struct kvm_hooks_maps maps = { kvm->options.ring_bytes,
					     bpf_map__fd(live->bpf->maps.cpus) };
	char message[LIVE_MESSAGE_BYTES];
	int error;

	kvm->state = LIVE_KVM_REFUSED;
	kvm->hook = kvm->options.kvm_hook;
	kvm->bpf = kvm_hooks_open(&live->probe, probe, &maps, &kvm->hook, message);
	if (!kvm->bpf) {
		snprintf(kvm->words, sizeof(kvm->words), "%.400s", message);
		return;
	}
	error = map_all(live);
	if (error) {
		snprintf(kvm->words, sizeof(kvm->words), "cannot map its ring: %s",
			 strerror(-error));
		live_kvm_close(live);
		return;
	}
	kvm->state = LIVE_KVM_RECORDED;
	snprintf(kvm->words, sizeof(kvm->words), "%s, by %s hooks", probe->vendor,
		 kvm_hooks_word(kvm->hook));
}

/* Exits are told to runs by what the scheduler notes of them. */
static bool runs_are_told(const struct live *live)
{
	return live->probe.has_sched_info && live->probe.has_run_queue_clock;
}

void live_kvm_open(struct live *live, const struct probe *probe, const struct live_options *options)
{
	struct live_kvm *kvm = &live->kvm;
	struct kvm_probe found;

	live->probe = *probe;
	kvm->options = *options;
	if (options->no_kvm)
		return;
	kvm_probe_read(&found);
	if (!options->no_sched && !runs_are_told(live)) {
		kvm->state = LIVE_KVM_REFUSED;
		snprintf(kvm->words, sizeof(kvm->words),
			 "this kernel does not tell the runs that exits belong to "
			 "(CONFIG_SCHED_INFO, CONFIG_FAIR_GROUP_SCHED); --no-sched records KVM "
			 "alone");
	} else if (found.vendor[0]) {
		attach(live, &found);
	} else if (found.possible) {
		kvm->state = LIVE_KVM_AWAITED;
		snprintf(kvm->words, sizeof(kvm->words), "no module that runs guests is loaded");
	} else {
		kvm->state = LIVE_KVM_ABSENT;
		snprintf(kvm->words, sizeof(kvm->words), "this machine runs no guests");
	}
}

void live_kvm_close(struct live *live)
{
	struct live_kvm *kvm = &live->kvm;

	live_ring_close(&kvm->ring);
	if (kvm->blocks)
		munmap((void *)kvm->blocks, kvm->blocks_bytes);
	kvm_bpf__destroy(kvm->bpf);
	kvm->ring = (struct live_ring){ 0 };
	kvm->blocks = NULL;
	kvm->bpf = NULL;
}

enum live_kvm_state live_kvm_state(const struct live *live, const char **words)
{
	if (words)
		*words = live->kvm.words;
	return live->kvm.state;
}

/* ---- while recording ---- */

void live_kvm_start(struct live *live)
{
	live->kvm.started = true;
	if (live->kvm.bpf)
		live->kvm.bpf->bss->kvm_gate_open = 1;
}

void live_kvm_await(struct live *live)
{
	struct kvm_probe found;

	if (live->kvm.state != LIVE_KVM_AWAITED || !kvm_probe_has_come())
		return;
	kvm_probe_read(&found);
	attach(live, &found);
	if (live->kvm.started)
		live_kvm_start(live);
}

int live_kvm_look(struct live *live)
{
	int error = 0;

	for (uint32_t cpu = 0; live->kvm.blocks && cpu < live->cpu_count && !error; cpu++)
		error = merge_kvm_look_at(live->merge, cpu, &live->kvm.blocks[cpu]);
	return error;
}

int live_kvm_drain(struct live *live)
{
	return live->kvm.blocks ? live_ring_drain(&live->kvm.ring) : 0;
}

/* A hook may be preempted in the middle, so an interrupt on every CPU is not enough: this waits for
   RCU. Where CPUs have nohz_full it is refused (membarrier(2)): then the event of such a hook, and
   no other, may be missing. */
void live_kvm_stop(struct live *live)
{
	if (!live->kvm.bpf)
		return;
	live->kvm.bpf->bss->kvm_gate_open = 0;
	syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
}

/* ---- losses and totals ---- */

/* Runs of the hooks that the kernel skipped, because one was still running. */
static uint64_t read_recursions(const struct kvm_bpf *bpf)
{
	struct bpf_program *program;
	uint64_t misses = 0;

	bpf_object__for_each_program(program, bpf->obj)
	{
		struct bpf_prog_info info = { 0 };
		uint32_t bytes = sizeof(info);

		if (bpf_program__autoload(program) &&
		    !bpf_obj_get_info_by_fd(bpf_program__fd(program), &info, &bytes))
			misses += info.recursion_misses;
	}
	return misses;
}

int live_kvm_count_losses(struct live *live)
{
	struct live_kvm *kvm = &live->kvm;
	uint32_t alone_lost = 0, failed = 0, made = 0;
	uint64_t new_lost, recursions;

	if (!kvm->bpf)
		return 0;
	for (uint32_t cpu = 0; cpu < live->cpu_count; cpu++) {
		alone_lost += kvm->blocks[cpu].alone_lost;
		failed += kvm->blocks[cpu].totals_failed + kvm->blocks[cpu].threads_failed;
		made += kvm->blocks[cpu].totals_made + kvm->blocks[cpu].threads_made;
	}
	recursions = read_recursions(kvm->bpf);
	account_count_loss(live->account, LOSS_TOTALS_EVICTION, (uint32_t)(failed - kvm->failed));
	new_lost = (uint32_t)(alone_lost - kvm->alone_lost) + recursions - kvm->recursions;
	kvm->any_failed = kvm->any_failed || failed != kvm->failed;
	kvm->failed = failed;
	kvm->alone_lost = alone_lost;
	kvm->recursions = recursions;
	kvm->made = made;
	return new_lost ? account_kvm_lost(live->account, ACCOUNT_ALL_TIDS, new_lost) : 0;
}

static int feed_total(struct live *live, const struct pft_kvm_total_key *key,
		      const struct pft_kvm_total *value, bool over)
{
	struct account_exit_total total = {
		.tid = key->who & PFT_TID_MASK,
		.start_ns = key->start_ns,
		.isa = (enum account_isa)((key->who & PFT_KVM_ISA_MASK) >> PFT_KVM_ISA_SHIFT),
		.reason = key->reason,
		.count = value->count,
		.host_ns = value->host_ns,
		.host_max_ns = value->host_max_ns,
		.over = over,
	};

	return account_exit_total(live->account, &total);
}

int live_kvm_feed_totals(struct live *live, bool *complete)
{
	struct pft_kvm_total_key key, *before = NULL;
	struct pft_kvm_total value;
	int map, error = live_kvm_count_losses(live);

	if (!live->kvm.bpf)
		return error;
	map = bpf_map__fd(live->kvm.bpf->maps.kvm_totals);
	while (!error && bpf_map_get_next_key(map, before, &key) == 0) {
		if (bpf_map_lookup_elem(map, &key, &value) == 0)
			error = feed_total(live, &key, &value, false);
		before = &key;
	}
	if (live->kvm.any_failed)
		*complete = false;
	return error;
}

/* ---- sweep ---- */

#define SWEEP_SHARE 4 /* when a quarter of the smaller map has come since the last sweep */

bool live_kvm_wants_sweep(const struct live *live)
{
	const struct live_kvm *kvm = &live->kvm;

	return kvm->bpf && kvm->made - kvm->made_swept >=
				   bpf_map__max_entries(kvm->bpf->maps.kvm_threads) / SWEEP_SHARE;
}

/* A thread's totals change no more once it is over. */
static int sweep_total(struct live *live, int map, const struct pft_kvm_total_key *key)
{
	struct pft_kvm_total value;
	int error;

	if (!live_sweep_is_over(live, key->who & PFT_TID_MASK, key->start_ns) ||
	    bpf_map_lookup_elem(map, key, &value)) {
		account_total_is_due(live->account, key->who & PFT_TID_MASK, key->start_ns);
		return 0;
	}
	error = feed_total(live, key, &value, true);
	if (!error)
		bpf_map_delete_elem(map, key);
	return error;
}

static int sweep_totals(struct live *live)
{
	int map = bpf_map__fd(live->kvm.bpf->maps.kvm_totals);
	struct pft_kvm_total_key key, next;
	int error = 0;
	/* the one behind is asked for first: behind one that is gone the kernel begins anew */
	bool more = !bpf_map_get_next_key(map, NULL, &next);

	while (more && !error) {
		key = next;
		more = !bpf_map_get_next_key(map, &key, &next);
		error = sweep_total(live, map, &key);
	}
	return error;
}

static void sweep_threads(struct live *live)
{
	int map = bpf_map__fd(live->kvm.bpf->maps.kvm_threads);
	struct pft_kvm_thread thread;
	uint32_t tid, next;
	bool more = !bpf_map_get_next_key(map, NULL, &next);

	while (more) {
		tid = next;
		more = !bpf_map_get_next_key(map, &tid, &next);
		if (!bpf_map_lookup_elem(map, &tid, &thread) &&
		    live_sweep_is_over(live, tid, thread.start_ns))
			bpf_map_delete_elem(map, &tid);
	}
}

int live_kvm_sweep(struct live *live)
{
	if (!live->kvm.bpf)
		return 0;
	live->kvm.made_swept = live->kvm.made;
	sweep_threads(live);
	return sweep_totals(live);
}
