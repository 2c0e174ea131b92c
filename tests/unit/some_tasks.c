/* SPDX-License-Identifier: Apache-2.0 */
#include "some_tasks.h"

#include "unit.h"

#include "base/string_pool.h"
#include "view/view_select.h"

struct some_tasks *some_tasks_new(void)
{
	struct some_tasks *some = calloc(1, sizeof(*some));

	some->strings = string_pool_new();
	return some;
}

void some_tasks_free(struct some_tasks *some)
{
	view_tasks_free(&some->tasks);
	string_pool_free(some->strings);
	free(some);
}

void some_tasks_add(struct some_tasks *some, uint64_t task, uint64_t tid, const char *comm,
		    const char *name, const char *kind)
{
	uint64_t row[TASKS_COLUMNS];
	struct capture_batch batch = { .table = CAPTURE_TASKS, .rows = 1 };

	for (size_t i = 0; i < TASKS_COLUMNS; i++) {
		row[i] = i >= TASKS_FIRST_VOLUNTARY ? tid + i - TASKS_FIRST_VOLUNTARY : CAPTURE_NIL;
		batch.columns[i] = &row[i];
	}
	row[TASKS_TASK] = task;
	row[TASKS_TID] = row[TASKS_TGID] = tid;
	row[TASKS_START_NS] = 1000 + tid;
	row[TASKS_COMM] = string_pool_add(some->strings, comm);
	row[TASKS_NAME] = name ? string_pool_add(some->strings, name) : CAPTURE_NIL;
	row[TASKS_KIND] = string_pool_add(some->strings, kind);
	batch.strings = some->strings;
	assert_int_equal(view_tasks_collect(&some->tasks, &batch), 0);
}

void some_tasks_shape(struct some_tasks *some, const struct view_options *options)
{
	char message[CDICT_MESSAGE_BYTES];

	assert_int_equal(view_tasks_shape(&some->tasks, options), 0);
	assert_int_equal(view_select(&some->tasks, options->task, NULL, message), 0);
}
