/* SPDX-License-Identifier: Apache-2.0 */
#include "live/merge_look.h"

#include "pftrace.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void merge_look_free(struct merge_look *look)
{
	free(look->copy);
}

static size_t whole_bytes(const struct merge_block_kind *kind)
{
	return kind->header_bytes + kind->samples_max * kind->sample_bytes;
}

size_t merge_look_bytes(const struct merge_look *look, const struct merge_block_kind *kind)
{
	return look->copy ? whole_bytes(kind) : 0;
}

/* So many samples an earlier look has seen counted, so they are whole; -1: nothing is. */
static int64_t trusted(const struct merge_look *look, const struct merge_block_kind *kind,
		       uint32_t sequence, uint32_t count, bool final)
{
	int64_t use = -1;

	if (final || (!sequence && !count))
		use = count; /* nobody writes; or only the seed did, before we were told of it */
	else if (look->looked && look->sequence == sequence)
		use = look->count < count ? look->count : count;
	return use || kind->empty_tells ? use : -1;
}

int merge_look_at(struct merge_look *look, const void *block, const struct merge_block_kind *kind,
		  bool final)
{
	const uint64_t *now = block;
	uint64_t word = __atomic_load_n(now, __ATOMIC_ACQUIRE);
	uint32_t sequence = PFT_WORD_SEQUENCE(word), count = PFT_WORD_COUNT(word);
	int64_t use = trusted(look, kind, sequence, count, final);

	look->looked = true;
	look->sequence = sequence;
	look->count = count;
	look->has_copy = false;
	if (use < 0 || count > kind->samples_max)
		return 0;
	if (!look->copy)
		look->copy = malloc(whole_bytes(kind));
	if (!look->copy)
		return -ENOMEM;
	memcpy(look->copy, block, kind->header_bytes + (size_t)use * kind->sample_bytes);
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	if (PFT_WORD_SEQUENCE(__atomic_load_n(now, __ATOMIC_RELAXED)) != sequence)
		return 0; /* it went to the ring meanwhile, and is overwritten */
	memcpy(look->copy, &word, sizeof(word));
	look->copy_count = (uint32_t)use;
	look->has_copy = true;
	return 0;
}
