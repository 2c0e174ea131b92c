/* SPDX-License-Identifier: Apache-2.0 */
/* What is kept of single switches: who followed whom, and in detail captures each of them. */
#ifndef ACCOUNT_SWITCHES_H
#define ACCOUNT_SWITCHES_H

#include "account/selection.h"
#include "account/state.h"

/* 0 or -ENOMEM. */
int switches_init(struct account *account);
void switches_free(struct account *account);

/* Detail: a row of `switches`. 0 or -errno. */
int switches_log(struct account *account, const struct switch_log_row *row);

/* Detail: what runs on the CPU is another from at_ns on, without a switch that was seen. */
int switches_found(struct account *account, const struct cpu *cpu, uint64_t at_ns, uint32_t from,
		   uint32_t to);

/* Writes what is due at at_ns, or everything. 0 or -errno. */
int switches_flush(struct account *account, uint64_t at_ns, bool all);

/* `next` will be counted after `task` in a moment. */
static inline void switches_prepare(const struct account *account, uint32_t task, uint32_t next)
{
	const struct successors *successors = &account->successors;

	__builtin_prefetch(&successors->slots[successors_slot(successors, task, next)], 1);
}

static inline int switches_count(struct account *account, const struct cpu *cpu, uint32_t task,
				 uint32_t next)
{
	struct successors *successors = &account->successors;
	struct successor *successor = &successors->slots[successors_slot(successors, task, next)];

	if (!selection_lists_cpu(account, cpu->number))
		return 0;
	if (UNLIKELY(successor->task != task || successor->next != next))
		return successors_add_slow(account, task, next);
	successor->count++;
	return 0;
}

#endif
