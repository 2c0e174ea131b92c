/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "base/number_map.h"

static uint64_t key_of(uint32_t i)
{
	return (uint64_t)i * 0x9e3779b97f4a7c15ULL; /* odd: no two alike */
}

static void every_key_added_is_found(void **state)
{
	struct number_map map = { 0 };

	(void)state;
	for (uint32_t i = 0; i < 10000; i++) {
		assert_int_equal(number_map_find(&map, key_of(i)), NUMBER_MAP_NONE);
		assert_int_equal(number_map_add(&map, key_of(i), i), 0);
	}
	for (uint32_t i = 0; i < 10000; i++)
		assert_int_equal(number_map_find(&map, key_of(i)), i);
	number_map_free(&map);
}

static void an_empty_map_finds_nothing(void **state)
{
	struct number_map map = { 0 };

	(void)state;
	assert_int_equal(number_map_find(&map, 0), NUMBER_MAP_NONE);
	assert_int_equal(number_map_add(&map, 1, 5), 0);
	assert_int_equal(number_map_find(&map, 0), NUMBER_MAP_NONE);
	number_map_free(&map);
	assert_int_equal(number_map_find(&map, 1), NUMBER_MAP_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_key_added_is_found),
		cmocka_unit_test(an_empty_map_finds_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
