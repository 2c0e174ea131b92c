/* SPDX-License-Identifier: Apache-2.0 */
#include "account/lives.h"
#include "account/selection.h"

#include "base/array.h"
#include "base/string_pool.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* Dead lives are kept for their identities and totals, which come later; so many at most. */
#define DEAD_KEPT 32768

/* A clock's lag is nearly always less than this (see LIFE_LAG_NS). */
#define MOMENT_NS 10000

#define LIVES_AT_FIRST 256

/* Moved by its page tables when it grows: with 100,000 tasks, a copy beside it would be the peak. */
static struct life *lives_resized(struct life *lives, uint32_t old_count, uint32_t new_count)
{
	size_t bytes = new_count * sizeof(*lives);
	void *moved;

	if (lives)
		moved = mremap(lives, old_count * sizeof(*lives), bytes, MREMAP_MAYMOVE);
	else
		moved = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			     0);
	return moved == MAP_FAILED ? NULL : moved;
}

static int grow(struct account *account)
{
	uint32_t capacity = account->life_capacity + account->life_capacity / 2 + LIVES_AT_FIRST;
	struct life_who *who = realloc(account->who, capacity * sizeof(*who));
	struct life *lives;

	if (!who)
		return -ENOMEM;
	account->who = who;
	lives = lives_resized(account->lives, account->life_capacity, capacity);
	if (!lives)
		return -ENOMEM;
	account->lives = lives;
	account->life_capacity = capacity;
	return 0;
}

static uint32_t take_slot(struct account *account)
{
	uint32_t slot = account->free_life;

	if (slot != NO_LIFE) {
		account->free_life = account->lives[slot].older;
		return slot;
	}
	if (account->life_count == account->life_capacity && grow(account))
		return NO_LIFE;
	return account->life_count++;
}

uint32_t life_new(struct account *account, uint32_t tid)
{
	uint32_t slot = take_slot(account);

	if (slot == NO_LIFE)
		return NO_LIFE;
	account->lives[slot] = (struct life){
		.left_at_ns = CAPTURE_NIL,
		.wait_total_ns = CAPTURE_NIL,
		.began_at_ns = CAPTURE_NIL,
		.tid = tid,
		.cpu = NO_CPU,
		.last_cpu = NO_CPU,
		.older = NO_LIFE,
		.next_dead = NO_LIFE,
		.stage = LIFE_UNBORN,
	};
	account->who[slot] = (struct life_who){
		.start_ns = CAPTURE_NIL,
		.gone_at_ns = INT64_MAX,
		.end_ns = CAPTURE_NIL,
		.comm = CAPTURE_NIL,
		.cgroup = CAPTURE_NIL,
		.name = CAPTURE_NIL,
		.vm = CAPTURE_NIL,
		.named_vcpu = CAPTURE_NIL,
		.kind = account->words.task,
		.tgid = CAPTURE_NIL,
		.vcpu = CAPTURE_NIL,
	};
	for (int i = 0; i < COUNTERS; i++) {
		account->who[slot].first[i] = CAPTURE_NIL;
		account->who[slot].last[i] = CAPTURE_NIL;
	}
	return slot;
}

int lives_init(struct account *account)
{
	uint32_t unknown;

	account->free_life = NO_LIFE;
	account->tids = calloc(ACCOUNT_TIDS, sizeof(*account->tids));
	if (!account->tids)
		return -ENOMEM;
	unknown = life_new(account, 0);
	if (unknown == NO_LIFE)
		return -ENOMEM;
	account->who[unknown].kind = account->words.unknown;
	account->who[unknown].comm = account->words.unknown;
	return life_born(account, unknown, 0);
}

void lives_free(struct account *account)
{
	forgotten_free(&account->forgotten);
	free(account->tids);
	if (account->lives)
		munmap(account->lives, account->life_capacity * sizeof(*account->lives));
	free(account->who);
	free(account->dirty);
	free(account->moved);
}

void life_insert(struct account *account, uint32_t slot, uint32_t older)
{
	uint32_t tid = account->lives[slot].tid;
	uint32_t newer = life_newest(account, tid);

	account->lives[slot].older = older;
	if (newer == older) {
		account->tids[tid] = slot + 1;
		return;
	}
	while (account->lives[newer].older != older)
		newer = account->lives[newer].older;
	account->lives[newer].older = slot;
}

static void forget(struct account *account, uint32_t slot)
{
	struct life *life = &account->lives[slot];
	uint32_t newer = life_newest(account, life->tid);

	if (newer == slot) {
		account->tids[life->tid] = life->older == NO_LIFE ? 0 : life->older + 1;
	} else {
		while (account->lives[newer].older != slot)
			newer = account->lives[newer].older;
		account->lives[newer].older = life->older;
	}
	if (account->options.totals_come_late && life->task &&
	    account->who[slot].start_ns != CAPTURE_NIL)
		forgotten_add(&account->forgotten, life->tid, account->who[slot].start_ns,
			      life->task);
	life->older = account->free_life;
	life->task = 0;
	account->free_life = slot;
}

static bool in_use(const struct account *account, uint32_t slot)
{
	if (account->lives[slot].dirty || account->lives[slot].cpu != NO_CPU)
		return true;
	for (uint32_t i = 0; i < account->options.cpu_count; i++)
		if (account->cpus[i].life == slot)
			return true;
	return false;
}

/* The longest dead life goes, or, when an exec has revived it meanwhile, leaves the queue. */
static void forget_oldest(struct account *account)
{
	uint32_t oldest = account->dead_first;

	account->dead_count--;
	account->dead_first = account->lives[oldest].next_dead;
	account->lives[oldest].next_dead = NO_LIFE;
	account->lives[oldest].buried = false;
	if (account->lives[oldest].stage != LIFE_ALIVE)
		forget(account, oldest);
}

static void bury(struct account *account, uint32_t slot)
{
	if (account->lives[slot].buried)
		return;
	if (account->dead_count)
		account->lives[account->dead_last].next_dead = slot;
	else
		account->dead_first = slot;
	account->dead_last = slot;
	account->lives[slot].buried = true;
	account->dead_count++;
	while (account->dead_count > DEAD_KEPT && !in_use(account, account->dead_first))
		forget_oldest(account);
}

/* It came when there were no more keys. */
static bool is_one_of_others(const struct account *account, uint32_t slot)
{
	return account->other_life != UNKNOWN_LIFE && slot != account->other_life &&
	       account->lives[slot].task == account->other_task;
}

int life_touch(struct account *account, uint32_t slot)
{
	if (account->lives[slot].dirty)
		return 0;
	account->lives[slot].told = true;
	if (is_one_of_others(account, slot))
		return life_tell(account, account->other_life);
	if (ARRAY_RESERVE(account->dirty, account->dirty_capacity, account->dirty_count + 1))
		return -ENOMEM;
	account->dirty[account->dirty_count++] = slot;
	account->lives[slot].dirty = true;
	return 0;
}

static int give_key(struct account *account, uint32_t slot)
{
	if (LIKELY(account->task_count < account->options.keys_max)) {
		account->lives[slot].task = ++account->task_count;
		return 0;
	}
	if (account->other_life == UNKNOWN_LIFE && selection_make_other(account))
		return -ENOMEM;
	account->lives[slot].task = account->other_task;
	account->without_key++;
	return 0;
}

int life_born(struct account *account, uint32_t slot, uint64_t at_ns)
{
	account->lives[slot].stage = LIFE_ALIVE;
	account->lives[slot].began_at_ns = at_ns;
	return give_key(account, slot) ? -ENOMEM : life_touch(account, slot);
}

void lives_begin_part(struct account *account)
{
	bool renumber =
		!account->options.keys_stay || account->task_count > account->options.keys_max / 2;
	uint32_t count = 0;

	for (uint32_t slot = 0; slot < account->life_count; slot++) {
		struct life_who *who = &account->who[slot];

		account->lives[slot].told = false;
		if (account->lives[slot].task && renumber)
			account->lives[slot].task = ++count;
		memcpy(who->first, who->last, sizeof(who->first));
	}
	if (!renumber)
		return;
	account->part.renumbered += account->options.keys_stay;
	account->part.tasks_before += account->task_count + account->without_key - count;
	account->task_count = count;
	account->without_key = 0;
	account->other_task = account->lives[account->other_life].task;
}

void life_dies(struct account *account, uint32_t slot, uint64_t at_ns)
{
	struct life *life = &account->lives[slot];

	if (life->stage == LIFE_DEAD)
		return;
	life->stage = LIFE_DEAD;
	account->who[slot].end_ns = at_ns;
	if (life->vcpu)
		kvm_dies(account, slot);
	life_touch(account, slot);
	bury(account, slot);
}

/* Over for longer than any lag, as was told: if nobody saw it, it cannot begin now. */
static bool is_gone(const struct account *account, uint32_t slot, uint64_t at_ns)
{
	return account->who[slot].gone_at_ns < (int64_t)at_ns - LIFE_LAG_NS;
}

int life_moves(struct account *account, uint32_t slot, int64_t at_ns)
{
	account->who[slot].gone_at_ns = at_ns;
	if (account->who[slot].moves)
		return 0;
	if (ARRAY_RESERVE(account->moved, account->moved_capacity, account->moved_count + 1))
		return -ENOMEM;
	account->moved[account->moved_count++] = slot;
	account->who[slot].moves = true;
	return 0;
}

/* At its last switch-out, as far as that is known. */
static void end_moved(struct account *account, uint32_t slot)
{
	struct life *life = &account->lives[slot];
	int64_t gone_at_ns = account->who[slot].gone_at_ns;
	uint64_t end_ns = life->left_at_ns;

	if (end_ns == CAPTURE_NIL)
		end_ns = gone_at_ns > 0 ? (uint64_t)gone_at_ns : 0;
	if (life->stage == LIFE_ALIVE) {
		life_dies(account, slot, end_ns);
	} else if (life->stage == LIFE_UNBORN) {
		life->stage = LIFE_STALE;
		bury(account, slot);
	}
}

/* Whether it is still to be ended. (A slot that was given away meanwhile is in the list no more.) */
static bool still_moves(const struct account *account, uint32_t slot)
{
	uint8_t stage = account->lives[slot].stage;

	return account->who[slot].moves && account->who[slot].gone_at_ns != INT64_MAX &&
	       (stage == LIFE_ALIVE || stage == LIFE_UNBORN);
}

/*
 * The exec is told by another way than the switches, and its clock is ahead of theirs: only behind
 * it by a lag have all switches of old_tid come.
 */
void lives_end_moved(struct account *account, uint64_t at_ns)
{
	size_t kept = 0;

	for (size_t i = 0; i < account->moved_count; i++) {
		uint32_t slot = account->moved[i];
		bool ends = still_moves(account, slot);

		if (ends &&
		    (account->lives[slot].cpu != NO_CPU || !is_gone(account, slot, at_ns))) {
			account->moved[kept++] = slot;
			continue;
		}
		account->who[slot].moves = false;
		if (ends)
			end_moved(account, slot);
	}
	account->moved_count = kept;
}

uint32_t life_of_idle(struct account *account, uint32_t number)
{
	struct cpu *cpu = &account->cpus[number];
	char comm[32];

	if (cpu->idle != NO_LIFE)
		return cpu->idle;
	cpu->idle = life_new(account, 0);
	if (cpu->idle == NO_LIFE || life_born(account, cpu->idle, 0))
		return NO_LIFE;
	snprintf(comm, sizeof(comm), "swapper/%u", number);
	account->who[cpu->idle].kind = account->words.idle;
	account->who[cpu->idle].comm = string_pool_add(account->strings, comm);
	account->who[cpu->idle].tgid = 0;
	return cpu->idle;
}

/* ---- who a tid is ---- */

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

		if (account->lives[slot].stage != LIFE_UNBORN || is_gone(account, slot, at_ns))
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
		if (account->lives[older].stage != LIFE_UNBORN)
			continue;
		account->lives[older].stage = LIFE_STALE;
		bury(account, older);
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
	return is_gone(account, slot, at_ns) ||
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
