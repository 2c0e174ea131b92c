/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "base/clean.h"

static void assert_cleaned(const char *text, const char *wanted)
{
	char copy[64];

	strcpy(copy, text);
	assert_int_equal(clean_is(text, strlen(text)), strcmp(text, wanted) == 0);
	clean_text(copy, strlen(text));
	assert_string_equal(copy, wanted);
	assert_true(clean_is(copy, strlen(copy)));
}

static void printable_text_stays(void **state)
{
	(void)state;
	assert_cleaned("", "");
	assert_cleaned("kworker/0:1H-kblockd ~", "kworker/0:1H-kblockd ~");
	assert_cleaned("caf\303\251 \342\202\254 \360\237\230\200 \302\240",
		       "caf\303\251 \342\202\254 \360\237\230\200 \302\240");
}

static void control_characters_go(void **state)
{
	(void)state;
	assert_cleaned("a\tb\nc\033[31m\177", "a?b?c?[31m?");
	assert_cleaned("\302\200\302\237", "????"); /* C1 */
}

static void broken_utf8_goes(void **state)
{
	(void)state;
	assert_cleaned("\377\376a\200", "??a?");
	assert_cleaned("\300\257", "??");      /* overlong */
	assert_cleaned("\355\240\200", "???"); /* a surrogate */
	assert_cleaned("\342\202", "??");      /* cut short */
}

static void a_character_that_goes_beyond_the_length_is_broken(void **state)
{
	char text[] = "a\303\251";

	(void)state;
	assert_true(clean_is(text, 3));
	assert_false(clean_is(text, 2));
	text[2] = '\0';
	clean_text(text, 2);
	assert_string_equal(text, "a?");
}

static void nul_bytes_within_go(void **state)
{
	char text[] = "a\0b";

	(void)state;
	clean_text(text, 3);
	assert_string_equal(text, "a?b");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(printable_text_stays),
		cmocka_unit_test(control_characters_go),
		cmocka_unit_test(broken_utf8_goes),
		cmocka_unit_test(a_character_that_goes_beyond_the_length_is_broken),
		cmocka_unit_test(nul_bytes_within_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
