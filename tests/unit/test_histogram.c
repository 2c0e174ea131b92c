/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "capture/histogram.h"

#include <math.h>

static void a_bin_begins_where_its_start_says(void **state)
{
	(void)state;
	for (uint32_t bin = HISTOGRAM_FIRST_BIN + 1; bin <= HISTOGRAM_LAST_BIN; bin++) {
		uint64_t start = histogram_bin_start_ns(bin);

		assert_int_equal(histogram_bin(start), bin);
		assert_int_equal(histogram_bin(start - 1), bin - 1);
	}
}

static void starts_are_powers_of_the_eighth_root_of_two(void **state)
{
	(void)state;
	for (uint32_t bin = HISTOGRAM_FIRST_BIN; bin <= HISTOGRAM_LAST_BIN; bin++) {
		double wanted = ceil(pow(2.0, bin / 8.0));

		assert_true(fabs((double)histogram_bin_start_ns(bin) - wanted) <= wanted * 1e-12);
	}
}

static void the_ends_are_open(void **state)
{
	(void)state;
	assert_int_equal(histogram_bin(0), HISTOGRAM_FIRST_BIN);
	assert_int_equal(histogram_bin(1), HISTOGRAM_FIRST_BIN);
	assert_int_equal(histogram_bin(UINT64_MAX), HISTOGRAM_LAST_BIN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bin_begins_where_its_start_says),
		cmocka_unit_test(starts_are_powers_of_the_eighth_root_of_two),
		cmocka_unit_test(the_ends_are_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
