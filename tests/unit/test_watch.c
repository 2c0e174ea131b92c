/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "base/array.h"
#include "base/string_pool.h"
#include "batch.h"
#include "watch.h"

#include <errno.h>

#define MS 1000000ULL
#define S (1000 * MS)

struct bench {
	struct watch_rule rules[2];
	struct watch watch;
	struct text_sink *out;
	struct string_pool *strings;
};

static struct bench *begin(const char *one, const char *other)
{
	struct bench *bench = calloc(1, sizeof(*bench));

	assert_non_null(bench);
	assert_int_equal(watch_parse("--when", one, &bench->rules[0]), 0);
	if (other)
		assert_int_equal(watch_parse("--when", other, &bench->rules[1]), 0);
	bench->out = text_sink_new();
	bench->strings = string_pool_new();
	watch_init(&bench->watch, bench->rules, other ? 2 : 1);
	watch_begin_part(&bench->watch, &bench->out->sink);
	return bench;
}

static void finish(struct bench *bench)
{
	watch_free(&bench->watch);
	text_sink_free(bench->out);
	string_pool_free(bench->strings);
	free(bench);
}

static void tell_named(struct bench *bench, uint64_t key, uint64_t tid, const char *kind,
		       const char *name)
{
	uint64_t row[TASKS_COLUMNS];

	for (size_t i = 0; i < TASKS_COLUMNS; i++)
		row[i] = CAPTURE_NIL;
	row[TASKS_TASK] = key;
	row[TASKS_TID] = tid;
	row[TASKS_COMM] = string_pool_add(bench->strings, "worker");
	row[TASKS_KIND] = string_pool_add(bench->strings, kind);
	if (name)
		row[TASKS_NAME] = string_pool_add(bench->strings, name);
	assert_int_equal(
		batch_push(&bench->watch.sink, CAPTURE_TASKS, 0, 0, bench->strings, row, 1), 0);
}

static void tell(struct bench *bench, uint64_t key, uint64_t tid, const char *kind)
{
	tell_named(bench, key, tid, kind, NULL);
}

static void sample(struct bench *bench, uint64_t key, uint64_t run_ns, uint64_t wait_max_ns)
{
	const uint64_t row[SAMPLES_COLUMNS] = {
		[SAMPLES_TASK] = key, [SAMPLES_RUN_NS] = run_ns, [SAMPLES_WAIT_MAX_NS] = wait_max_ns
	};

	assert_int_equal(
		batch_push(&bench->watch.sink, CAPTURE_SAMPLES, 10 * MS, 0, bench->strings, row, 1),
		0);
}

static void flush(struct bench *bench, uint64_t at_ns)
{
	assert_int_equal(bench->watch.sink.flush(&bench->watch.sink, at_ns), 0);
}

static void conditions_are_a_wait_or_a_share_of_a_core(void **state)
{
	static const char *const wrong[] = {
		"",	     "wait",	 "wait>",    "wait>50",
		"wait>50MB", "wait<5ms", "cpu>95",   "cpu>95ms",
		"cpu>%",     "cpu>-5%",	 "sleep>5s", "wait > 50ms",
		"wait>5m",   "wait>5ns", "cpu>100%", "cpu>99999999999999999999%"
	};
	struct watch_rule rule;

	(void)state;
	assert_int_equal(watch_parse("--when", "wait>50ms", &rule), 0);
	assert_int_equal(rule.metric, WATCH_WAIT);
	assert_true(rule.more_than > 49.9e6 && rule.more_than < 50.1e6);
	assert_int_equal(watch_parse("--when", "cpu>95%", &rule), 0);
	assert_int_equal(rule.metric, WATCH_CPU);
	assert_int_equal(watch_parse("--when", "wait>0.5s", &rule), 0);
	assert_int_equal(watch_parse("--when", "wait>50us", &rule), 0);
	assert_int_equal(watch_parse("--when", "cpu>99%", &rule), 0);
	for (size_t i = 0; i < ARRAY_LENGTH(wrong); i++)
		assert_int_equal(watch_parse("--when", wrong[i], &rule), -EINVAL);
}

static void a_longer_wait_fires_and_says_whose(void **state)
{
	struct bench *bench = begin("wait>50ms", NULL);

	(void)state;
	tell(bench, 3, 77, "task");
	sample(bench, 3, 0, 50 * MS);
	assert_string_equal(bench->watch.fired, "");
	sample(bench, 3, 0, 51 * MS);
	assert_string_equal(bench->watch.fired, "wait>50ms: worker (77) waited 51.000 ms");
	finish(bench);
}

static void a_task_is_called_by_the_name_that_it_was_given(void **state)
{
	struct bench *bench = begin("wait>50ms", "cpu>60%");

	(void)state;
	tell(bench, 3, 77, "task");
	tell_named(bench, 3, 77, "vcpu", "web1.vcpu0");
	sample(bench, 3, 0, 51 * MS);
	assert_string_equal(bench->watch.fired, "wait>50ms: web1.vcpu0 (77) waited 51.000 ms");
	finish(bench);
}

static void a_wait_that_is_not_known_is_none(void **state)
{
	struct bench *bench = begin("wait>50ms", NULL);

	(void)state;
	tell(bench, 3, 77, "task");
	sample(bench, 3, 0, CAPTURE_NIL);
	assert_string_equal(bench->watch.fired, "");
	finish(bench);
}

static void a_share_is_that_of_the_time_since_the_last_look(void **state)
{
	struct bench *bench = begin("wait>50ms", "cpu>95%");

	(void)state;
	tell(bench, 3, 77, "task");
	sample(bench, 3, 400 * MS, 0);
	flush(bench, 400 * MS); /* too short a time */
	assert_string_equal(bench->watch.fired, "");
	sample(bench, 3, 540 * MS, 0);
	flush(bench, 1 * S); /* 940 ms of a second */
	assert_string_equal(bench->watch.fired, "");
	sample(bench, 3, 990 * MS, 0);
	flush(bench, 2 * S);
	assert_string_equal(bench->watch.fired, "cpu>95%: worker (77) had 99.0 % of a core");
	finish(bench);
}

static void the_cores_own_tasks_do_not_count(void **state)
{
	struct bench *bench = begin("cpu>10%", NULL);

	(void)state;
	tell(bench, 1, 0, "idle");
	tell(bench, 2, 0, "other");
	tell(bench, 3, 0, "unknown");
	for (uint64_t key = 1; key <= 3; key++)
		sample(bench, key, 1 * S, 0);
	flush(bench, 1 * S);
	assert_string_equal(bench->watch.fired, "");
	finish(bench);
}

static void tell_ended(struct bench *bench, uint64_t key)
{
	uint64_t row[TASKS_COLUMNS] = { [TASKS_TASK] = key, [TASKS_TID] = key };

	row[TASKS_COMM] = string_pool_add(bench->strings, "brief");
	row[TASKS_KIND] = string_pool_add(bench->strings, "task");
	row[TASKS_END_NS] = 1;
	assert_int_equal(
		batch_push(&bench->watch.sink, CAPTURE_TASKS, 0, 0, bench->strings, row, 1), 0);
}

/* A long run sees millions of tasks. */
static void tasks_that_have_ended_are_forgotten(void **state)
{
	struct bench *bench = begin("cpu>50%", NULL);

	(void)state;
	tell(bench, 1, 101, "task");
	for (uint64_t key = 2; key < 100000; key++) {
		tell_ended(bench, key);
		if (key % 1000 == 0)
			flush(bench, key / 1000 * S);
	}
	assert_in_range(bench->watch.task_count, 1, 10000);
	flush(bench, 100 * S);
	sample(bench, 1, 600 * MS, CAPTURE_NIL);
	flush(bench, 101 * S);
	assert_string_equal(bench->watch.fired, "cpu>50%: worker (101) had 60.0 % of a core");
	finish(bench);
}

static void all_goes_on_to_the_next_sink(void **state)
{
	struct bench *bench = begin("cpu>10%", NULL);

	(void)state;
	sample(bench, 3, 5, 6);
	assert_string_equal(text_sink_take(bench->out), "samples@10000000 0 3 0 5 0 0 0 0 0 6 0\n");
	finish(bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(conditions_are_a_wait_or_a_share_of_a_core),
		cmocka_unit_test(a_longer_wait_fires_and_says_whose),
		cmocka_unit_test(a_task_is_called_by_the_name_that_it_was_given),
		cmocka_unit_test(a_wait_that_is_not_known_is_none),
		cmocka_unit_test(a_share_is_that_of_the_time_since_the_last_look),
		cmocka_unit_test(the_cores_own_tasks_do_not_count),
		cmocka_unit_test(tasks_that_have_ended_are_forgotten),
		cmocka_unit_test(all_goes_on_to_the_next_sink),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
