/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "base/string_pool.h"
#include "batch.h"
#include "some_tasks.h"
#include "view/view_rename.h"

static int make(void **state)
{
	*state = some_tasks_new();
	return 0;
}

static int drop(void **state)
{
	some_tasks_free(*state);
	return 0;
}

static void assert_shown(const struct some_tasks *some, size_t i, const char *name, uint64_t tid)
{
	assert_true(i < some->tasks.shown_count);
	assert_int_equal(some->tasks.shown[i].task, i);
	assert_string_equal(some->tasks.shown[i].name, name);
	assert_true(some->tasks.shown[i].tid == tid);
}

static void a_later_row_replaces_an_earlier_one(void **state)
{
	struct some_tasks *some = *state;
	const struct view_options options = { 0 };

	some_tasks_add(some, 0, 10, "sh", NULL, "task");
	some_tasks_add(some, 1, 11, "cat", NULL, "task");
	some_tasks_add(some, 0, 10, "sleep", NULL, "task");
	some_tasks_shape(some, &options);
	assert_int_equal(some->tasks.shown_count, 2);
	assert_shown(some, 0, "sleep", 10);
	assert_shown(some, 1, "cat", 11);
	assert_true(some->tasks.same_numbers);
}

static void an_annotated_name_goes_before_the_comm(void **state)
{
	struct some_tasks *some = *state;
	const struct view_options options = { 0 };

	some_tasks_add(some, 0, 10, "CPU 0/KVM", "Router.02.vcpu0", "vcpu");
	some_tasks_shape(some, &options);
	assert_shown(some, 0, "Router.02.vcpu0", 10);
	assert_string_equal(some->tasks.shown[0].comm, "CPU 0/KVM");
}

static void numbers_of_the_file_may_be_any(void **state)
{
	struct some_tasks *some = *state;
	const struct view_options options = { 0 };

	some_tasks_add(some, 1ULL << 60, 10, "far", NULL, "task");
	some_tasks_add(some, 0, 11, "near", NULL, "task");
	some_tasks_add(some, 1ULL << 60, 10, "farther", NULL, "task");
	some_tasks_shape(some, &options);
	assert_int_equal(some->tasks.shown_count, 2);
	assert_shown(some, 0, "farther", 10);
	assert_int_equal(view_tasks_shown(&some->tasks, 1ULL << 60), 0);
	assert_int_equal(view_tasks_shown(&some->tasks, 0), 1);
	assert_true(view_tasks_shown(&some->tasks, 1) == VIEW_NO_TASK);
	assert_false(some->tasks.same_numbers);
}

static void tids_are_appended_when_asked(void **state)
{
	struct some_tasks *some = *state;
	const struct view_options options = { .append_tid = true };

	some_tasks_add(some, 0, 2834, "perf", NULL, "task");
	some_tasks_shape(some, &options);
	assert_shown(some, 0, "perf:2834", 2834);
}

static void add_system_tasks(struct some_tasks *some)
{
	some_tasks_add(some, 0, 0, "swapper/0", NULL, "idle");
	some_tasks_add(some, 1, 0, "swapper/1", NULL, "idle");
	some_tasks_add(some, 2, 15, "ksoftirqd/0", NULL, "kthread");
	some_tasks_add(some, 3, 22, "ksoftirqd/1", NULL, "kthread");
	some_tasks_add(some, 4, 99, "ksoftirqd/9", NULL, "task");
	some_tasks_add(some, 5, 30, "ksoftirqd/2", "mine", "kthread");
}

static void system_tasks_of_all_cpus_merge_when_asked(void **state)
{
	struct some_tasks *some = *state;
	const struct view_options options = { .merge_sys_tasks = true };

	add_system_tasks(some);
	some_tasks_shape(some, &options);
	assert_int_equal(some->tasks.shown_count, 4);
	assert_shown(some, 0, "swapper", 0);
	assert_shown(some, 1, "ksoftirqd", CAPTURE_NIL);
	assert_shown(some, 2, "ksoftirqd/9", 99); /* a user's own task only looks like one */
	assert_shown(some, 3, "mine", 30);	  /* somebody named it: it stays apart */
	assert_int_equal(view_tasks_shown(&some->tasks, 3), 1);
	assert_int_equal(some->tasks.shown[1].start_ns, 1015);
	assert_false(some->tasks.same_numbers);
}

static void merged_tasks_get_no_tid_appended(void **state)
{
	struct some_tasks *some = *state;
	const struct view_options options = { .merge_sys_tasks = true, .append_tid = true };

	add_system_tasks(some);
	some_tasks_shape(some, &options);
	assert_shown(some, 0, "swapper:0", 0);
	assert_shown(some, 1, "ksoftirqd", CAPTURE_NIL);
	assert_shown(some, 2, "ksoftirqd/9:99", 99);
}

static void tasks_of_one_name_merge_when_asked(void **state)
{
	struct some_tasks *some = *state;
	const struct view_options options = { .merge_names = true };

	some_tasks_add(some, 0, 0, "swapper/0", NULL, "idle");
	some_tasks_add(some, 1, 10, "worker", "fw.worker", "task");
	some_tasks_add(some, 2, 11, "sh", NULL, "task");
	some_tasks_add(some, 3, 12, "fw.worker", NULL, "task");
	some_tasks_add(some, 4, 0, "swapper/0", NULL, "idle");
	some_tasks_shape(some, &options);
	assert_int_equal(some->tasks.shown_count, 4);
	assert_shown(some, 1, "fw.worker", CAPTURE_NIL);
	assert_int_equal(some->tasks.shown[1].members, 2);
	assert_int_equal(some->tasks.shown[2].members, 1);
	assert_int_equal(view_tasks_shown(&some->tasks, 3), 1);
}

static void a_mapping_names_the_task_that_had_the_tid_longest(void **state)
{
	struct some_tasks *some = *state;
	const struct view_options options = { 0 };
	struct names_map *map = names_map_new();
	const struct map_row row = { .tid = 10, .name = "fw.vcpu0", .vm = "fw", .vcpu = 0 };
	const struct map_row nobody = { .tid = 99, .name = "x", .vcpu = CAPTURE_NIL };
	struct task_name name;
	bool again;

	names_map_add(map, &row, &again);
	names_map_add(map, &nobody, &again);
	some_tasks_add(some, 0, 10, "short", NULL, "task");
	some_tasks_add(some, 1, 10, "long", "older name", "task");
	some_tasks_add(some, 2, 10, "last", NULL, "task");
	for (size_t i = 0; i < 3; i++) { /* 0-100, 100-800, 800-1000 */
		static const uint64_t starts[] = { 50, 200, 900 };
		static const uint64_t ends[] = { 100, 800, CAPTURE_NIL };

		some->tasks.rows[i * TASKS_COLUMNS + TASKS_START_NS] = starts[i];
		some->tasks.rows[i * TASKS_COLUMNS + TASKS_END_NS] = ends[i];
	}
	assert_int_equal(view_rename(&some->tasks, map, 100, 1000), 0);
	assert_int_equal(some->tasks.unmatched, 1);
	some_tasks_shape(some, &options);
	assert_shown(some, 0, "short", 10);
	assert_shown(some, 1, "fw.vcpu0", 10);
	assert_shown(some, 2, "last", 10);
	assert_string_equal(some->tasks.shown[1].vm, "fw");
	assert_int_equal(some->tasks.shown[1].vcpu, 0);
	assert_false(view_rename_of(&some->tasks, 0, &name));
	assert_true(view_rename_of(&some->tasks, 1, &name));
	assert_string_equal(name.name, "fw.vcpu0");
	names_map_free(map);
}

static void without_the_option_nothing_merges(void **state)
{
	struct some_tasks *some = *state;
	const struct view_options options = { 0 };

	add_system_tasks(some);
	some_tasks_shape(some, &options);
	assert_int_equal(some->tasks.shown_count, 6);
}

static void rows_of_merged_tasks_are_one_with_counters_added(void **state)
{
	struct some_tasks *some = *state;
	const struct view_options options = { .merge_sys_tasks = true, .task = "^ksoftirqd$" };
	struct text_sink *text = text_sink_new();

	add_system_tasks(some);
	some_tasks_shape(some, &options);
	assert_int_equal(view_tasks_push(&some->tasks, false, &text->sink), 0);
	/* task tid tgid start end comm name kind vm vcpu cgroup, then counters 15+22, 16+23 ... */
	assert_string_equal(text_sink_take(text), "tasks@0 1 - - 1015 - 3 - 4 - - - 37 39 41 43 45 "
						  "47 49 51\n");
	text_sink_free(text);
}

static void pushed_rows_have_the_numbers_of_the_view(void **state)
{
	struct some_tasks *some = *state;
	const struct view_options options = { .task = "nobody" };
	struct text_sink *text = text_sink_new();

	some_tasks_add(some, 7, 1, "init", NULL, "task");
	some_tasks_shape(some, &options);
	assert_int_equal(view_tasks_push(&some->tasks, false, &text->sink), 0);
	assert_string_equal(text_sink_take(text), "");
	assert_int_equal(view_tasks_push(&some->tasks, true, &text->sink), 0);
	assert_string_equal(text_sink_take(text),
			    "tasks@0 0 1 1 1001 - 0 - 1 - - - 1 2 3 4 5 6 7 8\n");
	text_sink_free(text);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, make, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_later_row_replaces_an_earlier_one),
		TEST(an_annotated_name_goes_before_the_comm),
		TEST(numbers_of_the_file_may_be_any),
		TEST(tids_are_appended_when_asked),
		TEST(system_tasks_of_all_cpus_merge_when_asked),
		TEST(merged_tasks_get_no_tid_appended),
		TEST(without_the_option_nothing_merges),
		TEST(rows_of_merged_tasks_are_one_with_counters_added),
		TEST(pushed_rows_have_the_numbers_of_the_view),
		cmocka_unit_test_setup_teardown(tasks_of_one_name_merge_when_asked, make, drop),
		cmocka_unit_test_setup_teardown(a_mapping_names_the_task_that_had_the_tid_longest,
						make, drop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
