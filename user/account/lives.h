/* SPDX-License-Identifier: Apache-2.0 */
/* Lives: which task_struct a tid means at a moment. Slots are reused, task keys are not. */
#ifndef ACCOUNT_LIVES_H
#define ACCOUNT_LIVES_H

#include "account/state.h"

/*
 * How much earlier than its start_time a life's first switch-in may seem to be: a sample's position
 * lags the clock by up to a tick (10 ms at 100 Hz).
 */
#define LIFE_LAG_NS 12000000

/* Readers take keys of less than 28 bits; "other" has one more than the others. */
#define LIFE_KEYS_MAX ((1u << 28) - 2)

/* Makes the slot of the unknown task. 0 or -ENOMEM. */
int lives_init(struct account *account);
void lives_free(struct account *account);

/* A new unborn life of tid, not yet in the list of its tid; NO_LIFE without memory. */
uint32_t life_new(struct account *account, uint32_t tid);

/* The newest life of a tid, or NO_LIFE. */
static inline uint32_t life_newest(const struct account *account, uint32_t tid)
{
	return account->tids[tid] ? account->tids[tid] - 1 : NO_LIFE;
}

/* Puts a new life before `older` (NO_LIFE: as the oldest) in its tid's list. */
void life_insert(struct account *account, uint32_t slot, uint32_t older);

/* The stream sees it for the first time: it gets its task key, that of "other" when there are no
   more. */
int life_born(struct account *account, uint32_t slot, uint64_t at_ns);

/* In a new part, lives are told of again when they get a row; keys are few again. No row may be left. */
void lives_begin_part(struct account *account);

/* It ends; its slot is reused when it is the oldest of many. */
void life_dies(struct account *account, uint32_t slot, uint64_t at_ns);

/* Its identity waits for it no more: the stream never showed it. */
void life_passes(struct account *account, uint32_t slot);

/* Over for longer than any lag, as was told: if nobody saw it, it cannot begin now. */
static inline bool life_is_gone(const struct account *account, uint32_t slot, uint64_t at_ns)
{
	return account->who[slot].gone_at_ns < (int64_t)at_ns - LIFE_LAG_NS;
}

/* It is over at about at_ns, or its thread goes on under another tid from then on: should no switch tell
   that it ends, which was lost or never is, it ends behind its last run. 0 or -ENOMEM. */
int life_goes(struct account *account, uint32_t slot, int64_t at_ns);

/* All events before at_ns have been fed: ends those that were gone by then and have left their CPU. */
void lives_end_gone(struct account *account, uint64_t at_ns);

/* Its row in `tasks` is to be written. */
int life_touch(struct account *account, uint32_t slot);

/* A row will name it: its own in `tasks` has to be in this part. 0 or -ENOMEM. */
static inline int life_tell(struct account *account, uint32_t slot)
{
	return LIKELY(account->lives[slot].told) ? 0 : life_touch(account, slot);
}

/* The idle task of a CPU; NO_LIFE without memory. */
uint32_t life_of_idle(struct account *account, uint32_t cpu);

/* Who is switched in as `tid`, the first time in its life (which began with as much wait); NO_LIFE
   without memory, as all. */
uint32_t life_first(struct account *account, uint32_t tid, uint64_t at_ns, uint64_t wait_total_ns);

/* The same, not for the first time. */
uint32_t life_switched_in_slow(struct account *account, uint32_t cpu, uint32_t tid, uint64_t at_ns,
			       uint64_t wait_total_ns);

static inline uint32_t life_switched_in(struct account *account, uint32_t cpu, uint32_t tid,
					uint64_t at_ns, uint64_t wait_total_ns)
{
	uint32_t newest = account->tids[tid];

	if (LIKELY(newest && account->lives[newest - 1].stage == LIFE_ALIVE))
		return newest - 1;
	return life_switched_in_slow(account, cpu, tid, at_ns, wait_total_ns);
}

/* Who is found running as `tid` with this start_time (0: not known). */
uint32_t life_found(struct account *account, uint32_t tid, uint64_t at_ns, uint64_t start_ns);

/* The life whose start_time this is, or NO_LIFE. */
uint32_t life_by_start(const struct account *account, uint32_t tid, uint64_t start_ns);

/* Where in its tid's list an identity belongs. */
struct life_place {
	uint32_t life;	/* this one's, or NO_LIFE: */
	uint32_t older; /* a new one's, before this */
	bool passed;	/* a new one's that the stream has passed by already */
};
struct life_place life_place_of(const struct account *account, uint32_t tid, uint64_t start_ns,
				int64_t started_at_ns);

/* The key of the task that the kernel's totals tell of, made when nothing else told of it, and
   ended at once when it is over; 0 without memory. */
uint32_t life_task_of_total(struct account *account, uint32_t tid, uint64_t start_ns, bool over);

#endif
