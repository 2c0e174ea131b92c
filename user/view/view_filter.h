/* SPDX-License-Identifier: Apache-2.0 */
/* A sink that passes on what lies in the window and belongs to selected tasks. */
#ifndef VIEW_VIEW_FILTER_H
#define VIEW_VIEW_FILTER_H

#include "view/view_tasks.h"

struct view_filter {
	struct capture_sink sink;
	struct capture_sink *next;
	const struct view_tasks *tasks;
	uint64_t from_ns;
	uint64_t cap_ns;	    /* CAPTURE_NIL: none */
	bool all_rows;		    /* tasks that are not selected, too */
	bool push_tasks;	    /* the table `tasks` comes first, from memory */
	struct view_tasks *collect; /* one pass: rows of `tasks` go here, too; else NULL */

	/* the buckets found in the window: from the first's start to the last's end */
	uint64_t covered_from_ns;
	uint64_t covered_to_ns;

	struct view_filter_room *room; /* for rows that cannot pass as they are; made when needed */
};

/* Ready to be read into. `tasks` and `next` are borrowed. */
void view_filter_init(struct view_filter *filter, const struct view_tasks *tasks,
		      struct capture_sink *next);
void view_filter_free(struct view_filter *filter);

#endif
