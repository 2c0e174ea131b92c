/* SPDX-License-Identifier: Apache-2.0 */
/* One CPU's events on the capture's line, in order, until merge feeds them to account. */
#ifndef LIVE_MERGE_QUEUE_H
#define LIVE_MERGE_QUEUE_H

#include <stddef.h>
#include <stdint.h>

enum merge_kind {
	MERGE_SWITCH,
	MERGE_MARKER,
	MERGE_LOST,
	MERGE_FOUND,
	MERGE_OFFLINE,
};

struct merge_event {
	uint64_t at_ns : 56; /* two years since zero */
	uint64_t kind : 4;   /* enum merge_kind */
	uint64_t run_known : 1;
	uint64_t after_loss : 1;
	uint64_t reordered : 1;	  /* it is counted as held back */
	uint64_t has_run_key : 1; /* switch, marker, found: the run that begins has one */
	uint64_t length_ns;	  /* switch, marker: of the run that ends; lost: of all runs lost */
	uint64_t value;		  /* switch: wait_total_ns; marker: its low half; lost: switches;
				     found: start_ns */
	uint32_t next;		  /* as in pft_sample; lost: blocks */
	uint32_t run_key;	  /* low half of the rq time; what KVM samples of that run carry */
};
_Static_assert(sizeof(struct merge_event) == 32, "millions of them wait in a flood");

struct merge_queue {
	struct merge_event *events;
	size_t first;
	size_t end;
	size_t capacity;
	size_t recent; /* how long it was lately */
};

static inline size_t merge_queue_length(const struct merge_queue *queue)
{
	return queue->end - queue->first;
}

/* Room for one more at the end, not yet counted; NULL without memory. */
struct merge_event *merge_queue_room(struct merge_queue *queue);

/* One more at the end. 0 or -ENOMEM. */
int merge_queue_push(struct merge_queue *queue, const struct merge_event *event);

/* Room for one more behind all that are not after at_ns. */
struct merge_event *merge_queue_insert(struct merge_queue *queue, uint64_t at_ns);

/* The queue is empty: memory of a flood goes back. */
void merge_queue_emptied(struct merge_queue *queue);

#endif
