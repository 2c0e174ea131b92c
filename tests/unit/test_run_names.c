/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "view/run_names.h"

static void expect(size_t count, const char *const *paths, const char *const *wanted)
{
	char **names = run_names_make(paths, count);

	assert_non_null(names);
	for (size_t i = 0; i < count; i++)
		assert_string_equal(names[i], wanted[i]);
	run_names_free(names, count);
}

#define EXPECT(count, ...)                                            \
	do {                                                          \
		static const char *const both[][count] = __VA_ARGS__; \
                                                                      \
		expect(count, both[0], both[1]);                      \
	} while (0)

static void what_all_begin_and_end_with_is_left_out(void **state)
{
	(void)state;
	EXPECT(2, { { "x/pinned.cdict", "y/unpinned.cdict" }, { "pinned", "unpinned" } });
	EXPECT(2, { { "nova-before-1s.cdict", "nova-after-1s.cdict" }, { "before", "after" } });
	EXPECT(2, { { "netA.cdict", "netB.cdict" }, { "A", "B" } });
	EXPECT(3, { { "a-x", "a-y.cdict", "a-zz" }, { "x", "y", "zz" } });
}

static void words_are_not_cut(void **state)
{
	(void)state;
	EXPECT(2, { { "run-pinned.cdict", "run-unpinned.cdict" }, { "pinned", "unpinned" } });
	EXPECT(2, { { "fifo-3.cdict", "fair-3.cdict" }, { "fifo", "fair" } });
	EXPECT(2, { { "sched3.cdict", "schema3.cdict" }, { "sched3", "schema3" } });
}

static void numbers_are_not_cut(void **state)
{
	(void)state;
	EXPECT(2, { { "net-08-a.cdict", "net-09-a.cdict" }, { "08", "09" } });
	EXPECT(2, { { "run10.cdict", "run11.cdict" }, { "10", "11" } });
	EXPECT(2, { { "x-1100.cdict", "x-2100.cdict" }, { "1100", "2100" } });
}

static void a_name_that_would_be_empty_keeps_all_whole(void **state)
{
	(void)state;
	EXPECT(2, { { "run.cdict", "run-2.cdict" }, { "run", "run-2" } });
	EXPECT(1, { { "a/run.cdict" }, { "run" } });
}

static void files_that_are_called_alike_are_told_by_their_folders(void **state)
{
	(void)state;
	EXPECT(2, { { "before/run.cdict", "after/run.cdict" }, { "before", "after" } });
	EXPECT(2, { { "run.cdict", "run.cdict" }, { "run", "run" } });
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_all_begin_and_end_with_is_left_out),
		cmocka_unit_test(words_are_not_cut),
		cmocka_unit_test(numbers_are_not_cut),
		cmocka_unit_test(a_name_that_would_be_empty_keeps_all_whole),
		cmocka_unit_test(files_that_are_called_alike_are_told_by_their_folders),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
