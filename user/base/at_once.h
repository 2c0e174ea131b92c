/* SPDX-License-Identifier: Apache-2.0 */
/* Pieces of work at the same time, on several CPUs. */
#ifndef BASE_AT_ONCE_H
#define BASE_AT_ONCE_H

#include <stddef.h>

/* More threads than this are never taken. */
#define AT_ONCE_THREADS_MAX 4

/* `work` returns 0 or -errno, of its own choice. */
struct at_once_job {
	int (*work)(void *context);
	void *context;
};

/*
 * Does all jobs, which share nothing that any of them changes, each as soon as a CPU is free, in this
 * order: put the longest first. The caller's thread is one of them, and does all where no other can
 * be had. Returns when all are done: 0, or the error of the first job that has one.
 */
int at_once(const struct at_once_job *jobs, size_t count);

#endif
