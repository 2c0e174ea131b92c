/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "base/string_pool.h"
#include "batch.h"
#include "chart/core_stats.h"

#include <errno.h>

struct fixture {
	struct string_pool *strings;
	struct core_stats stats;
};

static void push_task(struct fixture *fixture, uint64_t task, const char *kind)
{
	uint64_t row[TASKS_COLUMNS] = { [TASKS_TASK] = task };

	row[TASKS_KIND] = kind ? string_pool_add(fixture->strings, kind) : CAPTURE_NIL;
	assert_int_equal(
		batch_push(&fixture->stats.sink, CAPTURE_TASKS, 0, 0, fixture->strings, row, 1), 0);
}

/* CPUs 0 and 2 are there from the start; tasks 0 to 4 are of one kind each. */
static int make(void **state)
{
	static const char *const kinds[] = { "idle", "task", "kthread", "unknown", NULL };
	static const struct capture_cpu cpus[] = { { .cpu = 0 }, { .cpu = 2 } };
	const struct capture_header header = { .cpus = cpus, .cpu_count = 2 };
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	fixture->strings = string_pool_new();
	core_stats_init(&fixture->stats);
	assert_int_equal(fixture->stats.sink.header(&fixture->stats.sink, &header), 0);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		push_task(fixture, i, kinds[i]);
	*state = fixture;
	return 0;
}

static int drop(void **state)
{
	struct fixture *fixture = *state;

	core_stats_free(&fixture->stats);
	string_pool_free(fixture->strings);
	free(fixture);
	return 0;
}

static int push_sample(struct fixture *fixture, uint64_t task, uint64_t cpu, uint64_t run_ns)
{
	const uint64_t row[SAMPLES_COLUMNS] = { [SAMPLES_TASK] = task,
						[SAMPLES_CPU] = cpu,
						[SAMPLES_RUN_NS] = run_ns,
						[SAMPLES_SWITCHES] = 1 };

	return batch_push(&fixture->stats.sink, CAPTURE_SAMPLES, 1000, 0, NULL, row, 1);
}

static void push_cpu(struct fixture *fixture, uint64_t cpu, uint64_t at_ns, uint64_t online)
{
	const uint64_t row[CPUS_COLUMNS] = { cpu, at_ns, online };

	assert_int_equal(batch_push(&fixture->stats.sink, CAPTURE_CPUS, 0, 0, NULL, row, 1), 0);
}

static void run_time_is_told_apart_by_kind(void **state)
{
	struct fixture *fixture = *state;
	const struct core_stats_row *core;

	for (uint64_t task = 0; task < 5; task++)
		assert_int_equal(push_sample(fixture, task, 0, 1ULL << task), 0);
	assert_int_equal(push_sample(fixture, CAPTURE_NIL, 0, 32), 0);
	core_stats_finish(&fixture->stats, 0, 100);
	core = &fixture->stats.cores[0];
	assert_int_equal(core->idle_ns, 1);
	assert_int_equal(core->busy_ns, 2 + 4);
	assert_int_equal(core->unknown_ns, 8 + 16 + 32);
	assert_int_equal(core->rest_ns, 100 - 63);
	assert_int_equal(core->switches, 6);
}

static void a_task_whose_kind_becomes_known_counts_as_it_is_known(void **state)
{
	struct fixture *fixture = *state;

	push_task(fixture, 4, "task");
	assert_int_equal(push_sample(fixture, 4, 0, 5), 0);
	assert_int_equal(fixture->stats.cores[0].busy_ns, 5);
}

static void cores_are_those_of_the_header_and_of_rows(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(push_sample(fixture, 0, 5, 1), 0);
	assert_int_equal(fixture->stats.count, 6);
	for (size_t cpu = 0; cpu < 6; cpu++)
		assert_int_equal(fixture->stats.cores[cpu].seen, cpu == 0 || cpu == 2 || cpu == 5);
}

static void offline_times_are_cut_to_the_window(void **state)
{
	struct fixture *fixture = *state;

	push_cpu(fixture, 2, 100, 0);
	push_cpu(fixture, 2, 300, 1);
	push_cpu(fixture, 2, 700, 0);
	push_cpu(fixture, 2, 750, 0); /* said twice */
	core_stats_finish(&fixture->stats, 200, 1000);
	assert_int_equal(fixture->stats.cores[2].offline_ns, 100 + 300);
	assert_int_equal(fixture->stats.cores[2].rest_ns, 400);
	assert_int_equal(fixture->stats.cores[0].offline_ns, 0);
}

static void a_cpu_that_comes_later_was_away_before(void **state)
{
	struct fixture *fixture = *state;

	push_cpu(fixture, 1, 400, 1);
	core_stats_finish(&fixture->stats, 0, 1000);
	assert_int_equal(fixture->stats.cores[1].offline_ns, 400);
}

static void a_cpu_of_the_header_that_is_said_to_be_online_was_never_away(void **state)
{
	struct fixture *fixture = *state;

	push_cpu(fixture, 0, 0, 1);
	push_cpu(fixture, 2, 500, 1);
	core_stats_finish(&fixture->stats, 0, 1000);
	assert_int_equal(fixture->stats.cores[0].offline_ns, 0);
	assert_int_equal(fixture->stats.cores[2].offline_ns, 0);
}

static void a_cpu_that_cannot_be_is_refused(void **state)
{
	assert_int_equal(push_sample(*state, 0, CORE_STATS_CPU_MAX + 1, 1), -EBADMSG);
	assert_int_equal(push_sample(*state, 0, CAPTURE_NIL, 1), -EBADMSG);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, make, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(run_time_is_told_apart_by_kind),
		TEST(a_task_whose_kind_becomes_known_counts_as_it_is_known),
		TEST(cores_are_those_of_the_header_and_of_rows),
		TEST(offline_times_are_cut_to_the_window),
		TEST(a_cpu_that_comes_later_was_away_before),
		TEST(a_cpu_of_the_header_that_is_said_to_be_online_was_never_away),
		TEST(a_cpu_that_cannot_be_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
