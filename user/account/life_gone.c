/* SPDX-License-Identifier: Apache-2.0 */
/* Lives that end without a last switch: it was lost, or never happens under this tid. */
#include "account/lives.h"

#include "base/array.h"

#include <errno.h>

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
		life_passes(account, slot);
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
		    (account->lives[slot].cpu != NO_CPU || !life_is_gone(account, slot, at_ns))) {
			account->moved[kept++] = slot;
			continue;
		}
		account->who[slot].moves = false;
		if (ends)
			end_moved(account, slot);
	}
	account->moved_count = kept;
}
