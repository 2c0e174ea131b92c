/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys of tasks whose lives are forgotten. The kernel's totals of a task may come long after its
 * death: when another task needs its place, or at the end.
 */
#ifndef ACCOUNT_FORGOTTEN_H
#define ACCOUNT_FORGOTTEN_H

#include "base/number_map.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct forgotten_task {
	uint64_t start_ns;
	uint32_t tid;
	uint32_t task; /* its key in all tables */
	bool due;      /* totals of it are still in the kernel */
};

struct forgotten {
	struct forgotten_task *tasks;
	size_t count;
	size_t capacity;
	struct number_map places; /* in tasks, by tid and start */
};

void forgotten_free(struct forgotten *forgotten);

/* Without memory the task is not remembered: totals of it make a new one. */
void forgotten_add(struct forgotten *forgotten, uint32_t tid, uint64_t start_ns, uint32_t task);

/* The task that this was, valid until the next change, or NULL. */
struct forgotten_task *forgotten_find(const struct forgotten *forgotten, uint32_t tid,
				      uint64_t start_ns);

/* Those of which nothing is due go; of the others something has to be due again next time. */
void forgotten_drop_rest(struct forgotten *forgotten);

#endif
