/* SPDX-License-Identifier: Apache-2.0 */
/* Whose an identity is, or a total: the place of its start time among the lives of a tid. */
#include "account/lives.h"

/* A life of unknown start: can it be the one that started then? */
static bool may_have_started(const struct account *account, uint32_t slot, int64_t started_at_ns)
{
	const struct life *life = &account->lives[slot];
	const struct life_who *who = &account->who[slot];

	if (started_at_ns <= (int64_t)life->began_at_ns)
		return true;
	if (life->stage == LIFE_DEAD && (int64_t)who->end_ns < started_at_ns)
		return false;
	return started_at_ns <= (int64_t)life->began_at_ns + LIFE_LAG_NS;
}

/* It can also be an older life's, when that began after the start, too. */
static bool older_began_after(const struct account *account, uint32_t slot, int64_t started_at_ns)
{
	uint32_t older = account->lives[slot].older;

	return older != NO_LIFE && account->lives[older].began_at_ns != CAPTURE_NIL &&
	       (int64_t)account->lives[older].began_at_ns >= started_at_ns;
}

struct life_place life_place_of(const struct account *account, uint32_t tid, uint64_t start_ns,
				int64_t started_at_ns)
{
	struct life_place place = { .life = life_by_start(account, tid, start_ns),
				    .older = life_newest(account, tid) };

	if (place.life != NO_LIFE)
		return place;
	for (; place.older != NO_LIFE; place.older = account->lives[place.older].older) {
		const struct life_who *who = &account->who[place.older];

		if (who->start_ns != CAPTURE_NIL && who->start_ns < start_ns)
			return place;
		if (who->start_ns == CAPTURE_NIL) {
			if (!may_have_started(account, place.older, started_at_ns))
				return place;
			if (!older_began_after(account, place.older, started_at_ns)) {
				place.life = place.older;
				return place;
			}
		}
		if (account->lives[place.older].began_at_ns != CAPTURE_NIL)
			place.passed = true;
	}
	return place;
}

/* ---- totals ---- */

/* A life that the stream never showed, because its part of the stream was lost. */
static uint32_t unseen_life(struct account *account, uint32_t tid, uint64_t start_ns)
{
	uint32_t slot = life_new(account, tid);
	uint32_t older;

	if (slot == NO_LIFE)
		return NO_LIFE;
	account->who[slot].start_ns = start_ns;
	account->who[slot].started_at_ns = (int64_t)(start_ns - account->zero_ns);
	older = life_newest(account, tid);
	while (older != NO_LIFE && account->who[older].start_ns != CAPTURE_NIL &&
	       account->who[older].start_ns > start_ns)
		older = account->lives[older].older;
	life_insert(account, slot, older);
	return life_born(account, slot, account->flushed_ns) ? NO_LIFE : slot;
}

static uint32_t life_of_total(struct account *account, uint32_t tid, uint64_t start_ns, bool over)
{
	struct life_place place = life_place_of(
		account, tid, start_ns,
		account->has_zero ? (int64_t)(start_ns - account->zero_ns) : INT64_MIN);
	uint32_t slot = place.life;

	if (slot != NO_LIFE && account->lives[slot].task) {
		if (over && account->who[slot].gone_at_ns == INT64_MAX &&
		    life_goes(account, slot, (int64_t)account->flushed_ns))
			return NO_LIFE;
		return slot;
	}
	if (slot == NO_LIFE)
		slot = unseen_life(account, tid, start_ns);
	else if (life_born(account, slot, account->flushed_ns))
		return NO_LIFE;
	if (slot != NO_LIFE && over)
		life_dies(account, slot, account->flushed_ns);
	return slot;
}

uint32_t life_task_of_total(struct account *account, uint32_t tid, uint64_t start_ns, bool over)
{
	const struct forgotten_task *task = forgotten_find(&account->forgotten, tid, start_ns);
	uint32_t slot;

	if (task)
		return task->task;
	slot = life_of_total(account, tid, start_ns, over);
	return slot == NO_LIFE ? 0 : account->lives[slot].task;
}
