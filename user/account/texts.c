/* SPDX-License-Identifier: Apache-2.0 */
#include "account/texts.h"

#include "base/string_pool.h"

#include <errno.h>
#include <stdlib.h>

/* Strings that may be in vain beside as many as are named: a few MB. */
#define SPARE_TEXTS 65536

void texts_begin(struct account *account)
{
	account->own_texts = string_pool_ids(account->strings);
	account->texts_max = account->own_texts + SPARE_TEXTS;
}

static void mark(uint64_t *bits, size_t count, uint64_t id)
{
	if (id < count)
		bits[id >> 6] |= 1ULL << (id & 63);
}

/* Slots that are free still name what they named: that does no harm. */
static void mark_all(const struct account *account, uint64_t *bits, size_t count)
{
	for (size_t id = 0; id < account->own_texts; id++)
		mark(bits, count, id);
	for (uint32_t slot = 0; slot < account->life_count; slot++) {
		const struct life_who *who = &account->who[slot];

		mark(bits, count, who->comm);
		mark(bits, count, who->cgroup);
		mark(bits, count, who->name);
		mark(bits, count, who->vm);
	}
}

int texts_tidy(struct account *account)
{
	size_t count = string_pool_ids(account->strings);
	uint64_t *bits;

	if (string_pool_count(account->strings) <= account->texts_max)
		return 0;
	bits = calloc(count / 64 + 1, sizeof(*bits));
	if (!bits)
		return -ENOMEM;
	mark_all(account, bits, count);
	string_pool_keep(account->strings, bits);
	free(bits);
	account->texts_max = 2 * string_pool_count(account->strings) + SPARE_TEXTS;
	return 0;
}
