/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A bounded drain of a BPF ring buffer. libbpf's own consume goes on for as long as the kernel
 * produces; a drain must end so that timers fire, and must know how far it has come.
 */
#include "live/live_internal.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

/* kernel/bpf/ringbuf.c: a record has a header of 8 bytes and is rounded up to 8. */
#define RECORD_HEADER_BYTES 8
#define STOP_HERE (-ECANCELED)

int live_ring_open(struct live_ring *ring, int map_fd, int (*take)(void *, void *, size_t),
		   void *context)
{
	long page = sysconf(_SC_PAGESIZE);
	void *mapped;

	ring->buffer = ring_buffer__new(map_fd, take, context, NULL);
	if (!ring->buffer)
		return -errno;
	/* page 0 is the consumer's position, page 1 the producer's */
	mapped = mmap(NULL, (size_t)page, PROT_READ, MAP_SHARED, map_fd, page);
	if (mapped == MAP_FAILED)
		return -errno;
	ring->producer = mapped;
	return 0;
}

void live_ring_close(struct live_ring *ring)
{
	if (ring->producer)
		munmap((void *)ring->producer, (size_t)sysconf(_SC_PAGESIZE));
	ring_buffer__free(ring->buffer);
}

uint64_t live_ring_waiting(const struct live_ring *ring)
{
	return __atomic_load_n(ring->producer, __ATOMIC_ACQUIRE) - ring->consumed;
}

int live_ring_taken(struct live_ring *ring, size_t bytes)
{
	ring->consumed += (bytes + RECORD_HEADER_BYTES + 7) / 8 * 8;
	return ring->consumed >= ring->target ? STOP_HERE : 0;
}

int live_ring_drain(struct live_ring *ring)
{
	int taken;

	ring->target = __atomic_load_n(ring->producer, __ATOMIC_ACQUIRE);
	if (ring->consumed >= ring->target)
		return 0;
	taken = ring_buffer__consume(ring->buffer);
	return taken < 0 && taken != STOP_HERE ? taken : 0;
}
