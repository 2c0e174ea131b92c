/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How sure a value is that was summed over blocks of time ("batch means"): what strays from block
 * to block tells how far the value of the whole would stray if the run were made again.
 */
#ifndef CHART_SPREAD_H
#define CHART_SPREAD_H

#include <stdbool.h>
#include <stddef.h>

/* Fewer blocks do not tell how much a value strays. */
#define SPREAD_BLOCKS_MIN 8

struct spread {
	double value;	      /* not a number: nothing to divide by */
	double error;	      /* standard error of value; not a number: too few blocks */
	unsigned int freedom; /* degrees of freedom of error */
};

/*
 * The sum of `up` over the sum of `down`, block by block (a rate when `down` is time, an average
 * when it is a count). Blocks without `down` count for nothing. Its error is that of a ratio of
 * sums (W. Cochran, Sampling Techniques, 6.3): blocks need not be equally long.
 *
 * Blocks are alike when something lasts longer than one: a burst, a neighbour's load. Then the error
 * that long blocks tell (several taken as one: SPREAD_BLOCKS_MIN or some more of them, half as many of
 * a run with few blocks) is larger than that of the short ones, and it would go on to grow up to the
 * length of the run: it is taken to grow by the same power.
 */
struct spread spread_of_ratio(const double *up, const double *down, size_t blocks);

/* The difference b - a of two runs. */
struct spread_difference {
	double delta;
	double error;	      /* its standard error; not a number: not known */
	unsigned int freedom; /* of Welch's t test */
};

struct spread_difference spread_difference(const struct spread *a, const struct spread *b);

/* How likely chance alone makes a difference that is this far beyond `least`. */
double spread_chance(const struct spread_difference *difference, double least);

/*
 * Of `count` likelihoods (sorted here), the limit up to which they count as findings so that of all
 * findings at most `share` are false (Y. Benjamini and Y. Hochberg, Controlling the False Discovery
 * Rate, 1995). Intervals of 1 - limit leave out 0 exactly for the findings. Without any finding it
 * is what the first one would have needed.
 */
double spread_limit(double *chances, size_t count, double share);

#endif
