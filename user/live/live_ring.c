/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A bounded drain of a BPF ring buffer, as kernel/bpf/ringbuf.c lays it out: a page with the
 * consumer's position, one with the producer's, then the data. libbpf's consumer maps the data
 * twice, which counts twice in this process's memory, goes on for as long as the kernel produces,
 * and does not tell how far it has come.
 */
#include "live/live_internal.h"

#include "base/array.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* A record has a header of 8 bytes, its length with two flags in front, and is rounded up to 8. */
#define RECORD_HEADER_BYTES 8
#define RECORD_BUSY (1u << 31)	    /* still being written */
#define RECORD_DISCARDED (1u << 30) /* given up by its writer */

static size_t page_bytes(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

static int read_size(struct live_ring *ring, int map_fd)
{
	struct bpf_map_info info = { 0 };
	uint32_t bytes = sizeof(info);

	if (bpf_obj_get_info_by_fd(map_fd, &info, &bytes))
		return -errno;
	ring->data_bytes = info.max_entries;
	return 0;
}

int live_ring_open(struct live_ring *ring, int map_fd,
		   int (*take)(void *context, const void *record, size_t bytes), void *context)
{
	size_t page = page_bytes();
	void *mapped;
	int error = read_size(ring, map_fd);

	if (error)
		return error;
	ring->take = take;
	ring->context = context;
	mapped = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, map_fd, 0);
	if (mapped == MAP_FAILED)
		return -errno;
	ring->consumer = mapped;
	mapped = mmap(NULL, page + ring->data_bytes, PROT_READ, MAP_SHARED, map_fd, (off_t)page);
	if (mapped == MAP_FAILED)
		return -errno;
	ring->producer = mapped;
	ring->data = (const char *)mapped + page;
	return 0;
}

void live_ring_close(struct live_ring *ring)
{
	if (ring->producer)
		munmap((void *)ring->producer, page_bytes() + ring->data_bytes);
	if (ring->consumer)
		munmap(ring->consumer, page_bytes());
	free(ring->wrapped);
}

uint64_t live_ring_waiting(const struct live_ring *ring)
{
	return __atomic_load_n(ring->producer, __ATOMIC_ACQUIRE) - ring->consumed;
}

/* Where so many bytes from a position on lie; those that wrap are put together. NULL without
   memory. */
static const void *record_at(struct live_ring *ring, uint64_t position, size_t bytes)
{
	size_t begin = position & (ring->data_bytes - 1);
	size_t first = ring->data_bytes - begin;

	if (bytes <= first)
		return ring->data + begin;
	if (ARRAY_RESERVE(ring->wrapped, ring->wrapped_bytes, bytes))
		return NULL;
	memcpy(ring->wrapped, ring->data + begin, first);
	memcpy(ring->wrapped + first, ring->data, bytes - first);
	return ring->wrapped;
}

/* One record; *busy when the kernel has not finished it. */
static int take_record(struct live_ring *ring, bool *busy)
{
	const void *header = ring->data + (ring->consumed & (ring->data_bytes - 1));
	uint32_t word = __atomic_load_n((const uint32_t *)header, __ATOMIC_ACQUIRE);
	size_t bytes = word & ~(RECORD_BUSY | RECORD_DISCARDED);
	const void *record;
	int error = 0;

	*busy = word & RECORD_BUSY;
	if (*busy)
		return 0;
	if (!(word & RECORD_DISCARDED)) {
		record = record_at(ring, ring->consumed + RECORD_HEADER_BYTES, bytes);
		error = record ? ring->take(ring->context, record, bytes) : -ENOMEM;
	}
	ring->consumed += (bytes + RECORD_HEADER_BYTES + 7) / 8 * 8;
	__atomic_store_n(ring->consumer, ring->consumed, __ATOMIC_RELEASE);
	return error;
}

int live_ring_drain(struct live_ring *ring)
{
	uint64_t target = __atomic_load_n(ring->producer, __ATOMIC_ACQUIRE);
	bool busy = false;
	int error = 0;

	while (ring->consumed < target && !busy && !error)
		error = take_record(ring, &busy);
	return error;
}
