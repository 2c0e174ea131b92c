/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which tasks and CPUs are written. All are followed: what is left out counts as one task, "other",
 * on its core, so that cores add up. A task that was meant once stays so under its later names.
 */
#ifndef ACCOUNT_SELECTION_H
#define ACCOUNT_SELECTION_H

#include "account/state.h"

/* Makes the task "other": that of whoever is not written by itself. 0 or -ENOMEM. */
int selection_make_other(struct account *account);

/* The same when there is something to leave out. 0 or -ENOMEM. */
int selection_init(struct account *account);
void selection_free(struct account *account);

/* Keys have changed. 0 or -ENOMEM. */
int selection_begin_part(struct account *account);

/* Something new is known of a life that has a task key. 0 or -ENOMEM. */
int selection_look(struct account *account, uint32_t slot);

/* The task under which a row of `task` is written: itself or "other". */
static inline uint32_t selection_shown(const struct account *account, uint32_t task)
{
	if (LIKELY(!account->options.selects))
		return task;
	return account->shown[task >> 6] >> (task & 63) & 1 ? task : account->other_task;
}

static inline bool selection_lists_cpu(const struct account *account, uint32_t cpu)
{
	return LIKELY(!account->options.cpu_listed) || account->options.cpu_listed[cpu];
}

#endif
