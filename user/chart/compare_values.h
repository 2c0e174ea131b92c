/* SPDX-License-Identifier: Apache-2.0 */
/* One value of one name in two runs: how much it differs, and how much of that noise may be. */
#ifndef CHART_COMPARE_VALUES_H
#define CHART_COMPARE_VALUES_H

#include "chart/compare.h"
#include "chart/spread.h"

struct compare_values {
	double a, b;   /* not a number: not known */
	bool too_few;  /* events to tell anything */
	double least;  /* a difference up to this is none */
	double chance; /* that noise alone differs so much; not a number: cannot be judged */
	double low;    /* the interval of b - a, once it was asked for */
	double high;
	bool beyond;			     /* all of it is beyond `least` */
	struct spread_difference difference; /* of percentiles: only how free it is */
};

/* True when some run tells this value of this name. */
bool compare_values_told(const struct run_blocks *const blocks[2], size_t name,
			 enum compare_metric metric);

/*
 * A run without rows of this name counts as one in which the task did nothing. A difference up to
 * this share (`least`) of the larger value is none. 0 or -ENOMEM.
 */
int compare_values_of(struct compare_values *values, const struct run_blocks *const blocks[2],
		      size_t name, enum compare_metric metric, uint64_t kind, double least);

/* Sets low, high and beyond: b - a lies between them, but for this chance. 0 or -ENOMEM. */
int compare_values_interval(struct compare_values *values, const struct run_blocks *const blocks[2],
			    size_t name, enum compare_metric metric, double chance);

#endif
