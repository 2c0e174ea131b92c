/* SPDX-License-Identifier: Apache-2.0 */
#include "cdict/cdict_seen.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void cdict_seen_free(struct cdict_seen *seen)
{
	free(seen->words);
	*seen = (struct cdict_seen){ 0 };
}

void cdict_seen_clear(struct cdict_seen *seen)
{
	if (seen->words)
		memset(seen->words, 0, seen->capacity * sizeof(*seen->words));
}

static int grow(struct cdict_seen *seen, size_t needed)
{
	size_t larger = seen->capacity ? seen->capacity : 16;
	uint64_t *words;

	while (larger < needed)
		larger *= 2;
	words = calloc(larger, sizeof(*words));
	if (!words)
		return -ENOMEM;
	if (seen->words)
		memcpy(words, seen->words, seen->capacity * sizeof(*words));
	free(seen->words);
	seen->words = words;
	seen->capacity = larger;
	return 0;
}

int cdict_seen_add(struct cdict_seen *seen, uint64_t task)
{
	size_t word = (size_t)(task / 64);

	if (word >= seen->capacity) {
		int err = grow(seen, word + 1);

		if (err)
			return err;
	}
	seen->words[word] |= (uint64_t)1 << (task % 64);
	return 0;
}
