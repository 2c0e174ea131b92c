/* SPDX-License-Identifier: Apache-2.0 */
#include "account/forgotten.h"

#include "base/array.h"

#include <stdlib.h>

void forgotten_free(struct forgotten *forgotten)
{
	free(forgotten->tasks);
	number_map_free(&forgotten->places);
}

/* Tasks that share a tid start far more than its 22 bits of ns apart. */
static uint64_t key_of(uint32_t tid, uint64_t start_ns)
{
	return start_ns ^ (uint64_t)tid << 42;
}

struct forgotten_task *forgotten_find(const struct forgotten *forgotten, uint32_t tid,
				      uint64_t start_ns)
{
	uint32_t place = number_map_find(&forgotten->places, key_of(tid, start_ns));
	struct forgotten_task *task;

	if (place == NUMBER_MAP_NONE)
		return NULL;
	task = &forgotten->tasks[place];
	return task->tid == tid && task->start_ns == start_ns ? task : NULL;
}

/* False when the key is another's, or without memory. */
static bool place(struct forgotten *forgotten, const struct forgotten_task *task, size_t index)
{
	uint64_t key = key_of(task->tid, task->start_ns);

	return number_map_find(&forgotten->places, key) == NUMBER_MAP_NONE &&
	       !number_map_add(&forgotten->places, key, (uint32_t)index);
}

void forgotten_add(struct forgotten *forgotten, uint32_t tid, uint64_t start_ns, uint32_t task)
{
	struct forgotten_task added = { .start_ns = start_ns, .tid = tid, .task = task };

	if (ARRAY_RESERVE(forgotten->tasks, forgotten->capacity, forgotten->count + 1))
		return;
	if (place(forgotten, &added, forgotten->count))
		forgotten->tasks[forgotten->count++] = added;
}

void forgotten_drop_rest(struct forgotten *forgotten)
{
	size_t before = forgotten->count;

	forgotten->count = 0;
	number_map_free(&forgotten->places);
	for (size_t i = 0; i < before; i++) {
		struct forgotten_task task = forgotten->tasks[i];

		if (!task.due)
			continue;
		task.due = false;
		if (place(forgotten, &task, forgotten->count))
			forgotten->tasks[forgotten->count++] = task;
	}
}
