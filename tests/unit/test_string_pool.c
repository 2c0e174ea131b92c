/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "base/string_pool.h"

#include <inttypes.h>

static void strings_that_are_let_go_give_their_ids_to_others(void **state)
{
	struct string_pool *pool = string_pool_new();
	char text[16];
	uint64_t kept[4] = { 0 };

	(void)state;
	for (uint64_t i = 0; i < 200; i++) {
		snprintf(text, sizeof(text), "%" PRIu64, i);
		assert_int_equal(string_pool_add(pool, text), i);
	}
	kept[0] = 1 << 7;
	kept[3] = 1 << 5;
	string_pool_keep(pool, kept);
	assert_int_equal(string_pool_count(pool), 2);
	assert_int_equal(string_pool_find(pool, "7"), 7);
	assert_int_equal(string_pool_find(pool, "197"), 197);
	assert_int_equal(string_pool_find(pool, "8"), STRING_NONE);
	assert_null(string_pool_text(pool, 8));
	for (uint64_t i = 0; i < 198; i++) {
		snprintf(text, sizeof(text), "new %" PRIu64, i);
		assert_true(string_pool_add(pool, text) < 200);
	}
	assert_int_equal(string_pool_add(pool, "one more"), 200);
	for (uint64_t i = 0; i < 198; i++) {
		snprintf(text, sizeof(text), "new %" PRIu64, i);
		assert_string_equal(string_pool_text(pool, string_pool_find(pool, text)), text);
	}
	assert_string_equal(string_pool_text(pool, 197), "197");
	string_pool_free(pool);
}

static void an_empty_pool_has_nothing_to_let_go_of(void **state)
{
	struct string_pool *pool = string_pool_new();
	uint64_t kept = 0;

	(void)state;
	string_pool_keep(pool, &kept);
	assert_int_equal(string_pool_add(pool, "first"), 0);
	string_pool_free(pool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strings_that_are_let_go_give_their_ids_to_others),
		cmocka_unit_test(an_empty_pool_has_nothing_to_let_go_of),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
