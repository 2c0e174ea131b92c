/* SPDX-License-Identifier: Apache-2.0 */
/* CPUs by the moment of their next event, the earliest first; of one moment the lower number. */
#ifndef LIVE_MERGE_HEAP_H
#define LIVE_MERGE_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct merge_turn {
	uint64_t at_ns;
	uint32_t cpu;
};

struct merge_heap {
	struct merge_turn *turns; /* room for every CPU once */
	uint32_t count;
};

/* 0 or -ENOMEM. */
int merge_heap_init(struct merge_heap *heap, uint32_t cpu_count);
void merge_heap_free(struct merge_heap *heap);

void merge_heap_push(struct merge_heap *heap, uint64_t at_ns, uint32_t cpu);
void merge_heap_pop(struct merge_heap *heap);

/* The first CPU's next event is another one, which is not earlier. */
void merge_heap_delay(struct merge_heap *heap, uint64_t at_ns);

static inline bool merge_turn_is_before(const struct merge_turn *a, const struct merge_turn *b)
{
	return a->at_ns != b->at_ns ? a->at_ns < b->at_ns : a->cpu < b->cpu;
}

/* Until when the first CPU may go on: until the one after it, or limit_ns. */
static inline uint64_t merge_heap_until(const struct merge_heap *heap, uint64_t limit_ns)
{
	for (uint32_t child = 1; child <= 2 && child < heap->count; child++)
		if (heap->turns[child].at_ns < limit_ns)
			limit_ns = heap->turns[child].at_ns;
	return limit_ns;
}

#endif
