/* SPDX-License-Identifier: Apache-2.0 */
/* The captures of a page, read and folded into charts. */
#ifndef RENDER_RUNS_H
#define RENDER_RUNS_H

#include "page/page.h"
#include "reading_options.h"

/* More than this do not fit beside each other. */
#define RENDER_RUNS_MAX 8

struct render_run {
	struct heat heat;
	struct locality locality;
	struct exact_runs exact;
	struct exits exits;
	struct incidents incidents;
};

struct render_runs {
	size_t count;
	struct view *views[RENDER_RUNS_MAX];
	struct render_run *runs[RENDER_RUNS_MAX];
	struct page_run pages[RENDER_RUNS_MAX];
	char **names;		  /* short ones */
	struct view_runs aligned; /* of several runs */
	struct idle_set idle;	  /* by number of the page's tasks */
};

/*
 * Opens and reads them; `cells` is what all charts of all runs together may hold. An exit code, after
 * a line on stderr for what is wrong; of EXIT_OK and EXIT_INCOMPLETE a page can be made. A single one
 * may be read in one pass (view.h).
 */
enum exit_code render_runs_read(struct render_runs *runs, const struct reading_options *reading,
				size_t cells);
/* Zero bytes are an empty one. */
void render_runs_free(struct render_runs *runs);

#endif
