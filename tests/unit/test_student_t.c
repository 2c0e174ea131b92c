/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "base/student_t.h"

#include <math.h>

static void limits_are_those_of_the_printed_tables(void **state)
{
	/* two-sided; as in Abramowitz and Stegun, table 26.10 */
	static const struct {
		double beyond;
		unsigned int freedom;
		double limit;
	} table[] = {
		{ 0.05, 1, 12.706 },  { 0.05, 2, 4.303 },   { 0.05, 5, 2.571 },
		{ 0.05, 10, 2.228 },  { 0.05, 30, 2.042 },  { 0.05, 120, 1.980 },
		{ 0.01, 7, 3.499 },   { 0.01, 14, 2.977 },  { 0.001, 10, 4.587 },
		{ 0.001, 29, 3.659 }, { 0.002, 3, 10.214 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		double limit = student_t_limit(table[i].beyond, table[i].freedom);

		assert_true(fabs(limit - table[i].limit) < 0.0011);
		assert_true(fabs(student_t_beyond(limit, table[i].freedom) - table[i].beyond) <
			    1e-9);
	}
}

static void one_and_two_degrees_of_freedom_have_closed_forms(void **state)
{
	(void)state;
	for (double t = 0; t < 50; t += 0.37) {
		double cauchy = 1 - 2 * atan(t) / M_PI;

		assert_true(fabs(student_t_beyond(t, 1) - cauchy) < 1e-12);
		assert_true(fabs(student_t_beyond(-t, 2) - (1 - t / sqrt(2 + t * t))) < 1e-12);
	}
}

static void ends_are_sure(void **state)
{
	(void)state;
	assert_true(student_t_beyond(0, 9) == 1);
	assert_true(student_t_beyond(INFINITY, 9) == 0);
	assert_true(student_t_beyond(INFINITY, 8) == 0);
	assert_true(student_t_limit(1, 8) < 1e-9);
	/* a chance below what numbers hold: some limit, and no endless search */
	assert_true(isfinite(student_t_limit(1e-300, 8)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(limits_are_those_of_the_printed_tables),
		cmocka_unit_test(one_and_two_degrees_of_freedom_have_closed_forms),
		cmocka_unit_test(ends_are_sure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
