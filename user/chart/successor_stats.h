/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who took over from the selected tasks, how often: from the counts of the whole capture, or, for a
 * window, from the single switches of a detail capture.
 */
#ifndef CHART_SUCCESSOR_STATS_H
#define CHART_SUCCESSOR_STATS_H

#include "base/number_map.h"
#include "view/view.h"

struct successor_stats_row {
	uint64_t next; /* the view's task; CAPTURE_NIL: not known */
	uint64_t count;
};

struct successor_stats {
	struct capture_sink sink;
	const struct view *view;
	struct number_map places;
	struct successor_stats_row *rows;
	size_t count;
	size_t capacity;
	uint64_t total;	   /* of all rows */
	uint64_t switches; /* of the selected tasks, where `samples` is read, too */
};

/*
 * Ready to be read into: one of the tables `successors` and `switches`, and `samples` where it is
 * asked how many there should be. `view` is borrowed.
 */
void successor_stats_init(struct successor_stats *stats, const struct view *view);
void successor_stats_free(struct successor_stats *stats);

#endif
