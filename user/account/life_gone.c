/* SPDX-License-Identifier: Apache-2.0 */
/* Lives that end without a last switch: it was lost, or never happens under this tid. */
#include "account/lives.h"

#include "base/array.h"

#include <errno.h>

int life_goes(struct account *account, uint32_t slot, int64_t at_ns)
{
	account->who[slot].gone_at_ns = at_ns;
	if (account->who[slot].goes)
		return 0;
	if (ARRAY_RESERVE(account->going, account->going_capacity, account->going_count + 1))
		return -ENOMEM;
	account->going[account->going_count++] = slot;
	account->who[slot].goes = true;
	return 0;
}

/* At its last switch-out, when that was later. */
static void end_gone(struct account *account, uint32_t slot)
{
	struct life *life = &account->lives[slot];
	int64_t gone_at_ns = account->who[slot].gone_at_ns;
	uint64_t end_ns = gone_at_ns > 0 ? (uint64_t)gone_at_ns : 0;

	if (life->left_at_ns != CAPTURE_NIL && life->left_at_ns > end_ns)
		end_ns = life->left_at_ns;
	if (life->stage == LIFE_ALIVE)
		life_dies(account, slot, end_ns);
	else
		life_passes(account, slot);
}

/* Whether it is still to be ended. (A slot that was given away meanwhile is in the list no more.) */
static bool still_goes(const struct account *account, uint32_t slot)
{
	uint8_t stage = account->lives[slot].stage;

	return account->who[slot].goes && account->who[slot].gone_at_ns != INT64_MAX &&
	       (stage == LIFE_ALIVE || stage == LIFE_UNBORN);
}

/*
 * Deaths and execs are told by another way than the switches, and its clock is ahead of theirs: only
 * behind them by a lag have all switches of the life come.
 */
void lives_end_gone(struct account *account, uint64_t at_ns)
{
	size_t kept = 0;

	for (size_t i = 0; i < account->going_count; i++) {
		uint32_t slot = account->going[i];
		bool ends = still_goes(account, slot);

		if (ends &&
		    (account->lives[slot].cpu != NO_CPU || !life_is_gone(account, slot, at_ns))) {
			account->going[kept++] = slot;
			continue;
		}
		account->who[slot].goes = false;
		if (ends)
			end_gone(account, slot);
	}
	account->going_count = kept;
}
