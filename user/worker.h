/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Work beside a recording that must not hold its drains up: a sync to disk, a file made of many. One
 * job at a time, at normal priority, in a thread whose capabilities are its own.
 */
#ifndef WORKER_H
#define WORKER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

struct worker {
	pthread_t thread;
	bool started;
	atomic_bool done;
	void (*work)(void *context);
	void *context;
};

/* There must be no job. Where no thread can be had the work is done at once. */
void worker_start(struct worker *worker, void (*work)(void *context), void *context);

/* True when a job has come to its end since the last call: once a job. */
bool worker_has_ended(struct worker *worker);

bool worker_is_busy(const struct worker *worker);

/* Waits for the job, if there is one: true, as above. */
bool worker_wait(struct worker *worker);

#endif
