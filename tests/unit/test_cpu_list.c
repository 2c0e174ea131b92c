/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "live/cpu_list.h"

#include <stdlib.h>

static void assert_list(const char *text, const uint32_t *wanted, size_t wanted_count)
{
	uint32_t *numbers;
	size_t count;

	assert_int_equal(cpu_list_parse(text, &numbers, &count), 0);
	assert_int_equal(count, wanted_count);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(numbers[i], wanted[i]);
	free(numbers);
}

static void lists_are_ranges_and_numbers(void **state)
{
	static const uint32_t one[] = { 0 }, holes[] = { 0, 1, 2, 3, 8, 10, 11 };

	(void)state;
	assert_list("0\n", one, 1);
	assert_list("0-3,8,10-11\n", holes, 7);
	assert_list("\n", NULL, 0);
}

static void values_of_a_per_cpu_map_go_to_the_numbers_of_their_cpus(void **state)
{
	static const uint32_t numbers[] = { 0, 1, 3, 4, 7 }, dense[] = { 0, 1, 2 };
	uint64_t values[8] = { 10, 11, 12, 13, 14, 99, 99, 0 };
	static const uint64_t wanted[] = { 10, 11, 0, 12, 13, 99, 99, 14 };
	uint64_t same[3] = { 10, 11, 12 };

	(void)state;
	cpu_list_spread(values, sizeof(*values), numbers, 5);
	assert_memory_equal(values, wanted, sizeof(values));
	cpu_list_spread(same, sizeof(*same), dense, 3);
	assert_int_equal(same[2], 12);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_are_ranges_and_numbers),
		cmocka_unit_test(values_of_a_per_cpu_map_go_to_the_numbers_of_their_cpus),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
