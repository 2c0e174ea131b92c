/* SPDX-License-Identifier: Apache-2.0 */
#include "page/tasks.h"

#include "base/array.h"
#include "base/string_pool.h"

#include <errno.h>
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

static void put_tasks(const struct view *view, struct string_pool *pool, struct page_block *block)
{
	size_t count = view_task_count(view);
	uint64_t selected = 0;

	for (size_t i = 0; i < count; i++)
		selected += view_task(view, i)->selected;
	block_varint(block, selected);
	for (size_t column = 0; column < ARRAY_LENGTH(numbers); column++)
		for (size_t i = 0; i < count; i++)
			if (view_task(view, i)->selected)
				block_nullable(block, numbers[column](view_task(view, i)));
	for (size_t column = 0; column < ARRAY_LENGTH(texts); column++)
		for (size_t i = 0; i < count; i++)
			if (view_task(view, i)->selected)
				block_nullable(block,
					       text_number(pool, texts[column](view_task(view, i)),
							   block));
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

int page_tasks(const struct view *view, struct page_block *tasks, struct page_block *strings)
{
	struct string_pool *pool = string_pool_new();

	if (!pool)
		return -ENOMEM;
	put_tasks(view, pool, tasks);
	put_strings(pool, strings);
	string_pool_free(pool);
	return tasks->error ? tasks->error : strings->error;
}
