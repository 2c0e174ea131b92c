/* SPDX-License-Identifier: Apache-2.0 */
#include "live/live_memory.h"

#include "base/array.h"
#include "kvm.skel.h"
#include "live/kvm_hooks.h"
#include "live/live_internal.h"
#include "pftrace.skel.h"

#include <bpf/libbpf.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The number behind this word at a line's begin; 0 where it is not to be had. */
static uint64_t number_of_line(const char *path, const char *word)
{
	FILE *file = fopen(path, "re");
	size_t length = strlen(word);
	uint64_t number = 0;
	char line[128];

	if (!file)
		return 0;
	while (fgets(line, sizeof(line), file))
		if (strncmp(line, word, length) == 0) {
			number = strtoull(line + length, NULL, 10);
			break;
		}
	fclose(file);
	return number;
}

/* fdinfo tells what the kernel charges for a map: from 6.4 on. Before, it says 0 of
   rings and too little of hashes. */
static uint64_t map_memory_bytes(int fd)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	return number_of_line(path, "memlock:");
}

static const char *purpose_of(const char *name)
{
	static const struct {
		const char *name;
		const char *purpose;
	} purposes[] = {
		{ "blocks", "samples in progress, a page a possible CPU" },
		{ "cpus", "totals per task, of each possible CPU" },
		{ "sums", "sums of the totals, at the borders of parts" },
		{ "evicted", "totals per task that found no room there" },
		{ "ring", "samples on their way out" },
		{ "identity_ring", "names on their way out" },
		{ "kvm_blocks", "KVM: events in progress, a page a possible CPU" },
		{ "kvm_threads", "KVM: which exit each vCPU is in" },
		{ "kvm_totals", "KVM: totals of exits per vCPU and reason" },
		{ "kvm_ring", "KVM: events on their way out" },
	};

	for (size_t i = 0; i < ARRAY_LENGTH(purposes); i++)
		if (strcmp(name, purposes[i].name) == 0)
			return purposes[i].purpose;
	return "constants and switches";
}

static uint64_t whole_pages(uint64_t bytes)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);

	return (bytes + page - 1) / page * page;
}

static uint64_t power_of_two(uint64_t number)
{
	uint64_t power = 1;

	while (power < number)
		power *= 2;
	return power;
}

#define HASH_ELEMENT_BYTES 48 /* struct htab_elem before its key (kernel/bpf/hashtab.c) */
#define HASH_BUCKET_BYTES 16

/* As kernel/bpf/arraymap.c, hashtab.c and ringbuf.c take memory; small fixed parts left out. */
static uint64_t estimate(const struct bpf_map *map, uint32_t possible_cpus)
{
	uint64_t key_bytes = (bpf_map__key_size(map) + 7) / 8 * 8;
	uint64_t value_bytes = (bpf_map__value_size(map) + 7) / 8 * 8;
	uint64_t entries = bpf_map__max_entries(map);

	switch (bpf_map__type(map)) {
	case BPF_MAP_TYPE_PERCPU_ARRAY:
		return entries * value_bytes * possible_cpus;
	case BPF_MAP_TYPE_HASH:
		return (entries + possible_cpus) * (HASH_ELEMENT_BYTES + key_bytes + value_bytes) +
		       power_of_two(entries) * HASH_BUCKET_BYTES;
	case BPF_MAP_TYPE_RINGBUF: /* its pages are mapped twice, but are there once */
		return entries + 3 * whole_pages(1);
	default:
		return whole_pages(entries * value_bytes);
	}
}

static bool is_told(const struct pftrace_bpf *bpf)
{
	int fd = bpf_map__fd(bpf->maps.ring);

	return fd >= 0 && map_memory_bytes(fd) >= bpf_map__max_entries(bpf->maps.ring);
}

static uint64_t bytes_of(const struct bpf_map *map, uint32_t possible_cpus, bool told)
{
	return told ? map_memory_bytes(bpf_map__fd(map)) : estimate(map, possible_cpus);
}

/* Whether a map of KVM's object is the other one's. */
static bool is_shared(const struct bpf_map *map)
{
	return strcmp(bpf_map__name(map), "cpus") == 0;
}

uint64_t live_kernel_memory_bytes(const struct live *live)
{
	bool told = is_told(live->bpf);
	struct bpf_map *map;
	uint64_t bytes = 0;

	bpf_object__for_each_map(map, live->bpf->obj) bytes += bytes_of(map, live->cpu_count, told);
	if (!live->kvm.bpf)
		return bytes;
	bpf_object__for_each_map(map, live->kvm.bpf->obj)
	{
		if (!is_shared(map))
			bytes += bytes_of(map, live->cpu_count, told);
	}
	return bytes;
}

/* Not getrusage(): its peak is also that of the program that exec was called in. */
uint64_t live_memory_peak_bytes(void)
{
	return number_of_line("/proc/self/status", "VmHWM:") * 1024;
}

/* All of a ring is in this process's RAM from the moment of mapping on (remap_vmalloc_range). */
static uint64_t ring_bytes(const struct live_ring *ring)
{
	return ring->producer ? ring->data_bytes + 2 * whole_pages(1) : 0;
}

uint64_t live_own_memory_peak_bytes(const struct live *live)
{
	uint64_t mapped = ring_bytes(&live->samples) + ring_bytes(&live->identities) +
			  ring_bytes(&live->kvm.ring) + live->blocks_bytes + live->kvm.blocks_bytes;
	uint64_t peak = live_memory_peak_bytes();
	uint64_t own = peak > mapped ? peak - mapped : 0;

	return own > live->peak_before_maps_bytes ? own : live->peak_before_maps_bytes;
}

static void add_map(struct live_memory *memory, const struct bpf_map *map)
{
	struct live_map_memory *added = &memory->maps[memory->map_count];
	uint64_t bytes = bytes_of(map, memory->possible_cpus, memory->measured);

	memory->bytes += bytes;
	if (memory->map_count == LIVE_MAPS_MAX || bpf_map__is_internal(map))
		return;
	memory->map_count++;
	added->purpose = purpose_of(bpf_map__name(map));
	added->bytes = bytes;
	snprintf(added->name, sizeof(added->name), "%s", bpf_map__name(map));
}

/* The maps alone, as a capture would have them. */
static void without_programs(struct bpf_object *object)
{
	struct bpf_program *program;

	bpf_object__for_each_program(program, object) bpf_program__set_autoload(program, false);
}

static void add_sched(uint32_t ring_bytes, struct live_memory *memory)
{
	struct pftrace_bpf *bpf = pftrace_bpf__open();
	struct bpf_map *map;

	if (!bpf)
		return;
	without_programs(bpf->obj);
	if (!live_size_maps(bpf, memory->possible_cpus, ring_bytes) && !pftrace_bpf__load(bpf))
		memory->measured = is_told(bpf);
	bpf_object__for_each_map(map, bpf->obj) add_map(memory, map);
	pftrace_bpf__destroy(bpf);
}

static void add_kvm(uint32_t ring_bytes, struct live_memory *memory)
{
	struct kvm_bpf *bpf = kvm_bpf__open();
	struct bpf_map *map;

	if (!bpf)
		return;
	without_programs(bpf->obj);
	if (kvm_hooks_size_maps(bpf, memory->possible_cpus, ring_bytes) || kvm_bpf__load(bpf))
		memory->measured = false;
	bpf_object__for_each_map(map, bpf->obj)
	{
		if (!is_shared(map))
			add_map(memory, map);
	}
	kvm_bpf__destroy(bpf);
}

void live_memory_read(uint32_t ring_bytes, bool kvm, struct live_memory *memory)
{
	live_hush_libbpf();
	*memory = (struct live_memory){ .possible_cpus = live_possible_cpus() };
	add_sched(ring_bytes, memory);
	if (kvm)
		add_kvm(ring_bytes, memory);
}
