/* SPDX-License-Identifier: Apache-2.0 */
#include "base/both.h"

#include <pthread.h>

struct job {
	both_work work;
	void *context;
	int error;
};

static void *run(void *argument)
{
	struct job *job = argument;

	job->error = job->work(job->context);
	return NULL;
}

int both_at_once(both_work here, void *here_context, both_work there, void *there_context)
{
	struct job job = { .work = there, .context = there_context };
	pthread_t thread;
	int started = pthread_create(&thread, NULL, run, &job) == 0;
	int error = here(here_context);

	if (started)
		pthread_join(thread, NULL);
	else
		run(&job);
	return error ? error : job.error;
}
