/* SPDX-License-Identifier: Apache-2.0 */
#include "live/live_internal.h"

#include "account/account.h"
#include "base/clock.h"
#include "live/cgroup.h"
#include "live/cost.h"
#include "live/cpu_list.h"
#include "live/live_kvm.h"
#include "live/live_memory.h"
#include "live/merge.h"
#include "live/probe.h"
#include "pftrace.skel.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Which CPUs there may ever be. Their numbers may have holes: libbpf tells how many there are. */
#define POSSIBLE_CPUS "/sys/devices/system/cpu/possible"

/* ---- open ---- */

static int silent(enum libbpf_print_level level, const char *format, va_list arguments)
{
	if (getenv("PFTRACE_DEBUG") && level <= LIBBPF_INFO)
		return vfprintf(stderr, format, arguments);
	return 0;
}

void live_hush_libbpf(void)
{
	libbpf_set_print(silent);
}

static int fail(char *message, int error, const char *what)
{
	snprintf(message, LIVE_MESSAGE_BYTES, "%s: %s%s", what, strerror(-error),
		 error == -EPERM || error == -EACCES
			 ? " (run as root, or with CAP_BPF and CAP_PERFMON)"
			 : "; PFTRACE_DEBUG=1 shows what libbpf says");
	return error;
}

uint32_t live_possible_cpus(void)
{
	uint32_t *numbers = NULL, cpu_count = 1;
	size_t count = 0;

	if (!cpu_list_read(POSSIBLE_CPUS, &numbers, &count) && count)
		cpu_count = numbers[count - 1] + 1;
	free(numbers);
	return cpu_count;
}

int live_size_maps(struct pftrace_bpf *bpf, uint32_t cpu_count, uint32_t ring_bytes)
{
	int error = bpf_map__set_max_entries(bpf->maps.blocks, cpu_count);

	if (!error)
		error = bpf_map__set_max_entries(bpf->maps.sums, cpu_count);
	if (!error)
		error = bpf_map__set_max_entries(bpf->maps.evicted, live_sweep_entries(cpu_count));
	if (!error && ring_bytes)
		error = bpf_map__set_max_entries(bpf->maps.ring, ring_bytes);
	return error;
}

static int load(struct live *live, const struct live_options *options, const struct probe *probe,
		char *message)
{
	int error;

	live_hush_libbpf();
	live->bpf = pftrace_bpf__open();
	if (!live->bpf)
		return fail(message, -errno, "cannot read the BPF object in this binary");
	live->bpf->rodata->has_prev_state_argument = probe->has_prev_state_argument;
	bpf_program__set_autoload(live->bpf->progs.on_task_exit, options->no_sched);
	if (options->no_sched) {
		bpf_program__set_autoload(live->bpf->progs.on_sched_switch, false);
		bpf_program__set_autoload(live->bpf->progs.on_cpu_state, false);
	}
	error = live_size_maps(live->bpf, live->cpu_count, options->ring_bytes);
	if (!error)
		error = pftrace_bpf__load(live->bpf);
	return error ? fail(message, error, "cannot load the BPF programs") : 0;
}

/* A skeleton maps .data and .bss only; the blocks are mapped by hand, whole pages of them. */
static int map_blocks(struct live *live, char *message)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	void *mapped;

	live->blocks_bytes = ((size_t)live->cpu_count * PFT_BLOCK_BYTES + page - 1) / page * page;
	mapped = mmap(NULL, live->blocks_bytes, PROT_READ, MAP_SHARED,
		      bpf_map__fd(live->bpf->maps.blocks), 0);
	if (mapped == MAP_FAILED)
		return fail(message, -errno, "cannot map the sample blocks");
	live->blocks = mapped;
	return 0;
}

static int take_block(void *context, const void *record, size_t bytes)
{
	struct live *live = context;

	return merge_block(live->merge, record, bytes);
}

static int take_identity(void *context, const void *record, size_t bytes)
{
	struct live *live = context;

	return bytes >= sizeof(struct pft_identity) ? live_identity_take(live, record) : 0;
}

static int open_rings(struct live *live, char *message)
{
	int error =
		live_ring_open(&live->samples, bpf_map__fd(live->bpf->maps.ring), take_block, live);

	if (!error)
		error = live_ring_open(&live->identities,
				       bpf_map__fd(live->bpf->maps.identity_ring), take_identity,
				       live);
	return error ? fail(message, error, "cannot map the BPF rings") : 0;
}

int live_open(const struct live_options *options, const struct probe *probe, struct live **opened,
	      char message[LIVE_MESSAGE_BYTES])
{
	struct live *live = calloc(1, sizeof(*live));
	int error = -ENOMEM;

	if (!live)
		return fail(message, error, "cannot begin");
	live->told = options->told;
	live->told_context = options->told_context;
	live->pids_are_local = options->pids_are_local;
	/* the kernel writes a per-CPU map's value for as many CPUs as it has */
	error = cpu_list_read(POSSIBLE_CPUS, &live->possible, &live->possible_count);
	if (error || !live->possible_count) {
		error = fail(message, error ? error : -ENOENT, "cannot read " POSSIBLE_CPUS);
		goto out;
	}
	error = -ENOMEM;
	live->cpu_count = live->possible[live->possible_count - 1] + 1;
	live->cpus = calloc(live->cpu_count, sizeof(*live->cpus));
	live->cgroups = cgroup_paths_new();
	live->cost = cost_new();
	if (!live->cpus || !live->cgroups || !live->cost || live_cut_new(live) ||
	    seat_init(&live->seat, live->cpu_count)) {
		fail(message, error, "cannot begin");
		goto out;
	}
	error = load(live, options, probe, message);
	live->peak_before_maps_bytes = live_memory_peak_bytes();
	if (!error)
		error = map_blocks(live, message);
	if (!error)
		error = open_rings(live, message);
	if (error)
		goto out;
	cost_watch(live->cost, bpf_program__fd(live->bpf->progs.on_sched_switch),
		   bpf_program__fd(live->bpf->progs.empty));
	error = pftrace_bpf__attach(live->bpf);
	if (error)
		fail(message, error, "cannot attach to the scheduler's tracepoints");
	else
		live_kvm_open(live, probe, options);
out:
	if (error)
		live_close(live);
	else
		*opened = live;
	return error;
}

void live_close(struct live *live)
{
	if (!live)
		return;
	live_kvm_close(live);
	live_ring_close(&live->samples);
	live_ring_close(&live->identities);
	cost_free(live->cost);
	merge_free(live->merge);
	cgroup_paths_free(live->cgroups);
	if (live->blocks)
		munmap((void *)live->blocks, live->blocks_bytes);
	pftrace_bpf__destroy(live->bpf);
	live_cut_free(live);
	seat_free(&live->seat);
	free(live->alive);
	free(live->cpus);
	free(live->possible);
	free(live);
}

uint32_t live_cpu_count(const struct live *live)
{
	return live->cpu_count;
}

int live_offers_cgroups(const struct live *live)
{
	return cgroup_paths_offered(live->cgroups);
}

/* ---- start ---- */

static int seed_all(struct live *live, char *message)
{
	for (uint32_t cpu = 0; cpu < live->cpu_count; cpu++) {
		int error = live_seed_cpu(live, cpu);

		if (error)
			return fail(message, error, "cannot run a BPF program on every CPU");
		if (!live->blocks[cpu].seeded_mono_ns) {
			error = merge_cpu_offline(live->merge, cpu, live->zero_monotonic_ns);
			if (error)
				return fail(message, error, "cannot begin");
		}
	}
	return 0;
}

static int ignore_identity(void *context, const void *record, size_t bytes)
{
	(void)context;
	(void)record;
	(void)bytes;
	return 0;
}

/*
 * The hooks are there before zero, and what follows may take its time (a mapping that is read from a
 * pipe, say). Whoever came or went meanwhile is listed then, or is nobody's business; and names that
 * found no room are no loss of this capture.
 */
static int forget_before_zero(struct live *live)
{
	int error;

	live->identities.take = ignore_identity;
	error = live_ring_drain(&live->identities);
	live->identities.take = take_identity;
	return error ? error : live_totals_begin(live);
}

int live_start(struct live *live, struct account *account, char message[LIVE_MESSAGE_BYTES])
{
	int error = 0;

	live->account = account;
	live->zero_realtime_ns = clock_ns(CLOCK_REALTIME);
	live->zero_monotonic_ns = clock_now_ns();
	live->watermark_ns = live->zero_monotonic_ns;
	live->looked_at_ns = live->zero_monotonic_ns;
	live->merge = merge_new(live->cpu_count, live->zero_monotonic_ns, account);
	if (!live->merge)
		return fail(message, -ENOMEM, "cannot begin");
	error = forget_before_zero(live);
	if (error)
		return fail(message, error, "cannot begin");
	live_urgency_begin(live);
	live->bpf->bss->gate_open = 1;
	cost_tick(live->cost, live->zero_monotonic_ns);
	if (live->kvm.options.no_sched)
		merge_without_switches(live->merge);
	else
		error = seed_all(live, message);
	if (error)
		return error;
	live_kvm_start(live); /* in runs that are known */
	error = live_sweep_list(live, live_identity_take);
	if (!error)
		error = live_proc_take_hidden(live);
	return error ? fail(message, error, "cannot read the list of tasks") : 0;
}

uint64_t live_zero_monotonic_ns(const struct live *live)
{
	return live->zero_monotonic_ns;
}

uint64_t live_zero_realtime_ns(const struct live *live)
{
	return live->zero_realtime_ns;
}

/* ---- as time passes ---- */

/* Looks at the blocks in progress first, so that what leaves them meanwhile comes by the ring. */
static int gather(struct live *live)
{
	int error = live_kvm_look(live);

	for (uint32_t cpu = 0; cpu < live->cpu_count && !error; cpu++)
		error = merge_look(live->merge, cpu, &live->blocks[cpu]);
	if (!error)
		error = live_ring_drain(&live->samples);
	if (!error)
		error = live_kvm_drain(live);
	if (!error)
		error = live_ring_drain(&live->identities);
	return error ? error : merge_looked(live->merge);
}

int live_drain(struct live *live)
{
	uint64_t seen_ns = live->looked_at_ns;
	int error;

	live->looked_at_ns = clock_now_ns();
	live_kvm_await(live);
	live_urgency_tick(live);
	live_seat_tick(live);
	error = live_cut_tick(live, live->looked_at_ns);
	if (!error)
		error = gather(live);
	if (error)
		return error;
	cost_tick(live->cost, clock_now_ns());
	/* a look uses what the look before it saw counted */
	if (seen_ns - live->zero_monotonic_ns <= LIVE_CLOCK_LAG_NS)
		return 0;
	live->watermark_ns = live_cut_limit(live, seen_ns - LIVE_CLOCK_LAG_NS);
	return merge_advance(live->merge, live->watermark_ns);
}

int live_flush(struct live *live)
{
	int error = live_totals_count_losses(live);

	if (!error)
		error = live_kvm_count_losses(live);
	if (!error)
		error = live_sweep(live);
	if (error)
		return error;
	return account_flush(live->account, merge_complete_ns(live->merge));
}

/* ---- the end ---- */

/* As the numbers of the samples tell. */
static uint64_t switches_of(const struct live *live, uint32_t cpu)
{
	const struct pft_cpu *state = &live->cpus[cpu];

	return state->first_number + PFT_WORD_COUNT(live->blocks[cpu].word) - state->markers;
}

void live_fill_cost(struct live *live, struct capture_end *end)
{
	uint64_t ns_per_switch = cost_ns_per_switch(live->cost), switches = 0;

	for (uint32_t cpu = 0; cpu < live->cpu_count; cpu++)
		switches += switches_of(live, cpu);
	switches -= live->cut_switches;
	live->cut_switches += switches;
	end->cost.bpf_ns_per_switch = ns_per_switch;
	end->cost.bpf_ns = ns_per_switch == CAPTURE_NIL ? CAPTURE_NIL : ns_per_switch * switches;
	end->cost.kernel_memory_bytes = live_kernel_memory_bytes(live);
}

/* A switch that had passed the gate before it was closed may be stamped after that. */
static void stop_behind_all(struct live *live)
{
	uint64_t latest_ns = live->zero_monotonic_ns + account_latest_ns(live->account);

	if (live->stopped_ns < latest_ns)
		live->stopped_ns = latest_ns;
}

static int stop_and_gather(struct live *live)
{
	int error;

	live_kvm_stop(live); /* first: what is told of lies in runs that are known */
	live->bpf->bss->gate_open = 0;
	live->stopped_ns = clock_now_ns();
	live_wait_for_cpus(live);
	merge_final(live->merge);
	error = gather(live);
	if (!error)
		error = live_identity_iterate(live, live_identity_take);
	if (!error)
		error = merge_advance(live->merge, UINT64_MAX);
	if (!error)
		stop_behind_all(live);
	return error;
}

int live_halt(struct live *live)
{
	if (live->halted)
		return 0;
	live->halted = true;
	cost_end(live->cost);
	return stop_and_gather(live);
}

int live_stop(struct live *live, struct capture_end *end)
{
	bool complete = false;
	int error;

	error = live_halt(live);
	end->duration_ns = live->stopped_ns - live->zero_monotonic_ns;
	if (!error)
		error = live_totals_feed(live, &complete);
	if (!error)
		error = live_kvm_feed_totals(live, &complete);
	live_fill_cost(live, end);
	return error ? error
		     : account_end(live->account, end, !live->kvm.options.no_sched, complete);
}
