/* SPDX-License-Identifier: Apache-2.0 */
/* Which task numbers have had a row in `tasks`: a bit each. */
#ifndef CDICT_CDICT_SEEN_H
#define CDICT_CDICT_SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Task numbers are below this: 32 MiB of bits, at most. */
#define CDICT_TASKS_MAX ((uint64_t)1 << 28)

struct cdict_seen {
	uint64_t *words;
	size_t capacity; /* of words; bits beyond are 0 */
};

void cdict_seen_free(struct cdict_seen *seen);
void cdict_seen_clear(struct cdict_seen *seen);

/* `task` must be below CDICT_TASKS_MAX. 0 or -ENOMEM. */
int cdict_seen_add(struct cdict_seen *seen, uint64_t task);

static inline bool cdict_seen_has(const struct cdict_seen *seen, uint64_t task)
{
	return task / 64 < seen->capacity && seen->words[task / 64] >> (task % 64) & 1;
}

#endif
