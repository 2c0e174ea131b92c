/* SPDX-License-Identifier: Apache-2.0 */
#include "account/selection.h"

#include "account/lives.h"
#include "base/array.h"
#include "base/string_pool.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A bit a task key: room for this one. */
static int make_room(struct account *account, uint32_t task)
{
	size_t had = account->shown_capacity;

	if (ARRAY_RESERVE(account->shown, account->shown_capacity, (task >> 6) + 1))
		return -ENOMEM;
	memset(account->shown + had, 0, (account->shown_capacity - had) * sizeof(*account->shown));
	return 0;
}

static bool is_meant(const struct account *account, uint32_t slot)
{
	const struct life_who *who = &account->who[slot];
	const struct account_task task = {
		.tid = account->lives[slot].tid,
		.tgid = who->tgid,
		.comm = string_pool_text(account->strings, who->comm),
		.name = string_pool_text(account->strings, who->name),
		.cgroup = string_pool_text(account->strings, who->cgroup),
	};

	if (slot == UNKNOWN_LIFE || !task.tid) /* the cores' own: idle, unknown, other */
		return true;
	return account->options.selects(account->options.selects_context, &task);
}

int selection_look(struct account *account, uint32_t slot)
{
	uint32_t task = account->lives[slot].task;
	int error;

	if (!account->options.selects || !task)
		return 0;
	error = make_room(account, task);
	if (error || account->shown[task >> 6] >> (task & 63) & 1 || !is_meant(account, slot))
		return error;
	account->shown[task >> 6] |= 1ULL << (task & 63);
	return 0;
}

int selection_make_other(struct account *account)
{
	uint32_t slot = life_new(account, 0);

	if (slot == NO_LIFE)
		return -ENOMEM;
	account->who[slot].kind = account->words.other;
	account->who[slot].comm = account->words.other;
	account->lives[slot].stage = LIFE_ALIVE;
	account->lives[slot].began_at_ns = 0;
	account->lives[slot].task = ++account->task_count;
	account->other_life = slot;
	account->other_task = account->task_count;
	return life_touch(account, slot);
}

int selection_init(struct account *account)
{
	return account->options.selects ? selection_make_other(account) : 0;
}

int selection_begin_part(struct account *account)
{
	int error;

	if (!account->options.selects)
		return 0;
	if (account->shown_capacity)
		memset(account->shown, 0, account->shown_capacity * sizeof(*account->shown));
	error = life_touch(account, account->other_life);
	for (uint32_t slot = 0; slot < account->life_count && !error; slot++)
		error = selection_look(account, slot);
	return error;
}

void selection_free(struct account *account)
{
	free(account->shown);
}
