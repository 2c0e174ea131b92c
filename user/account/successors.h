/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who ran next: switches counted by the task that left and the one that took over. The counts go
 * out when they are many, now and then, and at the end; rows of one pair add up.
 */
#ifndef ACCOUNT_SUCCESSORS_H
#define ACCOUNT_SUCCESSORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct account;

struct successor {
	uint32_t task; /* 0: a free slot */
	uint32_t next;
	uint64_t count;
};

struct successors {
	struct successor *slots; /* a hash */
	size_t slot_count;	 /* a power of two */
	size_t used;
	uint64_t due_ns;   /* written next at this time */
	uint64_t begin_ns; /* of the part */
};

/* 0 or -ENOMEM. */
int successors_init(struct successors *successors);
void successors_free(struct successors *successors);

/* Finds a place for a pair that was not where it is looked for first. 0 or -errno. */
int successors_add_slow(struct account *account, uint32_t task, uint32_t next);

static inline size_t successors_slot(const struct successors *successors, uint32_t task,
				     uint32_t next)
{
	uint64_t hash = ((uint64_t)task << 32 | next) * 0x9e3779b97f4a7c15ULL;

	return (hash >> 32) & (successors->slot_count - 1);
}

/* A new part begins at at_ns. */
void successors_begin_part(struct successors *successors, uint64_t at_ns);

/* Writes them all, sorted, when it is time for that at at_ns, or at once. 0 or -errno. */
int successors_flush(struct account *account, uint64_t at_ns, bool now);

#endif
