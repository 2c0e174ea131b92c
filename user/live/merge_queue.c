/* SPDX-License-Identifier: Apache-2.0 */
#include "live/merge_queue.h"

#include "base/array.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* So many events' memory is kept by an empty queue. */
#define KEPT 4096

struct merge_event *merge_queue_room(struct merge_queue *queue)
{
	size_t length = merge_queue_length(queue);

	if (queue->end < queue->capacity)
		return &queue->events[queue->end];
	if (queue->first > length) {
		memcpy(queue->events, queue->events + queue->first,
		       length * sizeof(*queue->events));
		queue->first = 0;
		queue->end = length;
	}
	if (ARRAY_RESERVE(queue->events, queue->capacity, queue->end + 1))
		return NULL;
	return &queue->events[queue->end];
}

int merge_queue_push(struct merge_queue *queue, const struct merge_event *event)
{
	struct merge_event *room = merge_queue_room(queue);

	if (!room)
		return -ENOMEM;
	*room = *event;
	queue->end++;
	return 0;
}

struct merge_event *merge_queue_insert(struct merge_queue *queue, uint64_t at_ns)
{
	struct merge_event *place = merge_queue_room(queue);

	if (!place)
		return NULL;
	for (; place > queue->events + queue->first && place[-1].at_ns > at_ns; place--)
		place[0] = place[-1];
	queue->end++;
	return place;
}

void merge_queue_emptied(struct merge_queue *queue)
{
	size_t fading = queue->recent - queue->recent / 8;

	queue->recent = queue->end > fading ? queue->end : fading;
	queue->first = 0;
	queue->end = 0;
	if (queue->capacity <= KEPT || queue->capacity <= 4 * queue->recent)
		return;
	free(queue->events);
	queue->events = NULL;
	queue->capacity = 0;
}
