/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "base/both.h"

#include <errno.h>
#include <pthread.h>

struct work {
	int error;
	int times;
	pthread_t thread;
};

static int work(void *context)
{
	struct work *done = context;

	done->times++;
	done->thread = pthread_self();
	return done->error;
}

static void both_are_done_once_and_the_other_elsewhere(void **state)
{
	struct work here = { 0 }, there = { 0 };

	(void)state;
	assert_int_equal(both_at_once(work, &here, work, &there), 0);
	assert_int_equal(here.times, 1);
	assert_int_equal(there.times, 1);
	assert_true(pthread_equal(here.thread, pthread_self()));
	assert_false(pthread_equal(there.thread, pthread_self()));
}

static void the_error_of_either_is_told_and_both_are_done(void **state)
{
	struct work fine = { 0 }, full = { .error = -ENOSPC }, broken = { .error = -EIO };

	(void)state;
	assert_int_equal(both_at_once(work, &fine, work, &full), -ENOSPC);
	assert_int_equal(both_at_once(work, &full, work, &fine), -ENOSPC);
	assert_int_equal(both_at_once(work, &broken, work, &full), -EIO);
	assert_int_equal(fine.times, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_are_done_once_and_the_other_elsewhere),
		cmocka_unit_test(the_error_of_either_is_told_and_both_are_done),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
