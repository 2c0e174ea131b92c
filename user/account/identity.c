/* SPDX-License-Identifier: Apache-2.0 */
/* Names and counters attach to lives; those of lives not yet seen wait in the list of their tid. */
#include "account/lives.h"
#include "account/selection.h"

#include "base/string_pool.h"

#include <errno.h>

static int set_text(struct account *account, uint64_t *id, const char *text)
{
	if (!text)
		return 0;
	*id = string_pool_add(account->strings, text);
	return *id == STRING_NONE ? -ENOMEM : 0;
}

static int tell(struct account *account, uint32_t slot, const struct account_identity *identity)
{
	const uint64_t counters[COUNTERS] = { identity->voluntary, identity->involuntary,
					      identity->run_delay_ns, identity->run_ns };
	struct life_who *who = &account->who[slot];
	int error = 0;

	if (identity->start_ns) {
		who->start_ns = identity->start_ns;
		who->started_at_ns = identity->started_at_ns;
		if (identity->dead && identity->told_at_ns)
			error = life_goes(account, slot, identity->told_at_ns);
	}
	if (identity->tgid != ACCOUNT_NO_TGID)
		who->tgid = identity->tgid;
	who->kind =
		identity->kind == ACCOUNT_KTHREAD ? account->words.kthread : account->words.task;
	for (int i = 0; i < COUNTERS && identity->has_counters; i++) {
		if (who->first[i] == CAPTURE_NIL)
			who->first[i] = counters[i];
		who->last[i] = counters[i];
	}
	if (!error)
		error = set_text(account, &who->comm, identity->comm);
	if (!error)
		error = set_text(account, &who->cgroup, identity->cgroup);
	if (!error && account->lives[slot].told)
		error = life_touch(account, slot);
	if (!error)
		error = selection_look(account, slot);
	return error;
}

/* From a source that cannot tell lives of one tid apart: for one that nothing is known of. */
static int tell_without_start(struct account *account, const struct account_identity *identity)
{
	uint32_t slot = life_newest(account, identity->tid);

	if (slot == NO_LIFE) {
		slot = life_new(account, identity->tid);
		if (slot == NO_LIFE)
			return -ENOMEM;
		life_insert(account, slot, NO_LIFE);
	}
	if (account->who[slot].start_ns != CAPTURE_NIL)
		return 0;
	return tell(account, slot, identity);
}

int account_identity(struct account *account, const struct account_identity *identity)
{
	struct life_place place;

	if (!identity->tid || identity->tid >= ACCOUNT_TIDS)
		return 0;
	if (!identity->start_ns)
		return tell_without_start(account, identity);
	account->zero_ns = identity->start_ns - (uint64_t)identity->started_at_ns;
	account->has_zero = true;
	place = life_place_of(account, identity->tid, identity->start_ns, identity->started_at_ns);
	if (place.life == NO_LIFE) {
		if (place.passed)
			return 0; /* the stream never showed that life */
		place.life = life_new(account, identity->tid);
		if (place.life == NO_LIFE)
			return -ENOMEM;
		life_insert(account, place.life, place.older);
	}
	return tell(account, place.life, identity);
}

int account_name(struct account *account, const struct account_name *name)
{
	struct life_who before, *who;
	uint32_t slot;
	int error;

	if (!name->tid || name->tid >= ACCOUNT_TIDS)
		return 0;
	slot = name->start_ns ? life_by_start(account, name->tid, name->start_ns)
			      : life_newest(account, name->tid);
	if (slot == NO_LIFE)
		return 0;
	who = &account->who[slot];
	before = *who;
	who->name = CAPTURE_NIL;
	who->vm = CAPTURE_NIL;
	who->named_vcpu = name->vcpu;
	who->name_is_open = name->open;
	error = set_text(account, &who->name, name->name);
	if (!error)
		error = set_text(account, &who->vm, name->vm);
	if (error ||
	    (who->name == before.name && who->vm == before.vm &&
	     who->named_vcpu == before.named_vcpu && who->name_is_open == before.name_is_open))
		return error;
	if (account->lives[slot].task)
		error = life_touch(account, slot);
	return error ? error : selection_look(account, slot);
}

/*
 * The kernel gives the thread its group's tid and start time (de_thread() in fs/exec.c): the
 * group's life goes on, although its first thread is gone, and old_tid's is over.
 */
int account_exec(struct account *account, uint32_t old_tid, uint32_t tid, int64_t at_ns)
{
	uint32_t slot;

	if (old_tid == tid || !tid || tid >= ACCOUNT_TIDS || old_tid >= ACCOUNT_TIDS)
		return 0;
	slot = life_newest(account, tid);
	if (slot != NO_LIFE) {
		account->lives[slot].revives = true;
		account->who[slot].gone_at_ns = INT64_MAX;
	}
	slot = old_tid ? life_newest(account, old_tid) : NO_LIFE;
	return slot == NO_LIFE ? 0 : life_goes(account, slot, at_ns);
}
