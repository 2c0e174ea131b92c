/* SPDX-License-Identifier: Apache-2.0 */
/* Results of charts into the one HTML file. */
#ifndef PAGE_PAGE_H
#define PAGE_PAGE_H

#include "chart/exact_runs.h"
#include "chart/exits.h"
#include "chart/heat.h"
#include "chart/incidents.h"
#include "chart/locality.h"
#include "view/view_runs.h"

#include <stdio.h>

/* Raised when the data's form changes; html/src/data/model.js reads this one. */
#define PAGE_FORMAT 4

/* One capture on the page. Everything is borrowed. */
struct page_run {
	const char *name; /* short */
	const struct view *view;
	const struct heat *heat;
	const struct locality *locality;
	const struct exact_runs *runs;
	const struct exits *exits;
	const struct incidents *incidents;
};

/* Everything is borrowed. */
struct page_input {
	const char *label; /* the user's, or the file's name */
	const struct view_options *options;
	const struct page_run *runs;
	size_t run_count;
	/* of several runs: tasks have the numbers of its names in all charts; NULL for one */
	const struct view_runs *aligned;
};

/* Writes the whole page. 0 or -errno; what stands in `file` then is not whole. */
int page_write(const struct page_input *input, FILE *file);

/* The facts of one run (header, window, losses, end) as JSON, which is one of its blocks. */
int page_meta_write(const struct page_input *input, const struct page_run *run, FILE *file);

#endif
