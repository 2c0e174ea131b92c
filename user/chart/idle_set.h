/* SPDX-License-Identifier: Apache-2.0 */
/* Which tasks are idle: as rows of the table `tasks` say, or whoever knows otherwise. */
#ifndef CHART_IDLE_SET_H
#define CHART_IDLE_SET_H

#include "capture/capture.h"

#include <stdbool.h>
#include <stddef.h>

#define IDLE_SET_TABLES (1u << CAPTURE_TASKS)

struct idle_set {
	struct capture_sink sink; /* first: the address of both is the same */
	bool *idle;		  /* by task number */
	size_t count;
	size_t capacity;
};

/* Nobody is idle. Push IDLE_SET_TABLES into `sink`, or tell it by idle_set_put(). */
void idle_set_init(struct idle_set *set);
void idle_set_free(struct idle_set *set);

/* `kind` as in the table `tasks`; NULL: not known. 0 or -ENOMEM. */
int idle_set_put(struct idle_set *set, uint64_t task, const char *kind);

static inline bool idle_set_has(const struct idle_set *set, uint64_t task)
{
	return task < set->count && set->idle[task];
}

#endif
