/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "base/csv_writer.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>

struct output {
	struct csv_writer csv;
	char *text;
	size_t length;
};

static int open_output(void **state)
{
	struct output *output = calloc(1, sizeof(*output));

	csv_begin(&output->csv, open_memstream(&output->text, &output->length));
	*state = output;
	return 0;
}

static int close_output(void **state)
{
	struct output *output = *state;

	fclose(output->csv.file);
	free(output->text);
	free(output);
	return 0;
}

static const char *text_of(struct output *output)
{
	assert_int_equal(csv_error(&output->csv), 0);
	fflush(output->csv.file);
	return output->text;
}

static void rows_end_with_crlf(void **state)
{
	struct output *output = *state;

	csv_text(&output->csv, "a");
	csv_u64(&output->csv, UINT64_MAX);
	csv_end_row(&output->csv);
	csv_double(&output->csv, 0.25);
	csv_end_row(&output->csv);
	assert_string_equal(text_of(output), "a,18446744073709551615\r\n0.25\r\n");
}

static void fields_with_commas_quotes_and_line_breaks_are_quoted(void **state)
{
	struct output *output = *state;

	csv_text(&output->csv, "a,b");
	csv_text(&output->csv, "say \"x\"");
	csv_text(&output->csv, "two\nlines");
	csv_text(&output->csv, "cr\r");
	csv_text(&output->csv, "plain text");
	csv_end_row(&output->csv);
	assert_string_equal(text_of(output), "\"a,b\",\"say \"\"x\"\"\",\"two\nlines\",\"cr\r\","
					     "plain text\r\n");
}

static void not_known_is_an_empty_field_and_an_empty_text_a_quoted_one(void **state)
{
	struct output *output = *state;

	csv_nil(&output->csv);
	csv_text(&output->csv, NULL);
	csv_text(&output->csv, "");
	csv_double(&output->csv, NAN);
	csv_end_row(&output->csv);
	assert_string_equal(text_of(output), ",,\"\",\r\n");
}

static void a_full_disk_is_told(void **state)
{
	FILE *full = fopen("/dev/full", "w");
	struct csv_writer csv;

	(void)state;
	assert_non_null(full);
	setvbuf(full, NULL, _IONBF, 0);
	csv_begin(&csv, full);
	csv_u64(&csv, 1);
	csv_end_row(&csv);
	assert_int_equal(csv_error(&csv), -ENOSPC);
	fclose(full);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, open_output, close_output)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(rows_end_with_crlf),
		TEST(fields_with_commas_quotes_and_line_breaks_are_quoted),
		TEST(not_known_is_an_empty_field_and_an_empty_text_a_quoted_one),
		cmocka_unit_test(a_full_disk_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
