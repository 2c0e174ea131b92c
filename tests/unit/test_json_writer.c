/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "base/json_writer.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>

struct output {
	struct json_writer json;
	char *text;
	size_t length;
};

static int open_output(void **state)
{
	struct output *output = calloc(1, sizeof(*output));

	json_begin(&output->json, open_memstream(&output->text, &output->length));
	*state = output;
	return 0;
}

static int close_output(void **state)
{
	struct output *output = *state;

	fclose(output->json.file);
	free(output->text);
	free(output);
	return 0;
}

static const char *text_of(struct output *output)
{
	assert_int_equal(json_end(&output->json), 0);
	fflush(output->json.file);
	return output->text;
}

static void commas_stand_between_elements_only(void **state)
{
	struct output *output = *state;
	struct json_writer *json = &output->json;

	json_begin_object(json);
	json_key(json, "empty");
	json_begin_array(json);
	json_end_array(json);
	json_key(json, "two");
	json_begin_array(json);
	json_u64(json, 1);
	json_begin_object(json);
	json_end_object(json);
	json_end_array(json);
	json_key(json, "yes");
	json_bool(json, true);
	json_end_object(json);
	assert_string_equal(text_of(output), "{\"empty\":[],\"two\":[1,{}],\"yes\":true}\n");
}

static void lined_elements_stand_on_lines_of_their_own(void **state)
{
	struct output *output = *state;
	struct json_writer *json = &output->json;

	json_begin_array(json);
	json_lines(json);
	json_u64(json, 1);
	json_begin_array(json);
	json_u64(json, 2);
	json_u64(json, 3);
	json_end_array(json);
	json_end_array(json);
	assert_string_equal(text_of(output), "[\n1,\n[2,3]\n]\n");
}

static void an_empty_lined_array_stays_on_one_line(void **state)
{
	struct output *output = *state;

	json_begin_array(&output->json);
	json_lines(&output->json);
	json_end_array(&output->json);
	assert_string_equal(text_of(output), "[]\n");
}

static void hostile_strings_are_escaped(void **state)
{
	struct output *output = *state;

	json_string(&output->json, "\"\\</script>\x01\n\x7f\xc3\xa4\xff\xed\xa0\x80z");
	assert_string_equal(text_of(output), "\"\\\"\\\\</script>\\u0001\\u000a\\u007f\xc3\xa4"
					     "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdz\""
					     "\n");
}

static void a_character_cut_by_the_end_is_replaced(void **state)
{
	struct output *output = *state;

	json_string(&output->json, "a\xe2\x82");
	assert_string_equal(text_of(output), "\"a\xef\xbf\xbd\xef\xbf\xbd\"\n");
}

static void all_64_bits_of_a_number_are_exact(void **state)
{
	struct output *output = *state;
	struct json_writer *json = &output->json;

	json_begin_array(json);
	json_u64(json, 0);
	json_u64(json, 9);
	json_u64(json, 10);
	json_u64(json, 100);
	json_u64(json, 9007199254740993ULL);
	json_u64(json, UINT64_MAX);
	json_end_array(json);
	assert_string_equal(text_of(output),
			    "[0,9,10,100,9007199254740993,18446744073709551615]\n");
}

static void what_is_not_known_is_null(void **state)
{
	struct output *output = *state;
	struct json_writer *json = &output->json;

	json_begin_array(json);
	json_null(json);
	json_string(json, NULL);
	json_double(json, NAN);
	json_double(json, INFINITY);
	json_double(json, 12.5);
	json_end_array(json);
	assert_string_equal(text_of(output), "[null,null,null,null,12.5]\n");
}

static void wrong_nesting_is_an_error_that_stays(void **state)
{
	struct output *output = *state;

	json_begin_array(&output->json);
	assert_int_equal(json_end(&output->json), -EINVAL);
	assert_int_equal(json_error(&output->json), -EINVAL);
}

static void a_full_disk_is_told(void **state)
{
	FILE *full = fopen("/dev/full", "w");
	struct json_writer json;

	(void)state;
	assert_non_null(full);
	setvbuf(full, NULL, _IONBF, 0);
	json_begin(&json, full);
	json_u64(&json, 1);
	assert_int_equal(json_end(&json), -ENOSPC);
	fclose(full);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, open_output, close_output)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(commas_stand_between_elements_only),
		TEST(lined_elements_stand_on_lines_of_their_own),
		TEST(an_empty_lined_array_stays_on_one_line),
		TEST(hostile_strings_are_escaped),
		TEST(a_character_cut_by_the_end_is_replaced),
		TEST(all_64_bits_of_a_number_are_exact),
		TEST(what_is_not_known_is_null),
		TEST(wrong_nesting_is_an_error_that_stays),
		cmocka_unit_test(a_full_disk_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
