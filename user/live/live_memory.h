/* SPDX-License-Identifier: Apache-2.0 */
/* Kernel memory that a capture's maps and rings take. Per-CPU maps take it per *possible* CPU. */
#ifndef LIVE_LIVE_MEMORY_H
#define LIVE_LIVE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct live_map_memory {
	char name[32];
	const char *purpose;
	uint64_t bytes;
};

#define LIVE_MAPS_MAX 16

struct live_memory {
	bool measured; /* as the kernel charges for maps that were made; else by arithmetic */
	uint32_t possible_cpus;
	uint64_t bytes; /* of all */
	struct live_map_memory maps[LIVE_MAPS_MAX];
	size_t map_count;
};

/*
 * With a ring for samples of ring_bytes (0: the default), and with KVM or without. Makes the maps,
 * without programs, to measure them; where that is refused, arithmetic.
 */
void live_memory_read(uint32_t ring_bytes, bool kvm, struct live_memory *memory);

/* The most memory that this process has had in RAM so far, with all that it maps. */
uint64_t live_memory_peak_bytes(void);

#endif
