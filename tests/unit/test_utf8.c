/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "base/utf8.h"

static void characters_of_every_length_are_known(void **state)
{
	(void)state;
	assert_int_equal(utf8_length("a"), 1);
	assert_int_equal(utf8_length("\xc3\xa4"), 2);
	assert_int_equal(utf8_length("\xe2\x82\xac"), 3);
	assert_int_equal(utf8_length("\xf0\x9f\x98\x80"), 4);
	assert_int_equal(utf8_length("\xf4\x8f\xbf\xbf"), 4);
}

static void what_is_not_utf8_has_no_length(void **state)
{
	static const char *const wrong[] = {
		"",
		"\x80",
		"\xbf",
		"\xc0\x80",
		"\xc1\xbf",
		"\xc3",
		"\xc3z",
		"\xe0\x9f\xbf",
		"\xed\xa0\x80",
		"\xe2\x82",
		"\xf0\x9f",
		"\xf0\x8f\xbf\xbf",
		"\xf4\x90\x80\x80",
		"\xf5\x80\x80\x80",
		"\xff",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(utf8_length(wrong[i]), 0);
}

static void a_character_is_one_place_wide(void **state)
{
	(void)state;
	assert_int_equal(utf8_width(""), 0);
	assert_int_equal(utf8_width("a\xc3\xa4\xe2\x82\xac"), 3);
	assert_int_equal(utf8_width("\xff\xff"), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(characters_of_every_length_are_known),
		cmocka_unit_test(what_is_not_utf8_has_no_length),
		cmocka_unit_test(a_character_is_one_place_wide),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
