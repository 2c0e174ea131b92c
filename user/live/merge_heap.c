/* SPDX-License-Identifier: Apache-2.0 */
#include "live/merge_heap.h"

#include <errno.h>
#include <stdlib.h>

int merge_heap_init(struct merge_heap *heap, uint32_t cpu_count)
{
	*heap = (struct merge_heap){ .turns = calloc(cpu_count, sizeof(*heap->turns)) };
	return heap->turns ? 0 : -ENOMEM;
}

void merge_heap_free(struct merge_heap *heap)
{
	free(heap->turns);
}

static void sift_down(struct merge_heap *heap, struct merge_turn turn)
{
	struct merge_turn *turns = heap->turns;
	uint32_t place = 0, child;

	while ((child = 2 * place + 1) < heap->count) {
		if (child + 1 < heap->count &&
		    merge_turn_is_before(&turns[child + 1], &turns[child]))
			child++;
		if (!merge_turn_is_before(&turns[child], &turn))
			break;
		turns[place] = turns[child];
		place = child;
	}
	turns[place] = turn;
}

void merge_heap_push(struct merge_heap *heap, uint64_t at_ns, uint32_t cpu)
{
	const struct merge_turn turn = { .at_ns = at_ns, .cpu = cpu };
	uint32_t place = heap->count++;

	while (place) {
		uint32_t parent = (place - 1) / 2;

		if (!merge_turn_is_before(&turn, &heap->turns[parent]))
			break;
		heap->turns[place] = heap->turns[parent];
		place = parent;
	}
	heap->turns[place] = turn;
}

void merge_heap_pop(struct merge_heap *heap)
{
	if (--heap->count)
		sift_down(heap, heap->turns[heap->count]);
}

void merge_heap_delay(struct merge_heap *heap, uint64_t at_ns)
{
	sift_down(heap, (struct merge_turn){ .at_ns = at_ns, .cpu = heap->turns[0].cpu });
}
