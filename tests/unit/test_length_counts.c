/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "capture/histogram.h"
#include "capture/table.h"
#include "chart/length_counts.h"

static void counts_of_bins_in_any_order_add_up(void **state)
{
	const uint32_t bins[] = { 100, 90, 110, 100, 56, 359 };
	struct length_counts lengths = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(bins) / sizeof(bins[0]); i++)
		assert_int_equal(length_counts_add(&lengths, bins[i], i + 1), 0);
	assert_int_equal(length_counts_total(&lengths), 21);
	assert_int_equal(lengths.first, 56);
	assert_int_equal(lengths.bins, 304);
	assert_int_equal(lengths.counts[100 - 56], 5);
	length_counts_free(&lengths);
}

static void a_bin_beyond_all_lengths_makes_no_long_array(void **state)
{
	struct length_counts lengths = { 0 };

	(void)state;
	assert_int_equal(length_counts_add(&lengths, UINT64_MAX, 1), 0);
	assert_int_equal(length_counts_add(&lengths, 1ULL << 32, 1), 0);
	assert_int_equal(length_counts_add(&lengths, 0, 1), 0);
	assert_int_equal(lengths.bins, LENGTH_COUNTS_BIN_MAX + 1);
	assert_int_equal(length_counts_total(&lengths), 3);
	length_counts_free(&lengths);
}

/* Is this length in the bin? */
static void assert_in_bin(uint64_t length_ns, uint32_t bin)
{
	assert_int_equal(histogram_bin(length_ns), bin);
}

static void percentiles_lie_in_their_bin(void **state)
{
	struct length_counts lengths = { 0 };

	(void)state;
	length_counts_add(&lengths, 80, 50);
	length_counts_add(&lengths, 120, 49);
	length_counts_add(&lengths, 200, 1);
	assert_in_bin(length_counts_percentile(&lengths, 0.0, HISTOGRAM_STEPS), 80);
	assert_in_bin(length_counts_percentile(&lengths, 0.5, HISTOGRAM_STEPS), 80);
	assert_in_bin(length_counts_percentile(&lengths, 0.51, HISTOGRAM_STEPS), 120);
	assert_in_bin(length_counts_percentile(&lengths, 0.99, HISTOGRAM_STEPS), 120);
	assert_in_bin(length_counts_percentile(&lengths, 1.0, HISTOGRAM_STEPS), 200);
	length_counts_free(&lengths);
}

static void nothing_counted_has_no_percentile(void **state)
{
	struct length_counts lengths = { 0 };

	(void)state;
	assert_true(length_counts_percentile(&lengths, 0.5, HISTOGRAM_STEPS) == CAPTURE_NIL);
	length_counts_add(&lengths, 80, 0);
	assert_true(length_counts_percentile(&lengths, 0.5, HISTOGRAM_STEPS) == CAPTURE_NIL);
	length_counts_free(&lengths);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_of_bins_in_any_order_add_up),
		cmocka_unit_test(a_bin_beyond_all_lengths_makes_no_long_array),
		cmocka_unit_test(percentiles_lie_in_their_bin),
		cmocka_unit_test(nothing_counted_has_no_percentile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
