/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "live/timeline.h"

#define ZERO_NS 1000000000ULL
#define RQ_BEHIND_NS 400000000ULL /* the run queue's clock + this = CLOCK_MONOTONIC */
#define MS 1000000ULL

static struct timeline line_with(uint64_t rq_ns, uint64_t lag_ns)
{
	struct timeline line;

	timeline_init(&line, ZERO_NS);
	timeline_pair(&line, rq_ns, rq_ns + RQ_BEHIND_NS + lag_ns);
	return line;
}

static uint64_t rq(uint64_t at_ns)
{
	return at_ns + ZERO_NS - RQ_BEHIND_NS;
}

static void a_pair_lays_the_clock_on_the_line(void **state)
{
	struct timeline line = line_with(rq(5 * MS), 0);

	(void)state;
	assert_int_equal(timeline_at_rq(&line, rq(5 * MS)), 5 * MS);
	assert_int_equal(timeline_at_rq(&line, rq(7 * MS)), 7 * MS);
}

static void the_least_lag_of_late_counts(void **state)
{
	struct timeline line = line_with(rq(5 * MS), 3000);

	(void)state;
	timeline_pair(&line, rq(6 * MS), rq(6 * MS) + RQ_BEHIND_NS + 4 * MS);
	/* 500 ppm of the time between the pairs, no more */
	assert_int_equal(timeline_at_rq(&line, rq(6 * MS)), 6 * MS + 3000 + 500);
	timeline_pair(&line, rq(7 * MS), rq(7 * MS) + RQ_BEHIND_NS + 1000);
	assert_int_equal(timeline_at_rq(&line, rq(7 * MS)), 7 * MS + 1000);
}

static void positions_never_go_back(void **state)
{
	struct timeline line = line_with(rq(5 * MS), 2 * MS);
	uint64_t first_ns = timeline_at_rq(&line, rq(5 * MS));

	(void)state;
	timeline_pair(&line, rq(6 * MS), rq(6 * MS) + RQ_BEHIND_NS);
	assert_int_equal(first_ns, 7 * MS);
	assert_int_equal(timeline_at_rq(&line, rq(6 * MS)), 7 * MS);
	assert_int_equal(timeline_at_rq(&line, rq(8 * MS)), 8 * MS);
}

static void the_same_pair_told_again_changes_nothing(void **state)
{
	struct timeline line = line_with(rq(5 * MS), 3000);

	(void)state;
	timeline_pair(&line, rq(5 * MS), rq(5 * MS) + RQ_BEHIND_NS + 3000);
	assert_int_equal(timeline_at_rq(&line, rq(5 * MS)), 5 * MS + 3000);
}

static void what_was_before_zero_is_at_zero(void **state)
{
	struct timeline line = line_with(rq(5 * MS), 0);

	(void)state;
	assert_int_equal(timeline_at_mono(&line, ZERO_NS - 1), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pair_lays_the_clock_on_the_line),
		cmocka_unit_test(the_least_lag_of_late_counts),
		cmocka_unit_test(positions_never_go_back),
		cmocka_unit_test(the_same_pair_told_again_changes_nothing),
		cmocka_unit_test(what_was_before_zero_is_at_zero),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
