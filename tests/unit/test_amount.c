/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "base/amount.h"
#include "base/array.h"

#include <errno.h>

static void times_are_in_ns_and_sizes_in_bytes(void **state)
{
	static const struct {
		const char *text;
		uint64_t amount;
		bool bytes;
	} wanted[] = {
		{ "60s", 60000000000, false },
		{ "0.5s", 500000000, false },
		{ "50ms", 50000000, false },
		{ "7us", 7000, false },
		{ "10m", 600000000000, false },
		{ "10min", 600000000000, false },
		{ "1h", 3600000000000, false },
		{ "30d", 2592000000000000, false },
		{ "100MB", 100000000, true },
		{ "100mb", 100000000, true },
		{ "64KiB", 65536, true },
		{ "1.5GB", 1500000000, true },
		{ "1.", 0, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(wanted); i++) {
		uint64_t amount = 0;
		bool bytes = false;
		int error = amount_parse(wanted[i].text, &amount, &bytes);

		assert_int_equal(error, wanted[i].amount ? 0 : -EINVAL);
		assert_int_equal(amount, wanted[i].amount);
		assert_int_equal(bytes, wanted[i].bytes);
	}
}

static void what_is_too_long_is_a_time_all_the_same(void **state)
{
	uint64_t amount;
	bool bytes;

	(void)state;
	assert_int_equal(amount_parse("99999999999h", &amount, &bytes), -ERANGE);
	assert_int_equal(amount_parse("99999999TB", &amount, &bytes), -ERANGE);
}

static void what_has_no_unit_or_is_no_number_is_refused(void **state)
{
	static const char *const texts[] = { "",       "60",  "s",    "-5s",  "+5s",
					     "5 s",    ".5s", "0x5s", "1e3s", "5sx",
					     "5.5.5s", "MB",  "nan",  "infs", "5 MB" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
		uint64_t amount;
		bool bytes;

		assert_int_equal(amount_parse(texts[i], &amount, &bytes), -EINVAL);
	}
}

static void sizes_are_told_in_the_units_of_ten(void **state)
{
	static const struct {
		uint64_t bytes;
		const char *text;
	} told[] = {
		{ 0, "0 B" },
		{ 999, "999 B" },
		{ 1000, "1.0 KB" },
		{ 886012, "886.0 KB" },
		{ 15049999, "15.0 MB" },
		{ 2500000000, "2.5 GB" },
		{ UINT64_MAX, "18446744.1 TB" },
	};
	char text[AMOUNT_BYTES];

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(told); i++)
		assert_string_equal(amount_of_bytes(text, told[i].bytes), told[i].text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_are_in_ns_and_sizes_in_bytes),
		cmocka_unit_test(what_is_too_long_is_a_time_all_the_same),
		cmocka_unit_test(what_has_no_unit_or_is_no_number_is_refused),
		cmocka_unit_test(sizes_are_told_in_the_units_of_ten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
