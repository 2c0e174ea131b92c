/* SPDX-License-Identifier: Apache-2.0 */
#include "base/at_once.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

struct queue {
	const struct at_once_job *jobs;
	size_t count;
	atomic_size_t next;
	pthread_mutex_t lock; /* for what follows */
	size_t failed;	      /* which job, the first of all; count: none */
	int error;
};

static void fail(struct queue *queue, size_t job, int error)
{
	pthread_mutex_lock(&queue->lock);
	if (job < queue->failed) {
		queue->failed = job;
		queue->error = error;
	}
	pthread_mutex_unlock(&queue->lock);
}

static void *work(void *argument)
{
	struct queue *queue = argument;
	size_t job;

	while ((job = atomic_fetch_add(&queue->next, 1)) < queue->count) {
		int error = queue->jobs[job].work(queue->jobs[job].context);

		if (error)
			fail(queue, job, error);
	}
	return NULL;
}

static size_t threads_for(size_t jobs)
{
	size_t threads = AT_ONCE_THREADS_MAX;
	cpu_set_t cpus;

	if (sched_getaffinity(0, sizeof(cpus), &cpus) == 0 && (size_t)CPU_COUNT(&cpus) < threads)
		threads = (size_t)CPU_COUNT(&cpus);
	return jobs < threads ? jobs : threads;
}

int at_once(const struct at_once_job *jobs, size_t count)
{
	struct queue queue = {
		.jobs = jobs,
		.count = count,
		.lock = PTHREAD_MUTEX_INITIALIZER,
		.failed = count,
	};
	pthread_t helpers[AT_ONCE_THREADS_MAX];
	size_t threads = threads_for(count);
	size_t started = 0;

	while (started + 1 < threads && pthread_create(&helpers[started], NULL, work, &queue) == 0)
		started++;
	work(&queue);
	for (size_t i = 0; i < started; i++)
		pthread_join(helpers[i], NULL);
	return queue.error;
}
