/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "chart/spread.h"

#include <math.h>

#define BLOCKS 60

static bool near(double value, double wanted)
{
	return fabs(value - wanted) <= 1e-12 * fmax(1, fabs(wanted));
}

static void a_constant_rate_has_no_error_whatever_the_blocks_lengths(void **state)
{
	double up[BLOCKS], down[BLOCKS];
	struct spread spread;

	(void)state;
	for (int i = 0; i < BLOCKS; i++) {
		down[i] = 1 + i % 3;
		up[i] = 2.5 * down[i];
	}
	spread = spread_of_ratio(up, down, BLOCKS);
	assert_true(near(spread.value, 2.5));
	assert_true(spread.error < 1e-12);
}

static void equal_blocks_have_the_error_of_a_mean(void **state)
{
	/* the mean of 1, 3, 1, 3 ... is 2 and its error sqrt(n / (n - 1) / n) */
	double up[BLOCKS], down[BLOCKS];
	struct spread spread;

	(void)state;
	for (int i = 0; i < BLOCKS; i++) {
		down[i] = 1;
		up[i] = i % 2 ? 3 : 1;
	}
	spread = spread_of_ratio(up, down, BLOCKS);
	assert_true(near(spread.value, 2));
	assert_true(near(spread.error, sqrt(1.0 / (BLOCKS - 1))));
	assert_int_equal(spread.freedom, BLOCKS - 1);
}

static void blocks_without_anything_to_divide_by_do_not_count(void **state)
{
	double up[BLOCKS] = { 0 }, down[BLOCKS] = { 0 };
	struct spread spread;

	(void)state;
	spread = spread_of_ratio(up, down, BLOCKS);
	assert_true(isnan(spread.value) && isnan(spread.error));
	for (int i = 0; i < SPREAD_BLOCKS_MIN - 1; i++)
		down[i] = up[i] = 1;
	assert_true(isnan(spread_of_ratio(up, down, BLOCKS).error));
	assert_true(near(spread_of_ratio(up, down, BLOCKS).value, 1));
	up[BLOCKS - 1] = down[BLOCKS - 1] = 1;
	assert_true(spread_of_ratio(up, down, BLOCKS).error < 1e-12);
}

static void what_lasts_longer_than_a_block_makes_the_error_larger(void **state)
{
	double hump[BLOCKS], shuffled[BLOCKS], down[BLOCKS];

	(void)state;
	for (int i = 0; i < BLOCKS; i++) {
		down[i] = 1;
		hump[i] = i < BLOCKS / 2 ? 1 : 3;
		shuffled[i] = i % 2 ? 3 : 1;
	}
	assert_true(spread_of_ratio(hump, down, BLOCKS).error >
		    4 * spread_of_ratio(shuffled, down, BLOCKS).error);
}

static void two_runs_differ_as_welch_has_it(void **state)
{
	const struct spread a = { 20, 3, 9 }, b = { 25, 4, 16 };
	struct spread_difference difference = spread_difference(&a, &b);

	(void)state;
	assert_true(near(difference.delta, 5));
	assert_true(near(difference.error, 5));
	assert_int_equal(difference.freedom, 25); /* 625 / (81 / 9 + 256 / 16) */
	/* t = 1 */
	assert_true(fabs(spread_chance(&difference, 0) - 0.32690) < 5e-5);
	assert_true(spread_chance(&difference, 5) == 1);
}

static void a_difference_of_what_never_strays_is_sure(void **state)
{
	const struct spread a = { 1, 0, 9 }, b = { 2, 0, 9 }, unknown = { 2, NAN, 0 };
	struct spread_difference difference = spread_difference(&a, &b);

	(void)state;
	assert_true(spread_chance(&difference, 0) == 0);
	difference = spread_difference(&a, &a);
	assert_true(spread_chance(&difference, 0) == 1);
	difference = spread_difference(&a, &unknown);
	assert_true(isnan(spread_chance(&difference, 0)));
}

static void the_limit_is_that_of_benjamini_and_hochberg(void **state)
{
	/* their example, section 4: of 15 hypotheses the four smallest are rejected */
	double chances[] = { 0.0344, 0.0095, 0.0001, 0.7590, 0.0278, 0.3240, 0.0019, 0.0201,
			     0.0004, 0.4262, 1.0000, 0.5719, 0.0298, 0.6528, 0.0459 };
	double none[] = { 0.5, 0.02, 0.9, 0.7 };

	(void)state;
	assert_true(near(spread_limit(chances, 15, 0.05), 4 * 0.05 / 15));
	assert_true(near(spread_limit(none, 4, 0.05), 0.05 / 4));
	assert_true(near(spread_limit(NULL, 0, 0.05), 0.05));
}

/* ---- how often chance is called a difference ---- */

/* The same numbers on every machine (Knuth's MMIX). */
static double uniform(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return ((double)(*seed >> 11) + 0.5) / 0x1p53;
}

static double normal(uint64_t *seed)
{
	double size = sqrt(-2 * log(uniform(seed)));

	return size * cos(2 * M_PI * uniform(seed));
}

/* A run of blocks each of which keeps `kept` of what the one before strayed. */
static struct spread make_run(uint64_t *seed, size_t blocks, double mean, double kept)
{
	double up[BLOCKS], down[BLOCKS];
	double stray = normal(seed) / sqrt(1 - kept * kept);

	for (size_t i = 0; i < blocks; i++) {
		stray = kept * stray + normal(seed);
		up[i] = mean + stray;
		down[i] = 1;
	}
	return spread_of_ratio(up, down, blocks);
}

/* The share of pairs of runs that chance alone is said to explain in less than 5 % of cases. */
static double found(size_t blocks, double difference, double kept)
{
	const int pairs = 4000;
	uint64_t seed = 1;
	int differing = 0;

	for (int i = 0; i < pairs; i++) {
		struct spread a = make_run(&seed, blocks, 100, kept);
		struct spread b = make_run(&seed, blocks, 100 + difference, kept);
		struct spread_difference apart = spread_difference(&a, &b);

		differing += spread_chance(&apart, 0) <= 0.05;
	}
	return (double)differing / pairs;
}

static void equal_runs_differ_as_rarely_as_is_said(void **state)
{
	(void)state;
	assert_in_range((uint64_t)(found(BLOCKS, 0, 0) * 1000), 10, 50);
}

static void equal_runs_differ_no_more_often_when_blocks_are_alike(void **state)
{
	(void)state;
	assert_true(found(BLOCKS, 0, 0.5) < 0.05);
	/* what strays lasts for some 10 of the 60 blocks */
	assert_true(found(BLOCKS, 0, 0.9) < 0.05);
}

/* With few blocks less can be told of what lasts longer than one; without long blocks it is half of all pairs. */
static void equal_short_runs_differ_hardly_more_often_when_blocks_are_alike(void **state)
{
	(void)state;
	for (size_t blocks = SPREAD_BLOCKS_MIN; blocks < 32; blocks += 4) {
		assert_true(found(blocks, 0, 0) < 0.05);
		assert_true(found(blocks, 0, 0.5) < 0.08);
		assert_true(found(blocks, 0, 0.8) < 0.2);
		assert_true(found(blocks, 12 / sqrt((double)blocks) * sqrt(2), 0) > 0.95);
	}
}

static void a_true_difference_is_found(void **state)
{
	(void)state;
	/* five times the error of a mean of 60 */
	assert_true(found(BLOCKS, 5 / sqrt(BLOCKS) * sqrt(2), 0) > 0.95);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_constant_rate_has_no_error_whatever_the_blocks_lengths),
		cmocka_unit_test(equal_blocks_have_the_error_of_a_mean),
		cmocka_unit_test(blocks_without_anything_to_divide_by_do_not_count),
		cmocka_unit_test(what_lasts_longer_than_a_block_makes_the_error_larger),
		cmocka_unit_test(two_runs_differ_as_welch_has_it),
		cmocka_unit_test(a_difference_of_what_never_strays_is_sure),
		cmocka_unit_test(the_limit_is_that_of_benjamini_and_hochberg),
		cmocka_unit_test(equal_runs_differ_as_rarely_as_is_said),
		cmocka_unit_test(equal_runs_differ_no_more_often_when_blocks_are_alike),
		cmocka_unit_test(equal_short_runs_differ_hardly_more_often_when_blocks_are_alike),
		cmocka_unit_test(a_true_difference_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
