/* SPDX-License-Identifier: Apache-2.0 */
#include "base/student_t.h"

#include <math.h>
#include <stdbool.h>

/*
 * Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.3 and 26.7.4: for whole degrees of
 * freedom the distribution is a finite sum.
 */
static double within(double t, unsigned int freedom)
{
	double angle = atan(t / sqrt(freedom));
	double cosine = cos(angle), sine = sin(angle);
	bool odd = freedom % 2;
	double term = odd ? cosine : 1;
	double sum = 0;

	for (unsigned int power = odd ? 1 : 0; power + 2 <= freedom; power += 2) {
		sum += term;
		term *= cosine * cosine * (power + 1) / (power + 2);
	}
	return odd ? M_2_PI * (angle + sine * sum) : sine * sum;
}

double student_t_beyond(double t, unsigned int freedom)
{
	double beyond = 1 - within(fabs(t), freedom);

	return beyond > 0 ? beyond : 0;
}

/* Beyond falls as t grows: doubled until past it, then halved down to the last bit. */
double student_t_limit(double beyond, unsigned int freedom)
{
	double low = 0, high = 1;

	while (student_t_beyond(high, freedom) > beyond && high < 1e9)
		high *= 2;
	for (int step = 0; step < 100; step++) {
		double middle = (low + high) / 2;

		if (student_t_beyond(middle, freedom) > beyond)
			low = middle;
		else
			high = middle;
	}
	return high;
}
