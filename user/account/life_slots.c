/* SPDX-License-Identifier: Apache-2.0 */
/* Slots of lives, their keys, and the list of each tid: from the first of them to the last. */
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
	free(account->going);
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

void life_passes(struct account *account, uint32_t slot)
{
	account->lives[slot].stage = LIFE_STALE;
	bury(account, slot);
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
