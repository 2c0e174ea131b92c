/* SPDX-License-Identifier: Apache-2.0 */
#include "worker.h"

#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

/* The recorder itself goes before others; this may wait. */
static void be_ordinary(void)
{
	const struct sched_param ordinary = { 0 };

	sched_setscheduler(0, SCHED_OTHER, &ordinary);
	setpriority(PRIO_PROCESS, (id_t)gettid(), 0);
}

static void *run(void *argument)
{
	struct worker *worker = argument;

	be_ordinary();
	worker->work(worker->context);
	atomic_store(&worker->done, true);
	return NULL;
}

void worker_start(struct worker *worker, void (*work)(void *context), void *context)
{
	worker->work = work;
	worker->context = context;
	atomic_store(&worker->done, false);
	worker->started = pthread_create(&worker->thread, NULL, run, worker) == 0;
	if (worker->started)
		return;
	work(context);
	atomic_store(&worker->done, true);
}

bool worker_is_busy(const struct worker *worker)
{
	return worker->work;
}

bool worker_wait(struct worker *worker)
{
	bool ended = worker->work;

	if (worker->started)
		pthread_join(worker->thread, NULL);
	worker->started = false;
	worker->work = NULL;
	return ended;
}

bool worker_has_ended(struct worker *worker)
{
	return worker->work && atomic_load(&worker->done) && worker_wait(worker);
}
