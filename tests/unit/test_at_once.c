/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "base/array.h"
#include "base/at_once.h"

#include <errno.h>
#include <sched.h>
#include <stdatomic.h>
#include <time.h>

struct work {
	int error;
	int times;
};

static int work(void *context)
{
	struct work *done = context;

	done->times++;
	return done->error;
}

static void each_job_is_done_once(void **state)
{
	struct work works[100] = { 0 };
	struct at_once_job jobs[100];

	(void)state;
	for (size_t i = 0; i < 100; i++)
		jobs[i] = (struct at_once_job){ work, &works[i] };
	assert_int_equal(at_once(jobs, 100), 0);
	for (size_t i = 0; i < 100; i++)
		assert_int_equal(works[i].times, 1);
	assert_int_equal(at_once(jobs, 0), 0);
}

static void the_first_jobs_error_is_told_and_all_are_done(void **state)
{
	struct work fine = { 0 }, full = { .error = -ENOSPC }, broken = { .error = -EIO };
	const struct at_once_job jobs[] = {
		{ work, &fine }, { work, &full }, { work, &broken }, { work, &fine }
	};

	(void)state;
	assert_int_equal(at_once(jobs, 1), 0);
	assert_int_equal(at_once(jobs + 1, 3), -ENOSPC);
	assert_int_equal(at_once(jobs + 2, 2), -EIO);
	assert_int_equal(fine.times, 3);
}

#define PATIENCE_S 20

/* Each of two jobs waits for the other to begin: they must be under way at the same time. */
static int meet(void *context)
{
	atomic_int *begun = context;
	time_t end = time(NULL) + PATIENCE_S;

	atomic_fetch_add(begun, 1);
	while (atomic_load(begun) < 2 && time(NULL) < end)
		sched_yield();
	return atomic_load(begun) < 2 ? -ETIMEDOUT : 0;
}

static void two_jobs_are_under_way_at_the_same_time(void **state)
{
	atomic_int begun = 0;
	const struct at_once_job jobs[] = { { meet, &begun }, { meet, &begun } };
	cpu_set_t cpus;

	(void)state;
	if (sched_getaffinity(0, sizeof(cpus), &cpus) || CPU_COUNT(&cpus) < 2)
		skip(); /* one CPU does one job after the other */
	assert_int_equal(at_once(jobs, ARRAY_LENGTH(jobs)), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_job_is_done_once),
		cmocka_unit_test(the_first_jobs_error_is_told_and_all_are_done),
		cmocka_unit_test(two_jobs_are_under_way_at_the_same_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
