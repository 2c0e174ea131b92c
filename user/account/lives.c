/* SPDX-License-Identifier: Apache-2.0 */
/* Which life a tid means: who a tid is, at a switch. */
#include "account/lives.h"

/* A clock's lag is nearly always less than this (see LIFE_LAG_NS). */
#define MOMENT_NS 10000

/* The newest life of the list that the stream has seen. */
static uint32_t newest_born(const struct account *account, uint32_t tid)
{
	uint32_t slot = life_newest(account, tid);

	while (slot != NO_LIFE && (account->lives[slot].stage == LIFE_UNBORN ||
				   account->lives[slot].stage == LIFE_STALE))
		slot = account->lives[slot].older;
	return slot;
}

/*
 * The identity of the life that begins now: the latest that started before. Clocks lag: one that
 * starts a moment later is meant rather than an older one, one that starts a tick later when there
 * is no older one. (Reaping a task and giving its tid away takes longer than the moment.)
 */
static uint32_t unborn_at(const struct account *account, uint32_t tid, uint64_t at_ns)
{
	uint32_t slot = life_newest(account, tid);
	uint32_t soonest = NO_LIFE;

	for (; slot != NO_LIFE; slot = account->lives[slot].older) {
		int64_t ahead_ns = account->who[slot].started_at_ns - (int64_t)at_ns;

		if (account->lives[slot].stage != LIFE_UNBORN || life_is_gone(account, slot, at_ns))
			continue;
		if (ahead_ns <= 0)
			return soonest != NO_LIFE && account->who[soonest].started_at_ns <=
							     (int64_t)at_ns + MOMENT_NS
				       ? soonest
				       : slot;
		if (ahead_ns <= LIFE_LAG_NS)
			soonest = slot;
	}
	return soonest;
}

/* Identities between this life and the one before were of lives that the stream never showed. */
static void drop_passed(struct account *account, uint32_t slot)
{
	uint32_t older = account->lives[slot].older;

	for (; older != NO_LIFE; older = account->lives[older].older) {
		if (account->lives[older].stage == LIFE_UNBORN)
			life_passes(account, older);
	}
}

static uint32_t begin(struct account *account, uint32_t tid, uint64_t at_ns)
{
	uint32_t slot = unborn_at(account, tid, at_ns);

	if (slot == NO_LIFE) {
		slot = life_new(account, tid);
		if (slot == NO_LIFE)
			return NO_LIFE;
		life_insert(account, slot, newest_born(account, tid));
	}
	if (life_born(account, slot, at_ns))
		return NO_LIFE;
	drop_passed(account, slot);
	return slot;
}

/*
 * Whether another life took the place of this one unseen: its identity is there, and the kernel
 * gives a tid away only when its last owner is gone (but for its last switch-out). Before any loss
 * is known a clock's lag is the likelier reason, unless this one has been gone for longer than any
 * lag: deaths are told at once, but that a block was lost only when its CPU speaks again.
 */
static bool replaced_unseen(const struct account *account, uint32_t slot, uint64_t at_ns)
{
	uint32_t next = unborn_at(account, account->lives[slot].tid, at_ns);
	int64_t lag_ns = account->lossy ? 0 : LIFE_LAG_NS;

	if (next == NO_LIFE || account->who[slot].start_ns == CAPTURE_NIL ||
	    account->who[next].start_ns <= account->who[slot].start_ns)
		return false;
	return life_is_gone(account, slot, at_ns) ||
	       account->who[next].started_at_ns + lag_ns <= (int64_t)at_ns;
}

/* An exec gave it a thread with a history of its own. */
static uint32_t revive(struct account *account, uint32_t slot)
{
	struct life *life = &account->lives[slot];

	life->revives = false;
	life->stage = LIFE_ALIVE;
	life->left_at_ns = CAPTURE_NIL;
	life->wait_total_ns = CAPTURE_NIL;
	life->last_cpu = NO_CPU;
	account->who[slot].end_ns = CAPTURE_NIL;
	return life_touch(account, slot) ? NO_LIFE : slot;
}

/* Whether an identity waits for a life that begins by now. */
static bool another_is_due(const struct account *account, uint32_t tid, uint64_t at_ns)
{
	uint32_t slot = unborn_at(account, tid, at_ns);

	return slot != NO_LIFE && account->who[slot].started_at_ns <= (int64_t)at_ns + MOMENT_NS;
}

/*
 * Whether a switch-in with so much wait may have been before the last one known of this life, behind
 * which it sorts. (As much: a wait may be 0, and is not counted of who was preempted on its way to
 * sleep.)
 */
static bool may_be_older(const struct account *account, uint32_t slot, uint64_t wait_total_ns)
{
	const struct life *life = &account->lives[slot];

	if (life->wait_total_ns == CAPTURE_NIL)
		return account->lossy; /* it was found running behind a switch that was missed */
	return wait_total_ns <= life->wait_total_ns;
}

/* Whether what happened a moment before may sort behind this: nobody else is to have the tid yet. */
static bool is_a_moment_ago(const struct account *account, uint32_t slot, uint64_t since_ns,
			    uint64_t at_ns)
{
	return since_ns + LIFE_LAG_NS > at_ns &&
	       !another_is_due(account, account->lives[slot].tid, at_ns);
}

uint32_t life_first(struct account *account, uint32_t tid, uint64_t at_ns, uint64_t wait_total_ns)
{
	uint32_t slot = newest_born(account, tid);

	/* the first switch-in may sort behind the second, elsewhere, with which the life began */
	if (slot == NO_LIFE || account->lives[slot].saw_first ||
	    !may_be_older(account, slot, wait_total_ns) ||
	    !is_a_moment_ago(account, slot, account->lives[slot].began_at_ns, at_ns))
		slot = begin(account, tid, at_ns);
	if (slot != NO_LIFE)
		account->lives[slot].saw_first = true;
	return slot;
}

uint32_t life_switched_in_slow(struct account *account, uint32_t cpu, uint32_t tid, uint64_t at_ns,
			       uint64_t wait_total_ns)
{
	uint32_t slot;

	if (!tid)
		return life_of_idle(account, cpu);
	slot = newest_born(account, tid);
	if (slot == NO_LIFE)
		return begin(account, tid, at_ns);
	if (account->lives[slot].stage == LIFE_ALIVE) {
		if (!replaced_unseen(account, slot, at_ns))
			return slot;
		life_dies(account, slot, at_ns);
	} else if (account->lives[slot].revives) {
		return revive(account, slot);
	} else if (may_be_older(account, slot, wait_total_ns) &&
		   is_a_moment_ago(account, slot, account->who[slot].end_ns, at_ns)) {
		return slot; /* it sorts behind its own death */
	}
	return begin(account, tid, at_ns);
}

uint32_t life_by_start(const struct account *account, uint32_t tid, uint64_t start_ns)
{
	uint32_t slot = life_newest(account, tid);

	while (slot != NO_LIFE && account->who[slot].start_ns != start_ns)
		slot = account->lives[slot].older;
	return slot;
}

/* A life of known start that no identity told of yet: it goes before those that are older. */
static uint32_t begin_with_start(struct account *account, uint32_t tid, uint64_t at_ns,
				 uint64_t start_ns)
{
	uint32_t slot = life_new(account, tid);

	if (slot == NO_LIFE)
		return NO_LIFE;
	account->who[slot].start_ns = start_ns;
	account->who[slot].started_at_ns = (int64_t)(start_ns - account->zero_ns);
	life_insert(account, slot, newest_born(account, tid));
	return life_born(account, slot, at_ns) ? NO_LIFE : slot;
}

uint32_t life_found(struct account *account, uint32_t tid, uint64_t at_ns, uint64_t start_ns)
{
	uint32_t slot = start_ns ? life_by_start(account, tid, start_ns) : NO_LIFE;
	uint32_t newest = newest_born(account, tid);

	if (!start_ns && newest != NO_LIFE && account->lives[newest].stage == LIFE_DEAD) {
		if (account->lives[newest].revives)
			return revive(account, newest);
		if (is_a_moment_ago(account, newest, account->who[newest].end_ns, at_ns))
			return newest; /* it sorts behind its own death */
	}
	if (slot == NO_LIFE && newest != NO_LIFE && account->lives[newest].stage == LIFE_ALIVE &&
	    (!start_ns || account->who[newest].start_ns == CAPTURE_NIL)) {
		slot = newest;
		if (start_ns)
			account->who[slot].start_ns = start_ns;
	}
	if (slot != NO_LIFE && account->lives[slot].stage == LIFE_ALIVE &&
	    !replaced_unseen(account, slot, at_ns))
		return slot;
	if (newest != NO_LIFE && account->lives[newest].stage == LIFE_ALIVE) {
		life_dies(account, newest, at_ns);
		if (newest == slot)
			slot = NO_LIFE;
	}
	if (slot == NO_LIFE)
		return start_ns ? begin_with_start(account, tid, at_ns, start_ns)
				: begin(account, tid, at_ns);
	if (account->lives[slot].stage == LIFE_DEAD)
		return revive(account, slot);
	if (life_born(account, slot, at_ns))
		return NO_LIFE;
	drop_passed(account, slot);
	return slot;
}
