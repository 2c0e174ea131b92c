/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "account/account.h"
#include "cmd_record_filter.h"

#include <errno.h>

static const struct account_task shell = { 12, 10, "bash", "login shell", "/user.slice/session-1" };

/* Whether a filter of one rule means this task. */
static bool means(enum record_filter_kind kind, const char *text, const struct account_task *task)
{
	struct record_filter *filter = calloc(1, sizeof(*filter));
	bool meant;

	assert_non_null(filter);
	assert_int_equal(record_filter_add(filter, kind, "--x", text), 0);
	meant = record_filter_selects(filter, task);
	record_filter_free(filter);
	free(filter);
	return meant;
}

static void a_regex_is_searched_in_the_name_and_a_leading_star_is_forgiven(void **state)
{
	(void)state;
	assert_true(means(FILTER_TASK, "as", &shell));
	assert_true(means(FILTER_TASK, "*ash$", &shell));
	assert_false(means(FILTER_TASK, "^ash", &shell));
}

static void a_number_is_a_tid(void **state)
{
	(void)state;
	assert_true(means(FILTER_TASK, "12", &shell));
	assert_false(means(FILTER_TASK, "10", &shell));
	assert_true(means(FILTER_TID, "12", &shell));
	assert_true(means(FILTER_PID, "10", &shell));
	assert_false(means(FILTER_PID, "12", &shell));
}

static void a_cgroup_means_all_below_it(void **state)
{
	(void)state;
	assert_true(means(FILTER_CGROUP, "/user.slice", &shell));
	assert_true(means(FILTER_CGROUP, "/user.slice/", &shell));
	assert_true(means(FILTER_CGROUP, "/user.slice/session-1", &shell));
	assert_true(means(FILTER_CGROUP, "/", &shell));
	assert_false(means(FILTER_CGROUP, "/user.slice/session", &shell));
	assert_false(means(FILTER_CGROUP, "/user", &shell));
}

static void a_cgroup_is_not_named_by_where_it_is_mounted(void **state)
{
	struct record_filter *filter = calloc(1, sizeof(*filter));

	(void)state;
	assert_non_null(filter);
	assert_int_equal(record_filter_add(filter, FILTER_CGROUP, "--x", "/sys/fs/cgroup/a"),
			 -EINVAL);
	assert_int_equal(record_filter_add(filter, FILTER_CGROUP, "--x", "/sys/fs"), 0);
	record_filter_free(filter);
	free(filter);
}

static void a_task_of_which_nothing_is_known_is_meant_by_its_tid_only(void **state)
{
	const struct account_task nameless = { 7, CAPTURE_NIL, NULL, NULL, NULL };

	(void)state;
	assert_true(means(FILTER_TID, "7", &nameless));
	assert_false(means(FILTER_TASK, ".", &nameless));
	assert_false(means(FILTER_CGROUP, "/", &nameless));
}

static void lists_of_cpus_are_numbers_and_ranges(void **state)
{
	static const char *const bad[] = {
		"", ",", "1,", "-1", "3-1", "a", "1-", "0-3,,5", "70000"
	};
	struct record_filter *filter = calloc(1, sizeof(*filter));

	(void)state;
	assert_non_null(filter);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_not_equal(record_filter_add_cpus(filter, bad[i]), 0);
	assert_int_equal(record_filter_add_cpus(filter, "0,2-3,900"), 0);
	assert_int_equal(record_filter_list_cpus(filter, 5), 0);
	assert_true(filter->cpu_listed[0] && filter->cpu_listed[2] && filter->cpu_listed[3]);
	assert_false(filter->cpu_listed[1] || filter->cpu_listed[4]);
	record_filter_free(filter);
	free(filter);
}

static void what_cannot_be_a_filter_is_refused(void **state)
{
	struct record_filter *filter = calloc(1, sizeof(*filter));

	(void)state;
	assert_non_null(filter);
	assert_int_not_equal(record_filter_add(filter, FILTER_TASK, "--task", "["), 0);
	assert_int_not_equal(record_filter_add(filter, FILTER_PID, "--pid", "bash"), 0);
	assert_int_not_equal(record_filter_add(filter, FILTER_TID, "--tid", "0"), 0);
	assert_int_not_equal(record_filter_add(filter, FILTER_CGROUP, "--cgroup", "user"), 0);
	assert_int_equal(filter->rule_count, 0);
	free(filter);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_regex_is_searched_in_the_name_and_a_leading_star_is_forgiven),
		cmocka_unit_test(a_number_is_a_tid),
		cmocka_unit_test(a_cgroup_means_all_below_it),
		cmocka_unit_test(a_cgroup_is_not_named_by_where_it_is_mounted),
		cmocka_unit_test(a_task_of_which_nothing_is_known_is_meant_by_its_tid_only),
		cmocka_unit_test(lists_of_cpus_are_numbers_and_ranges),
		cmocka_unit_test(what_cannot_be_a_filter_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
