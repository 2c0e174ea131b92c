/* SPDX-License-Identifier: Apache-2.0 */
/* Student's t distribution, for whole degrees of freedom: how far chance alone strays. */
#ifndef BASE_STUDENT_T_H
#define BASE_STUDENT_T_H

/* How likely chance strays at least as far as `t` (of any sign): 1 for t 0, 0 for an infinite one.
   `freedom` is 1 at least. */
double student_t_beyond(double t, unsigned int freedom);

/* The t that chance strays beyond with this likelihood, 0 < beyond <= 1. */
double student_t_limit(double beyond, unsigned int freedom);

#endif
