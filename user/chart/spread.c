/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/spread.h"

#include "base/student_t.h"

#include <math.h>
#include <stdlib.h>

/*
 * Enough to tell how much long blocks stray, and few, so that they are long. Where there are not
 * enough blocks for that, long ones are fewer: they tell less (their freedom says so), but without
 * any, what lasts longer than a block would be taken for a difference of the runs.
 */
#define LONG_BLOCKS SPREAD_BLOCKS_MIN
#define LONG_BLOCKS_MIN 4
#define BLOCKS_ENOUGH (4 * LONG_BLOCKS)
/* So far growth is trusted: it is the power of a number that strays itself. */
#define GROWTH_POWER_MAX 1.5

struct sums {
	double up;
	double down;
};

/* The sums of `together` blocks from this one on. */
static struct sums sum_up(const double *up, const double *down, size_t blocks, size_t from,
			  size_t together)
{
	struct sums sums = { 0 };

	for (size_t i = from; i < blocks && i < from + together; i++) {
		sums.up += up[i];
		sums.down += down[i];
	}
	return sums;
}

/* Standard error and freedom of `spread` from blocks of so many, if there are so many of these. */
static void set_error(struct spread *spread, const double *up, const double *down, size_t blocks,
		      size_t together, size_t least)
{
	struct sums all = sum_up(up, down, blocks, 0, blocks);
	double squares = 0;
	size_t used = 0;

	for (size_t from = 0; from < blocks; from += together) {
		struct sums sums = sum_up(up, down, blocks, from, together);
		double rest = sums.up - spread->value * sums.down;

		if (!(sums.down > 0))
			continue;
		used++;
		squares += rest * rest;
	}
	spread->error = NAN;
	if (used < least)
		return;
	spread->freedom = (unsigned int)used - 1;
	spread->error = sqrt(squares * (double)used / (double)(used - 1)) / all.down;
}

/* How much larger the error of blocks as long as the run would be than that of the long ones. */
static double grown(double growth, size_t blocks, size_t together)
{
	double power = log2((double)blocks / (double)together) / log2((double)together);

	return pow(growth, fmin(power, GROWTH_POWER_MAX));
}

struct spread spread_of_ratio(const double *up, const double *down, size_t blocks)
{
	struct sums all = sum_up(up, down, blocks, 0, blocks);
	size_t together = blocks / (blocks < BLOCKS_ENOUGH ? LONG_BLOCKS_MIN : LONG_BLOCKS);
	struct spread spread = { .value = all.up / all.down, .error = NAN };
	struct spread longer = spread;

	if (!(all.down > 0))
		return spread;
	set_error(&spread, up, down, blocks, 1, SPREAD_BLOCKS_MIN);
	if (together < 2)
		return spread;
	set_error(&longer, up, down, blocks, together, LONG_BLOCKS_MIN);
	if (!(longer.error > spread.error))
		return spread;
	longer.error *= grown(longer.error / spread.error, blocks, together);
	return longer;
}

static double squared(double value)
{
	return value * value;
}

/* B. Welch, The generalization of Student's problem, 1947; rounded down. */
static unsigned int freedom_of(const struct spread *a, const struct spread *b)
{
	double of_a = squared(a->error), of_b = squared(b->error);
	double rest = squared(of_a) / a->freedom + squared(of_b) / b->freedom;

	if (!(rest > 0)) /* neither strays */
		return a->freedom < b->freedom ? a->freedom : b->freedom;
	return (unsigned int)(squared(of_a + of_b) / rest);
}

struct spread_difference spread_difference(const struct spread *a, const struct spread *b)
{
	struct spread_difference difference = {
		.delta = b->value - a->value,
		.error = sqrt(squared(a->error) + squared(b->error)),
	};

	if (isfinite(difference.error))
		difference.freedom = freedom_of(a, b);
	return difference;
}

double spread_chance(const struct spread_difference *difference, double least)
{
	double beyond = fabs(difference->delta) - least;

	if (!isfinite(difference->error) || !isfinite(difference->delta))
		return NAN;
	if (beyond <= 0)
		return 1;
	if (!(difference->error > 0))
		return 0;
	return student_t_beyond(beyond / difference->error, difference->freedom);
}

static int compare_chances(const void *one, const void *other)
{
	double a = *(const double *)one, b = *(const double *)other;

	return (a > b) - (a < b);
}

double spread_limit(double *chances, size_t count, double share)
{
	if (!count)
		return share;
	qsort(chances, count, sizeof(*chances), compare_chances);
	for (size_t found = count; found > 0; found--)
		if (chances[found - 1] <= share * (double)found / (double)count)
			return share * (double)found / (double)count;
	return share / (double)count;
}
