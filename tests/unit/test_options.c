/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "base/options.h"

#include <errno.h>

static uint64_t milliseconds(const char *text)
{
	uint64_t ns = 0;

	assert_int_equal(options_milliseconds("--from", text, &ns), 0);
	return ns;
}

static void milliseconds_may_have_fractions(void **state)
{
	(void)state;
	assert_int_equal(milliseconds("0"), 0);
	assert_int_equal(milliseconds("250"), 250000000);
	assert_int_equal(milliseconds("0.5"), 500000);
	assert_int_equal(milliseconds(".5"), 500000);
	assert_int_equal(milliseconds("7."), 7000000);
	assert_int_equal(milliseconds("1.000001"), 1000001);
	assert_int_equal(milliseconds("1.0000019"), 1000001);
}

static void seconds_are_a_thousand_times_longer(void **state)
{
	uint64_t ns = 0;

	(void)state;
	assert_int_equal(options_seconds("--duration", "1.5", &ns), 0);
	assert_int_equal(ns, 1500000000);
}

static void what_is_no_time_is_refused(void **state)
{
	const char *const wrong[] = { "",
				      ".",
				      "-1",
				      "+1",
				      " 1",
				      "1 ",
				      "1e3",
				      "1.2.3",
				      "abc",
				      "1ms",
				      "nan",
				      "99999999999999999999",
				      "9223372036855" };
	uint64_t ns;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(options_milliseconds("--cap", wrong[i], &ns), -EINVAL);
}

static void numbers_keep_to_their_range(void **state)
{
	uint64_t value = 0;

	(void)state;
	assert_int_equal(options_number("--n", "12", 1, 12, &value), 0);
	assert_int_equal(value, 12);
	assert_int_equal(options_number("--n", "18446744073709551615", 0, UINT64_MAX, &value), 0);
	assert_true(value == UINT64_MAX);
	assert_int_equal(options_number("--n", "18446744073709551616", 0, UINT64_MAX, &value),
			 -EINVAL);
	assert_int_equal(options_number("--n", "0", 1, 12, &value), -EINVAL);
	assert_int_equal(options_number("--n", "13", 1, 12, &value), -EINVAL);
	assert_int_equal(options_number("--n", "1.5", 1, 12, &value), -EINVAL);
	assert_int_equal(options_number("--n", "", 0, 12, &value), -EINVAL);
}

static void words_are_found_whole(void **state)
{
	static const char *const words[] = { "text", "csv" };
	size_t place = 9;

	(void)state;
	assert_int_equal(options_word("--format", "csv", words, 2, &place), 0);
	assert_int_equal(place, 1);
	assert_int_equal(options_word("--format", "cs", words, 2, &place), -EINVAL);
	assert_int_equal(options_word("--format", "", words, 2, &place), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(milliseconds_may_have_fractions),
		cmocka_unit_test(seconds_are_a_thousand_times_longer),
		cmocka_unit_test(what_is_no_time_is_refused),
		cmocka_unit_test(numbers_keep_to_their_range),
		cmocka_unit_test(words_are_found_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
