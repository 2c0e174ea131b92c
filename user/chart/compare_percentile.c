/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/compare_percentile.h"

#include "base/student_t.h"

#include <math.h>

/* Lengths beyond a percentile, below which it tells nothing. */
#define TAIL_MIN 5

/* All lengths of a run, and where among them the percentile lies. */
struct percentile {
	struct length_counts all;
	double total;
	double place; /* in bins, with a part of one */
	double ns;    /* not a number: there are none */
};

/* How many of the counted lie below this place. */
static double below(const struct length_counts *lengths, double place)
{
	double sum = 0;

	for (uint32_t i = 0; i < lengths->bins; i++) {
		double part = place - (double)(lengths->first + i);

		sum += (double)lengths->counts[i] * fmin(fmax(part, 0), 1);
	}
	return sum;
}

/* The place below which this share of them lies. */
static double place_of(const struct percentile *percentile, double share)
{
	const struct length_counts *all = &percentile->all;
	double rest = share * percentile->total;
	uint32_t i = 0;

	for (; i < all->bins - 1 && rest > (double)all->counts[i]; i++)
		rest -= (double)all->counts[i];
	return all->first + i + (all->counts[i] ? rest / (double)all->counts[i] : 0);
}

static int sum_up(struct percentile *percentile, const struct run_blocks *blocks, size_t name,
		  double share)
{
	const struct run_blocks_name *sums = blocks->names[name];
	uint64_t ns;
	int error = 0;

	*percentile = (struct percentile){ .ns = NAN };
	for (size_t block = 0; sums && block < RUN_BLOCKS_MAX && !error; block++)
		if (blocks->covered_ns[block])
			error = length_counts_add_all(&percentile->all, &sums->waits[block]);
	percentile->total = (double)length_counts_total(&percentile->all);
	if (error || !percentile->total)
		return error;
	percentile->place = place_of(percentile, share);
	ns = length_counts_percentile(&percentile->all, share, blocks->steps_per_octave);
	if (ns != CAPTURE_NIL)
		percentile->ns = (double)ns;
	return 0;
}

static int sum_up_both(struct percentile both[2], const struct run_blocks *const blocks[2],
		       size_t name, double share)
{
	int error = sum_up(&both[0], blocks[0], name, share);
	int other = sum_up(&both[1], blocks[1], name, share);

	return error ? error : other;
}

static void release(struct percentile both[2])
{
	length_counts_free(&both[0].all);
	length_counts_free(&both[1].all);
}

/* The share of a run's lengths below a place: a ratio of counts over blocks. */
static struct spread spread_below(const struct run_blocks *blocks, size_t name, double place)
{
	double up[RUN_BLOCKS_MAX], down[RUN_BLOCKS_MAX];
	size_t used = 0;

	for (size_t block = 0; block < RUN_BLOCKS_MAX; block++) {
		const struct length_counts *waits = &blocks->names[name]->waits[block];

		if (!blocks->covered_ns[block])
			continue;
		up[used] = below(waits, place);
		down[used++] = (double)length_counts_total(waits);
	}
	return spread_of_ratio(up, down, used);
}

/* Whether the shares below a place differ the way that the percentiles do. */
static void judge_at(struct compare_values *values, const struct run_blocks *const blocks[2],
		     size_t name, double place, double toward)
{
	struct spread spreads[2];
	struct spread_difference difference;
	double chance;

	for (int run = 0; run < 2; run++)
		spreads[run] = spread_below(blocks[run], name, place);
	difference = spread_difference(&spreads[0], &spreads[1]);
	if (difference.delta * toward > 0) /* less of it is below where it is longer */
		difference.delta = 0;
	chance = spread_chance(&difference, 0);
	if (isnan(chance) || values->chance >= chance)
		return;
	values->chance = chance;
	values->difference = difference;
}

/*
 * Two percentiles differ when, at either of them, the shares below it do: shares are averages, and
 * a distribution with two humps is no trap for them. Each is looked at from nearer to the other,
 * since a small difference is none.
 */
static void judge(struct compare_values *values, const struct run_blocks *const blocks[2],
		  size_t name, const struct percentile both[2])
{
	double apart = both[1].place - both[0].place;
	double toward = apart > 0 ? 1 : -1;
	double nearer = values->least * toward;

	judge_at(values, blocks, name, both[0].place + nearer, toward);
	judge_at(values, blocks, name, both[1].place - nearer, toward);
	if (fabs(apart) <= values->least && !isnan(values->chance))
		values->chance = 1;
}

int compare_percentile(struct compare_values *values, const struct run_blocks *const blocks[2],
		       size_t name, double share)
{
	struct percentile both[2];
	int error = sum_up_both(both, blocks, name, share);
	double fewest = fmin(both[0].total, both[1].total);

	if (!error) {
		values->a = both[0].ns;
		values->b = both[1].ns;
		/* lengths are known no sharper than a bin */
		values->least = fmax(-log2(1 - values->least) * blocks[0]->steps_per_octave, 1);
		values->too_few = fewest * (1 - share) < TAIL_MIN;
		/* bins of other widths cannot be laid over each other */
		if (fewest && blocks[0]->steps_per_octave == blocks[1]->steps_per_octave)
			judge(values, blocks, name, both);
	}
	release(both);
	return error;
}

/* How far the percentile may lie off, in bins: lengths at the ends of the share's own interval (R.
   Woodruff, Confidence intervals for medians and other position measures, 1952). */
struct reach {
	double down;
	double up;
};

static struct reach reach_of(const struct percentile *percentile, const struct spread *of_share,
			     double share, double limit)
{
	double stray = of_share->error * limit;
	struct reach reach = {
		.down = percentile->place - place_of(percentile, fmax(share - stray, 0)),
		.up = INFINITY, /* the longest of all is no witness */
	};

	if (share + stray < 1)
		reach.up = place_of(percentile, share + stray) - percentile->place;
	return reach;
}

/* Both intervals make one of the difference (G. Zou and A. Donner, Construction of confidence
   limits about effect measures, 2008). */
static void set_interval(struct compare_values *values, const struct reach reaches[2], double steps)
{
	double apart = log2(values->b / values->a) * steps;
	double down = hypot(reaches[1].down, reaches[0].up);
	double up = hypot(reaches[1].up, reaches[0].down);

	values->low = values->a * (exp2((apart - down) / steps) - 1);
	values->high = values->a * (exp2((apart + up) / steps) - 1);
	values->beyond = apart - down > values->least || apart + up < -values->least;
}

int compare_percentile_interval(struct compare_values *values,
				const struct run_blocks *const blocks[2], size_t name, double share,
				double chance)
{
	double limit = student_t_limit(chance, values->difference.freedom);
	struct percentile both[2];
	int error = sum_up_both(both, blocks, name, share);
	struct reach reaches[2];

	for (int run = 0; run < 2 && !error; run++) {
		struct spread of_share = spread_below(blocks[run], name, both[run].place);

		reaches[run] = reach_of(&both[run], &of_share, share, limit);
	}
	if (!error)
		set_interval(values, reaches, blocks[0]->steps_per_octave);
	release(both);
	return error;
}
