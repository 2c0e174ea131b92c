/* SPDX-License-Identifier: Apache-2.0 */
#include "page/tasks.h"

#include "base/array.h"
#include "base/string_pool.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static uint64_t task_number(const struct view_task *task)
{
	return task->task;
}

static uint64_t task_tid(const struct view_task *task)
{
	return task->tid;
}

static uint64_t task_tgid(const struct view_task *task)
{
	return task->tgid;
}

static uint64_t task_vcpu(const struct view_task *task)
{
	return task->vcpu;
}

static uint64_t task_start_ns(const struct view_task *task)
{
	return task->start_ns;
}

static uint64_t task_end_ns(const struct view_task *task)
{
	return task->end_ns;
}

static const char *task_name(const struct view_task *task)
{
	return task->name;
}

static const char *task_comm(const struct view_task *task)
{
	return task->comm;
}

static const char *task_kind(const struct view_task *task)
{
	return task->kind;
}

static const char *task_vm(const struct view_task *task)
{
	return task->vm;
}

static const char *task_cgroup(const struct view_task *task)
{
	return task->cgroup;
}

static const char *task_unit(const struct view_task *task)
{
	return task->unit;
}

static uint64_t (*const numbers[])(const struct view_task *task) = {
	task_number, task_tid, task_tgid, task_vcpu, task_start_ns, task_end_ns,
};

static const char *(*const texts[])(const struct view_task *task) = {
	task_name, task_comm, task_kind, task_vm, task_cgroup, task_unit,
};

static uint64_t text_number(struct string_pool *pool, const char *text, struct page_block *block)
{
	uint64_t id = CAPTURE_NIL;

	if (text) {
		id = string_pool_add(pool, text);
		if (id == STRING_NONE)
			block->error = -ENOMEM;
	}
	return id;
}

static void put_tasks(const struct view_task *const *tasks, size_t count, struct string_pool *pool,
		      struct page_block *block)
{
	block_varint(block, count);
	for (size_t column = 0; column < ARRAY_LENGTH(numbers); column++)
		for (size_t i = 0; i < count; i++)
			block_nullable(block, numbers[column](tasks[i]));
	for (size_t column = 0; column < ARRAY_LENGTH(texts); column++)
		for (size_t i = 0; i < count; i++)
			block_nullable(block, text_number(pool, texts[column](tasks[i]), block));
}

static void put_strings(const struct string_pool *pool, struct page_block *block)
{
	size_t count = string_pool_count(pool);

	block_varint(block, count);
	for (size_t id = 0; id < count; id++) {
		const char *text = string_pool_text(pool, id);
		size_t length = strlen(text);

		block_varint(block, length);
		block_bytes(block, text, length);
	}
}

static int put_all(const struct view_task *const *list, size_t count, struct page_block *tasks,
		   struct page_block *strings)
{
	struct string_pool *pool = string_pool_new();

	if (!pool)
		return -ENOMEM;
	put_tasks(list, count, pool, tasks);
	put_strings(pool, strings);
	string_pool_free(pool);
	return tasks->error ? tasks->error : strings->error;
}

int page_tasks(const struct view *view, struct page_block *tasks, struct page_block *strings)
{
	size_t count = view_task_count(view), selected = 0;
	const struct view_task **list = calloc(count + 1, sizeof(*list));
	int error;

	if (!list)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		if (view_task(view, i)->selected)
			list[selected++] = view_task(view, i);
	error = put_all(list, selected, tasks, strings);
	free(list);
	return error;
}

/* The first task of the name, without what is its own. */
static struct view_task shared_of(const struct view_runs_name *name, size_t number)
{
	struct view_task task = *name->like;

	task.task = number;
	task.tid = task.tgid = task.start_ns = task.end_ns = CAPTURE_NIL;
	return task;
}

int page_tasks_aligned(const struct view_runs *aligned, struct page_block *tasks,
		       struct page_block *strings)
{
	size_t count = aligned->name_count;
	const struct view_task **list = calloc(count + 1, sizeof(*list));
	struct view_task *shared = calloc(count + 1, sizeof(*shared));
	int error = list && shared ? 0 : -ENOMEM;

	for (size_t i = 0; i < count && !error; i++) {
		shared[i] = shared_of(&aligned->names[i], i);
		list[i] = &shared[i];
	}
	if (!error)
		error = put_all(list, count, tasks, strings);
	free(shared);
	free(list);
	return error;
}
