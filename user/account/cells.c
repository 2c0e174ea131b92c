/* SPDX-License-Identifier: Apache-2.0 */
#include "account/cells.h"

#include "base/array.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* So many keys (128 KiB of them) are sorted at once, or half as many as there are sums, whose merging
   then costs a few moves an interval. */
#define LOG_KEYS 8192

/* More intervals a cell than this: counting before logging pays. */
#define DENSE 4

int cells_init(struct cells *cells)
{
	cells->log_capacity = LOG_KEYS;
	cells->log = malloc(LOG_KEYS * sizeof(*cells->log));
	cells->scratch = malloc(LOG_KEYS * sizeof(*cells->scratch));
	cells->recent = calloc(CELLS_RECENT, sizeof(*cells->recent));
	return cells->log && cells->scratch && cells->recent ? 0 : -ENOMEM;
}

void cells_free(struct cells *cells)
{
	free(cells->log);
	free(cells->scratch);
	free(cells->recent);
	free(cells->sums);
	free(cells->older);
}

static int append(struct cells *cells, uint64_t start_ns, uint64_t key)
{
	if (ARRAY_RESERVE(cells->older, cells->older_capacity, cells->older_count + 1))
		return -ENOMEM;
	cells->older[cells->older_count++] =
		(struct sort_item){ .high = start_ns, .low = key, .value = 1 };
	return 0;
}

/* ---- sums of the log ---- */

/*
 * Merges the sorted log into the sums from behind, in place: there are as many free places in front of
 * the merged ones as there are unread keys.
 */
static size_t merge_log(struct cells *cells)
{
	size_t sums = cells->count, keys = cells->log_count;
	size_t end = sums + keys, to = end;

	while (keys) {
		uint64_t key = cells->log[keys - 1].key;
		uint64_t count = 0;

		while (sums && cells->sums[sums - 1].low > key)
			cells->sums[--to] = cells->sums[--sums];
		for (; keys && cells->log[keys - 1].key == key; keys--)
			count += cells->log[keys - 1].count;
		cells->intervals += count;
		if (sums && cells->sums[sums - 1].low == key)
			count += cells->sums[--sums].value;
		cells->sums[--to] =
			(struct sort_item){ .high = cells->start_ns, .low = key, .value = count };
	}
	if (to > sums)
		memmove(cells->sums + sums, cells->sums + to, (end - to) * sizeof(*cells->sums));
	return sums + end - to;
}

static int sum_log(struct cells *cells)
{
	if (ARRAY_RESERVE(cells->sums, cells->capacity, cells->count + cells->log_count))
		return -ENOMEM;
	sort_keys(cells->log, cells->scratch, cells->log_count);
	cells->count = merge_log(cells);
	cells->log_count = 0;
	return 0;
}

static int grow_log(struct cells *cells, size_t capacity)
{
	struct sort_key *log = realloc(cells->log, capacity * sizeof(*log));
	struct sort_key *scratch;

	if (!log)
		return -ENOMEM;
	cells->log = log;
	scratch = realloc(cells->scratch, capacity * sizeof(*scratch));
	if (!scratch)
		return -ENOMEM;
	cells->scratch = scratch;
	cells->log_capacity = capacity;
	return 0;
}

static int make_room(struct cells *cells)
{
	int error = sum_log(cells);

	if (!error && cells->count / 2 > cells->log_capacity)
		error = grow_log(cells, cells->count / 2);
	return error;
}

static inline int log_key(struct cells *cells, struct sort_key key)
{
	if (cells->log_count == cells->log_capacity && make_room(cells))
		return -ENOMEM;
	cells->log[cells->log_count++] = key;
	return 0;
}

_Static_assert(CELLS_RECENT == 1024, "10 bits of the hash");

int cells_add(struct cells *cells, uint64_t start_ns, uint64_t key)
{
	struct sort_key *recent, passed;

	if (start_ns != cells->start_ns)
		return append(cells, start_ns, key);
	if (!cells->dense)
		return log_key(cells, (struct sort_key){ .key = key, .count = 1 });
	recent = &cells->recent[key * 0x9e3779b97f4a7c15ULL >> 54];
	if (recent->key == key) {
		recent->count++;
		return 0;
	}
	passed = *recent;
	*recent = (struct sort_key){ .key = key, .count = 1 };
	return passed.count ? log_key(cells, passed) : 0;
}

int cells_settle(struct cells *cells)
{
	int error = 0;

	for (size_t i = 0; i < CELLS_RECENT && cells->dense && !error; i++) {
		if (!cells->recent[i].count)
			continue;
		error = log_key(cells, cells->recent[i]);
		cells->recent[i].count = 0;
	}
	return error || !cells->log_count ? error : sum_log(cells);
}

/* ---- the next bucket ---- */

int cells_advance(struct cells *cells, uint64_t start_ns)
{
	int error = cells_settle(cells);

	if (!error)
		error = ARRAY_RESERVE(cells->older, cells->older_capacity,
				      cells->older_count + cells->count);
	if (error)
		return error;
	if (cells->count)
		memcpy(cells->older + cells->older_count, cells->sums,
		       cells->count * sizeof(*cells->sums));
	cells->older_count += cells->count;
	cells->dense = cells->intervals > cells->count * DENSE;
	cells->intervals = 0;
	cells->count = 0;
	cells->start_ns = start_ns;
	return 0;
}
