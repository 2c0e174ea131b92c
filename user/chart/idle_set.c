/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/idle_set.h"

#include "base/array.h"
#include "base/string_pool.h"
#include "chart/batch_sink.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int idle_set_put(struct idle_set *set, uint64_t task, const char *kind)
{
	bool idle = kind && strcmp(kind, "idle") == 0;

	if (task >= set->count) {
		if (!idle)
			return 0;
		if (ARRAY_RESERVE(set->idle, set->capacity, task + 1))
			return -ENOMEM;
		memset(set->idle + set->count, 0, task + 1 - set->count);
		set->count = task + 1;
	}
	set->idle[task] = idle;
	return 0;
}

static int on_batch(struct capture_sink *sink, const struct capture_batch *batch)
{
	struct idle_set *set = (struct idle_set *)sink;
	int error = 0;

	if (batch->table != CAPTURE_TASKS)
		return 0;
	for (size_t row = 0; row < batch->rows && !error; row++) {
		uint64_t kind = batch->columns[TASKS_KIND][row];

		error = idle_set_put(set, batch->columns[TASKS_TASK][row],
				     kind == CAPTURE_NIL ? NULL
							 : string_pool_text(batch->strings, kind));
	}
	return error;
}

void idle_set_init(struct idle_set *set)
{
	*set = (struct idle_set){ .sink = batch_sink(on_batch) };
}

void idle_set_free(struct idle_set *set)
{
	free(set->idle);
	idle_set_init(set);
}
