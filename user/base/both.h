/* SPDX-License-Identifier: Apache-2.0 */
/* Two pieces of work at the same time, on two CPUs. */
#ifndef BASE_BOTH_H
#define BASE_BOTH_H

/* Returns 0 or -errno, of its own choice. */
typedef int (*both_work)(void *context);

/*
 * Does `here` and `there`, which share nothing that either changes, the latter on a thread of its
 * own; where none can be had one after the other. Returns when both are done: here's error, else
 * there's.
 */
int both_at_once(both_work here, void *here_context, both_work there, void *there_context);

#endif
