/* SPDX-License-Identifier: Apache-2.0 */
/* Passes rows of one run on with the numbers that its tasks have in all runs: their names' places. */
#ifndef VIEW_VIEW_RUNS_SINK_H
#define VIEW_VIEW_RUNS_SINK_H

#include "view/view_runs.h"

struct view_runs_sink {
	struct capture_sink sink; /* first: the address of both is the same */
	struct capture_sink *next;
	const struct view_runs *runs;
	size_t run;
	uint64_t *tasks; /* a column of a batch, or two */
};

/* For bucketed tables, `switches`, and tables without tasks. `runs` and `next` are borrowed. 0 or -ENOMEM. */
int view_runs_sink_init(struct view_runs_sink *sink, const struct view_runs *runs, size_t run,
			struct capture_sink *next);
void view_runs_sink_free(struct view_runs_sink *sink);

#endif
