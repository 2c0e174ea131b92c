/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "base/json_writer.h"
#include "report/report_table.h"

#include <errno.h>
#include <math.h>

#define NIL CAPTURE_NIL

enum { NAME, COUNT, RUN_NS, AT_NS, SHARE, HIDDEN, COLUMNS };

static const struct report_column columns[] = {
	{ "name", "NAME", REPORT_TEXT },       { "count", "COUNT", REPORT_COUNT },
	{ "run_ns", "RUN", REPORT_LENGTH_NS }, { "at_ns", "AT", REPORT_AT_NS },
	{ "share", "SHARE", REPORT_PERCENT },  { "hidden", NULL, REPORT_COUNT },
};

static void add(struct report_table *table, const char *name, uint64_t count, uint64_t run_ns,
		uint64_t at_ns, double share)
{
	union report_value *row = report_table_add(table);

	row[NAME].text = name;
	row[COUNT].number = count;
	row[RUN_NS].number = run_ns;
	row[AT_NS].number = at_ns;
	row[SHARE].percent = share;
	row[HIDDEN].number = 7;
}

static int make(void **state)
{
	struct report_table *table = malloc(sizeof(*table));

	report_table_init(table, columns, COLUMNS);
	*state = table;
	return 0;
}

static int drop(void **state)
{
	report_table_free(*state);
	free(*state);
	return 0;
}

static void assert_order(const struct report_table *table, const char *wanted)
{
	char names[16] = "";

	for (size_t i = 0; i < table->rows; i++)
		strcat(names, table->values[i * COLUMNS + NAME].text);
	assert_string_equal(names, wanted);
}

static void numbers_sort_downwards_texts_upwards_unknown_last(void **state)
{
	struct report_table *table = *state;

	add(table, "b", 2, 0, NIL, NAN);
	add(table, "c", NIL, 0, 5, 1.5);
	add(table, "a", 9, 0, NIL, 2.5);
	report_table_sort(table, COUNT);
	assert_order(table, "abc");
	report_table_sort(table, AT_NS);
	assert_order(table, "cab"); /* equal ones keep their order */
	report_table_sort(table, NAME);
	assert_order(table, "abc");
	report_table_sort(table, SHARE);
	assert_order(table, "acb");
}

static void columns_are_found_with_and_without_their_unit(void **state)
{
	(void)state;
	assert_int_equal(report_column_find(columns, COLUMNS, "run_ns"), RUN_NS);
	assert_int_equal(report_column_find(columns, COLUMNS, "run"), RUN_NS);
	assert_int_equal(report_column_find(columns, COLUMNS, "hidden"), HIDDEN);
	assert_int_equal(report_column_find(columns, COLUMNS, "ru"), -ENOENT);
	assert_int_equal(report_column_find(columns, COLUMNS, ""), -ENOENT);
}

/* What a printer writes; freed by the caller. */
static char *printed(int (*print)(const struct report_table *, FILE *),
		     const struct report_table *table)
{
	size_t length;
	char *text;
	FILE *file = open_memstream(&text, &length);

	assert_int_equal(print(table, file), 0);
	fclose(file);
	return text;
}

static void assert_text(const struct report_table *table, const char *wanted)
{
	char *text = printed(report_print_text, table);

	assert_string_equal(text, wanted);
	free(text);
}

static void people_get_aligned_columns_and_one_unit_each(void **state)
{
	struct report_table *table = *state;

	add(table, "gr\xc3\xbc\xc3\x9f", 5, 1500000, 1250000000, 12.345);
	add(table, "b", 12345678, 2000, NIL, NAN);
	report_table_total(table)[NAME].text = "total";
	assert_text(table, "NAME      COUNT  RUN ms      AT s  SHARE %\n"
			   "gr\xc3\xbc\xc3\x9f          5   1.500  1.250000    12.35\n"
			   "b      12345678   0.002         -        -\n"
			   "total         0   0.000  0.000000     0.00\n");
}

static void short_lengths_are_microseconds_long_ones_seconds(void **state)
{
	struct report_table *table = *state;

	table->hidden = 1 << COUNT | 1 << AT_NS | 1 << SHARE;
	add(table, "a", 0, 999999, 0, 0);
	assert_text(table, "NAME   RUN us\na     999.999\n");
	add(table, "b", 0, 1000000000000, 0, 0);
	assert_text(table, "NAME     RUN s\na        0.001\nb     1000.000\n");
}

static void an_empty_table_is_its_headings(void **state)
{
	assert_text(*state, "NAME  COUNT  RUN us  AT s  SHARE %\n");
}

static void programs_get_every_column_exactly(void **state)
{
	struct report_table *table = *state;
	char *text;

	table->hidden = ~0ULL;
	add(table, "a,b", NIL, 18446744073709551614ULL, 0, 100.0 / 3);
	add(table, NULL, 1, 2, 3, NAN);
	text = printed(report_print_csv, table);
	assert_string_equal(text, "name,count,run_ns,at_ns,share,hidden\r\n"
				  "\"a,b\",,18446744073709551614,0,33.333333,7\r\n"
				  ",1,2,3,,7\r\n");
	free(text);
}

static int print_json(const struct report_table *table, FILE *file)
{
	struct json_writer json;

	json_begin(&json, file);
	json_begin_array(&json);
	report_print_json_rows(table, &json);
	report_print_json_total(table, &json);
	json_end_array(&json);
	return json_end(&json);
}

static void json_has_the_same_and_null_for_what_is_not_known(void **state)
{
	struct report_table *table = *state;
	char *text;

	add(table, "a", NIL, 2, 3, NAN);
	text = printed(print_json, table);
	assert_string_equal(text, "[[\n{\"name\":\"a\",\"count\":null,\"run_ns\":2,\"at_ns\":3,"
				  "\"share\":null,\"hidden\":7}\n],null]\n");
	free(text);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, make, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(numbers_sort_downwards_texts_upwards_unknown_last),
		cmocka_unit_test(columns_are_found_with_and_without_their_unit),
		TEST(people_get_aligned_columns_and_one_unit_each),
		TEST(short_lengths_are_microseconds_long_ones_seconds),
		TEST(an_empty_table_is_its_headings),
		TEST(programs_get_every_column_exactly),
		TEST(json_has_the_same_and_null_for_what_is_not_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
