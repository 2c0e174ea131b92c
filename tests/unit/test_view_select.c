/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "base/string_pool.h"
#include "some_tasks.h"
#include "view/view_select.h"

#include <errno.h>

static struct some_tasks *with(struct view_options options)
{
	struct some_tasks *some = some_tasks_new();

	some_tasks_add(some, 0, 0, "swapper/0", NULL, "idle");
	some_tasks_add(some, 1, 15, "ksoftirqd/0", NULL, "kthread");
	some_tasks_add(some, 2, 22, "ksoftirqd/1", NULL, "kthread");
	some_tasks_add(some, 3, 2834, "perf", NULL, "task");
	some_tasks_add(some, 4, 2834, "CPU 0/KVM", "Router.02.vcpu0", "vcpu");
	some_tasks_add(some, 5, 7, "*star", NULL, "task");
	some_tasks_shape(some, &options);
	return some;
}

/* The selected tasks as their numbers: "034". */
static void assert_selected(struct view_options options, const char *wanted)
{
	struct some_tasks *some = with(options);
	char selected[16] = "";

	for (size_t i = 0, n = 0; i < some->tasks.shown_count; i++)
		if (some->tasks.shown[i].selected)
			selected[n++] = (char)('0' + i);
	assert_string_equal(selected, wanted);
	assert_int_equal(some->tasks.all_selected, strlen(wanted) == some->tasks.shown_count);
	some_tasks_free(some);
}

#define SELECTED(wanted, ...) assert_selected((struct view_options){ __VA_ARGS__ }, wanted)

static void without_a_pattern_all_are_selected(void **state)
{
	(void)state;
	SELECTED("012345", .task = NULL);
}

static void a_regex_is_searched_in_the_shown_name_and_the_comm(void **state)
{
	(void)state;
	SELECTED("3", .task = "perf");
	SELECTED("12", .task = "soft");
	SELECTED("03", .task = "^(swapper|perf)");
	SELECTED("4", .task = "^Router\\.0[0-9]");
	SELECTED("4", .task = "KVM"); /* the comm behind an annotated name */
	SELECTED("", .task = "nobody");
	SELECTED("012345", .task = "");
}

static void an_appended_tid_is_part_of_the_name(void **state)
{
	(void)state;
	SELECTED("34", .task = ":2834$", .append_tid = true);
}

static void a_number_is_a_tid_of_any_life(void **state)
{
	(void)state;
	SELECTED("34", .task = "2834");
	SELECTED("0", .task = "0");
	SELECTED("", .task = "99999999999999999999");
	SELECTED("", .task = "18446744073709551615");
}

static void a_merged_task_is_found_by_each_of_its_tids(void **state)
{
	(void)state;
	SELECTED("1", .task = "22", .merge_sys_tasks = true);
	SELECTED("1", .task = "^ksoftirqd$", .merge_sys_tasks = true);
}

static void a_leading_star_is_forgiven(void **state)
{
	(void)state;
	SELECTED("12", .task = "*softirqd");
	SELECTED("012345", .task = "*");
}

static void a_bad_regex_is_named(void **state)
{
	struct some_tasks *some = with((struct view_options){ 0 });
	char message[CDICT_MESSAGE_BYTES];

	(void)state;
	assert_int_equal(view_select(&some->tasks, "a(b", NULL, message), -EINVAL);
	assert_non_null(strstr(message, "--task 'a(b'"));
	assert_null(strchr(message, '\n'));
	some_tasks_free(some);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_pattern_all_are_selected),
		cmocka_unit_test(a_regex_is_searched_in_the_shown_name_and_the_comm),
		cmocka_unit_test(an_appended_tid_is_part_of_the_name),
		cmocka_unit_test(a_number_is_a_tid_of_any_life),
		cmocka_unit_test(a_merged_task_is_found_by_each_of_its_tids),
		cmocka_unit_test(a_leading_star_is_forgiven),
		cmocka_unit_test(a_bad_regex_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
