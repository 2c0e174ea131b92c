/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The hash map of totals is of a fixed size. An entry of a task that lives must stay: its CPU adds
 * to it at any moment. One of a task that is no more will never change again.
 */
#include "live/live_internal.h"

#include "account/account.h"
#include "base/array.h"
#include "base/clock.h"
#include "live/live_kvm.h"
#include "pftrace.skel.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define ENTRIES_MIN (128u << 10)
#define ENTRIES_MAX (4u << 20)
#define SWEEP_SHARE 4		  /* when a quarter of the map has come since the last sweep ... */
#define SWEEP_EVICTIONS_MAX 65536 /* ... or so many: keys of tasks that ended are kept till then */

/* The number of tasks is behind the slash of "0.1 0.2 0.3 2/345 6789" (proc_loadavg(5)). */
static uint32_t count_tasks(void)
{
	FILE *file = fopen("/proc/loadavg", "re");
	unsigned int tasks = 0;

	if (!file)
		return 0;
	if (fscanf(file, "%*s %*s %*s %*u/%u", &tasks) != 1)
		tasks = 0;
	fclose(file);
	return tasks;
}

/* A task may leave a total on each core; most stay on a few. */
uint32_t live_sweep_entries(uint32_t cpu_count)
{
	uint64_t wanted = (uint64_t)count_tasks() * (cpu_count < 4 ? cpu_count : 4) * 3 / 2;

	if (wanted < ENTRIES_MIN)
		return ENTRIES_MIN;
	return wanted < ENTRIES_MAX ? (uint32_t)wanted : ENTRIES_MAX;
}

static int compare_alive(const void *one, const void *other)
{
	const struct live_alive *a = one, *b = other;

	if (a->tid != b->tid)
		return a->tid < b->tid ? -1 : 1;
	return (a->start_ns > b->start_ns) - (a->start_ns < b->start_ns);
}

static int remember_alive(struct live *live, const struct pft_identity *identity)
{
	if (ARRAY_RESERVE(live->alive, live->alive_capacity, live->alive_count + 1))
		return -ENOMEM;
	live->alive[live->alive_count++] =
		(struct live_alive){ .start_ns = identity->start_ns, .tid = identity->tid };
	return live->also ? live->also(live, identity) : 0;
}

/* Some live tasks are not on the list (live_proc.c). */
static bool is_in_proc(uint32_t tid)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/%u", tid);
	return access(path, F_OK) == 0;
}

/* A task that is younger than the list of those alive is not on it: its entries stay. */
bool live_sweep_is_over(const struct live *live, uint32_t tid, uint64_t start_ns)
{
	struct live_alive wanted = { .start_ns = start_ns, .tid = tid };

	return start_ns < live->swept_before_ns &&
	       !bsearch(&wanted, live->alive, live->alive_count, sizeof(wanted), compare_alive) &&
	       !is_in_proc(tid);
}

/*
 * A task that is no more may still have a total in its CPU's slots, which is added to its entry when
 * another needs the place: until then the entry stays. (Of 48 million switches in an hour the totals
 * missed 20.) The slots were read before the entry, and their CPU moves a total out of the first way
 * before it puts another there: one that is in neither was added by then, and is not added to again.
 */
static bool is_in_slots(const struct live *live, const struct pft_evicted_key *key)
{
	const struct pft_total *ways = live->cpus[key->cpu].totals[key->tid % PFT_TOTAL_SETS];

	for (int way = 0; way < 2; way++)
		if (ways[way].tid == key->tid && ways[way].start_ns == key->start_ns)
			return true;
	return false;
}

static int sweep_one(struct live *live, const struct pft_evicted_key *key,
		     const struct pft_evicted *value)
{
	int error;

	if (!live_sweep_is_over(live, key->tid, key->start_ns) || key->cpu >= live->cpu_count ||
	    is_in_slots(live, key)) {
		account_total_is_due(live->account, key->tid, key->start_ns);
		return 0;
	}
	error = live_totals_feed_task(live, key, value, true);
	if (!error)
		bpf_map_delete_elem(bpf_map__fd(live->bpf->maps.evicted), key);
	return error;
}

int live_sweep_list(struct live *live,
		    int (*also)(struct live *live, const struct pft_identity *identity))
{
	int error;

	live->also = also;
	live->alive_count = 0;
	live->swept_before_ns = clock_now_ns();
	error = live_identity_iterate(live, remember_alive);
	if (live->alive_count)
		qsort(live->alive, live->alive_count, sizeof(*live->alive), compare_alive);
	return error;
}

/* What was read of the slots before the map: a total that moves there meanwhile is in one of them. */
static void name_slots(struct live *live)
{
	for (uint32_t cpu = 0; cpu < live->cpu_count; cpu++) {
		const struct pft_total *slots = &live->cpus[cpu].totals[0][0];

		for (size_t i = 0; i < 2 * PFT_TOTAL_SETS; i++)
			if (slots[i].tid)
				account_total_is_due(live->account, slots[i].tid,
						     slots[i].start_ns);
	}
}

static int sweep_maps(struct live *live)
{
	int error;

	name_slots(live);
	error = live_totals_each_evicted(live, sweep_one);
	if (!error)
		error = live_kvm_sweep(live);
	if (!error)
		account_totals_swept(live->account);
	return error;
}

static bool wants_sweep(const struct live *live)
{
	uint64_t room = bpf_map__max_entries(live->bpf->maps.evicted) / SWEEP_SHARE;

	if (room > SWEEP_EVICTIONS_MAX)
		room = SWEEP_EVICTIONS_MAX;
	return live->evictions - live->evictions_swept >= room || live_kvm_wants_sweep(live);
}

/*
 * In two steps, a flush apart: a task that ends leaves the list of tasks a moment before it leaves
 * its CPU for the last time.
 */
int live_sweep(struct live *live)
{
	if (live->sweep_next) {
		live->sweep_next = false;
		return sweep_maps(live);
	}
	/* who is not on the list may live all the same, outside of this PID namespace */
	if (live->pids_are_local || !wants_sweep(live))
		return 0;
	live->evictions_swept = live->evictions;
	live->sweep_next = true;
	return live_sweep_list(live, NULL);
}
