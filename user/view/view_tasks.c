/* SPDX-License-Identifier: Apache-2.0 */
#include "view/view_tasks.h"

#include "base/array.h"
#include "base/string_pool.h"
#include "names/cgroup_name.h"
#include "names/map.h"
#include "view/view_names.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void view_tasks_free(struct view_tasks *tasks)
{
	free(tasks->rows);
	number_map_free(&tasks->places);
	free(tasks->map_entries);
	free(tasks->shown);
	free(tasks->shown_of);
	string_pool_free(tasks->names);
	memset(tasks, 0, sizeof(*tasks));
}

/* ---- collect ---- */

uint32_t view_tasks_place(const struct view_tasks *tasks, uint64_t file_task)
{
	if (file_task < tasks->dense)
		return (uint32_t)file_task;
	return number_map_find(&tasks->places, file_task);
}

/* A place for a task that is new. */
static int add_place(struct view_tasks *tasks, uint64_t file_task, uint32_t *place)
{
	size_t needed = (tasks->row_count + 1) * TASKS_COLUMNS;

	if (tasks->row_count == VIEW_NO_TASK - 1)
		return -ENOMEM;
	if (ARRAY_RESERVE(tasks->rows, tasks->row_capacity, needed))
		return -ENOMEM;
	*place = (uint32_t)tasks->row_count;
	if (file_task == tasks->dense && tasks->dense == tasks->row_count)
		tasks->dense++;
	else if (number_map_add(&tasks->places, file_task, *place))
		return -ENOMEM;
	tasks->row_count++;
	return 0;
}

size_t view_tasks_count(const struct view_tasks *tasks)
{
	return tasks->shown_of ? tasks->shown_count : tasks->row_count;
}

int view_tasks_collect(struct view_tasks *tasks, const struct capture_batch *batch)
{
	tasks->strings = batch->strings;
	for (size_t i = 0; i < batch->rows; i++) {
		uint64_t file_task = batch->columns[TASKS_TASK][i];
		uint32_t place = view_tasks_place(tasks, file_task);

		if (file_task == CAPTURE_NIL)
			continue;
		if (place == NUMBER_MAP_NONE && add_place(tasks, file_task, &place))
			return -ENOMEM;
		for (size_t column = 0; column < TASKS_COLUMNS; column++)
			tasks->rows[place * TASKS_COLUMNS + column] = batch->columns[column][i];
	}
	tasks->same_numbers = tasks->dense == tasks->row_count;
	return 0;
}

/* ---- shape ---- */

static const uint64_t *row_at(const struct view_tasks *tasks, size_t place)
{
	return tasks->rows + place * TASKS_COLUMNS;
}

static const char *text_or(const struct view_tasks *tasks, uint64_t id, const char *otherwise)
{
	const char *text = id == CAPTURE_NIL ? NULL : string_pool_text(tasks->strings, id);

	return text ? text : otherwise;
}

/* The name that somebody gave it, in the file or by a mapping; its name is NULL without. */
static struct task_name given_name(const struct view_tasks *tasks, size_t place)
{
	const uint64_t *row = row_at(tasks, place);
	struct task_name name = {
		.name = text_or(tasks, row[TASKS_NAME], NULL),
		.vm = text_or(tasks, row[TASKS_VM], NULL),
		.vcpu = row[TASKS_VCPU],
	};

	if (tasks->map && tasks->map_entries[place] != NUMBER_MAP_NONE) {
		struct task_name mapped = names_map_name(tasks->map, tasks->map_entries[place]);

		name.name = mapped.name;
		if (mapped.vm) /* what a mapping leaves open stays as it was */
			name.vm = mapped.vm;
		if (mapped.vcpu != CAPTURE_NIL)
			name.vcpu = mapped.vcpu;
	}
	return name;
}

/* Idle tasks and kernel threads that nobody gave a name of its own. */
static bool is_mergeable(const struct view_tasks *tasks, size_t place)
{
	const char *kind = text_or(tasks, row_at(tasks, place)[TASKS_KIND], "");

	return !given_name(tasks, place).name &&
	       (strcmp(kind, "idle") == 0 || strcmp(kind, "kthread") == 0);
}

/* The name without a tid: an id in tasks->names, STRING_NONE without memory. */
static uint64_t base_name(const struct view_tasks *tasks, size_t place, bool shared)
{
	const char *given = given_name(tasks, place).name;
	const char *name = given ? given : text_or(tasks, row_at(tasks, place)[TASKS_COMM], "?");
	size_t length = shared ? view_names_shared_length(name) : strlen(name);

	return string_pool_add_bytes(tasks->names, name, length);
}

static const char *name_with_tid(const struct view_tasks *tasks, const char *name, uint64_t tid)
{
	char *text;
	uint64_t id;

	if (asprintf(&text, "%s:%llu", name, (unsigned long long)tid) < 0)
		return NULL;
	id = string_pool_add(tasks->names, text);
	free(text);
	return string_pool_text(tasks->names, id);
}

static void show(struct view_tasks *tasks, size_t place, uint64_t name)
{
	struct view_task *task = &tasks->shown[tasks->shown_count];
	struct task_name given = given_name(tasks, place);
	const uint64_t *row = row_at(tasks, place);

	*task = (struct view_task){
		.task = tasks->shown_count,
		.file_task = row[TASKS_TASK],
		.tid = row[TASKS_TID],
		.tgid = row[TASKS_TGID],
		.name = string_pool_text(tasks->names, name),
		.comm = text_or(tasks, row[TASKS_COMM], "?"),
		.kind = text_or(tasks, row[TASKS_KIND], "unknown"),
		.vm = given.vm,
		.cgroup = text_or(tasks, row[TASKS_CGROUP], NULL),
		.vcpu = given.vcpu,
		.members = 1,
		.start_ns = row[TASKS_START_NS],
		.end_ns = row[TASKS_END_NS],
	};
	tasks->shown_of[place] = (uint32_t)tasks->shown_count++;
}

static bool same_text(const char *one, const char *other)
{
	return one == other || (one && other && strcmp(one, other) == 0);
}

/* One more task behind a shown one: what they do not share is not known of both. */
static void merge(struct view_tasks *tasks, size_t place, uint32_t into)
{
	struct view_task *task = &tasks->shown[into];
	struct task_name given = given_name(tasks, place);
	const uint64_t *row = row_at(tasks, place);

	task->members++;
	if (task->tid != row[TASKS_TID])
		task->tid = CAPTURE_NIL;
	if (task->tgid != row[TASKS_TGID])
		task->tgid = CAPTURE_NIL;
	if (!same_text(task->vm, given.vm))
		task->vm = NULL;
	if (task->vcpu != given.vcpu)
		task->vcpu = CAPTURE_NIL;
	if (!same_text(task->cgroup, text_or(tasks, row[TASKS_CGROUP], NULL)))
		task->cgroup = NULL;
	if (!same_text(task->kind, text_or(tasks, row[TASKS_KIND], "unknown")))
		task->kind = "task";
	if (row[TASKS_START_NS] < task->start_ns)
		task->start_ns = row[TASKS_START_NS];
	if (row[TASKS_END_NS] == CAPTURE_NIL || task->end_ns == CAPTURE_NIL)
		task->end_ns = CAPTURE_NIL;
	else if (row[TASKS_END_NS] > task->end_ns)
		task->end_ns = row[TASKS_END_NS];
	task->comm = task->name;
	tasks->shown_of[place] = into;
}

/* What a task may be merged by. */
enum merging { APART, BY_SYSTEM_NAME, BY_NAME };

/* Idle, what is nobody's and "other" stay what they are when names are merged. */
static enum merging merging_of(const struct view_tasks *tasks, size_t place,
			       const struct view_options *options)
{
	const char *kind = text_or(tasks, row_at(tasks, place)[TASKS_KIND], "");

	if (options->merge_sys_tasks && is_mergeable(tasks, place))
		return BY_SYSTEM_NAME;
	if (!options->merge_names || strcmp(kind, "idle") == 0 || strcmp(kind, "unknown") == 0 ||
	    strcmp(kind, "other") == 0)
		return APART;
	return BY_NAME;
}

/* Idle tasks are kept apart from others of one name; so are kernel threads of a merged name. */
static uint64_t merge_key(uint64_t name, enum merging merging, const char *kind)
{
	return name * 4 + (kind[0] == 'i' ? 1 : merging == BY_SYSTEM_NAME ? 2 : 0);
}

static int show_or_merge(struct view_tasks *tasks, size_t place, uint64_t name,
			 enum merging merging, struct number_map *merged)
{
	const char *kind = text_or(tasks, row_at(tasks, place)[TASKS_KIND], "");
	uint64_t key = merge_key(name, merging, kind);
	uint32_t into = merging == APART ? NUMBER_MAP_NONE : number_map_find(merged, key);
	int error = 0;

	if (into != NUMBER_MAP_NONE) {
		merge(tasks, place, into);
		return 0;
	}
	if (merging != APART)
		error = number_map_add(merged, key, (uint32_t)tasks->shown_count);
	show(tasks, place, name);
	return error;
}

static int show_all(struct view_tasks *tasks, const struct view_options *options)
{
	struct number_map merged = { 0 };
	int error = 0;

	for (size_t place = 0; place < tasks->row_count && !error; place++) {
		enum merging merging = merging_of(tasks, place, options);
		uint64_t name = base_name(tasks, place, merging == BY_SYSTEM_NAME);

		error = name == STRING_NONE ? -ENOMEM
					    : show_or_merge(tasks, place, name, merging, &merged);
	}
	number_map_free(&merged);
	return error;
}

static int append_tids(struct view_tasks *tasks)
{
	for (size_t i = 0; i < tasks->shown_count; i++) {
		struct view_task *task = &tasks->shown[i];

		if (task->tid == CAPTURE_NIL)
			continue;
		task->name = name_with_tid(tasks, task->name, task->tid);
		if (!task->name)
			return -ENOMEM;
	}
	return 0;
}

/* The short name of a cgroup: an id in tasks->names, STRING_NONE without one. */
static uint64_t unit_of(struct view_tasks *tasks, const char *cgroup)
{
	char name[NAMES_NAME_BYTES];

	return cgroup_name_short(cgroup, name) ? string_pool_add(tasks->names, name) : STRING_NONE;
}

/* Equal cgroups are one text, and many tasks share one. */
static int name_units(struct view_tasks *tasks)
{
	struct number_map units = { 0 };
	int error = 0;

	for (size_t i = 0; i < tasks->shown_count && !error; i++) {
		struct view_task *task = &tasks->shown[i];
		uint64_t key = (uintptr_t)task->cgroup;
		uint32_t first = key ? number_map_find(&units, key) : NUMBER_MAP_NONE;

		if (!key)
			continue;
		if (first != NUMBER_MAP_NONE) {
			task->unit = tasks->shown[first].unit;
			continue;
		}
		task->unit = string_pool_text(tasks->names, unit_of(tasks, task->cgroup));
		error = number_map_add(&units, key, (uint32_t)i);
	}
	number_map_free(&units);
	return error;
}

int view_tasks_shape(struct view_tasks *tasks, const struct view_options *options)
{
	int error;

	tasks->names = string_pool_new();
	tasks->shown = calloc(tasks->row_count + 1, sizeof(*tasks->shown));
	tasks->shown_of = calloc(tasks->row_count + 1, sizeof(*tasks->shown_of));
	if (!tasks->names || !tasks->shown || !tasks->shown_of)
		return -ENOMEM;
	error = show_all(tasks, options);
	if (!error)
		error = name_units(tasks);
	if (!error && options->append_tid)
		error = append_tids(tasks);
	tasks->same_numbers =
		tasks->shown_count == tasks->row_count && tasks->dense == tasks->row_count;
	return error;
}

uint32_t view_tasks_shown(const struct view_tasks *tasks, uint64_t file_task)
{
	uint32_t place = view_tasks_place(tasks, file_task);

	if (place == NUMBER_MAP_NONE)
		return VIEW_NO_TASK;
	return tasks->shown_of ? tasks->shown_of[place] : place;
}
