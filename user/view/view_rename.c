/* SPDX-License-Identifier: Apache-2.0 */
#include "view/view_rename.h"

#include <errno.h>
#include <stdlib.h>

/* Of the tasks with one tid. */
struct longest {
	uint32_t place;
	uint64_t length_ns;
	uint64_t ended_ns; /* the last one's end */
};

/* Where its start is not known it followed the one before. */
static uint64_t from_ns(const uint64_t *row, uint64_t zero_ns, uint64_t ended_ns)
{
	if (row[TASKS_START_NS] == CAPTURE_NIL)
		return ended_ns;
	return row[TASKS_START_NS] > zero_ns ? row[TASKS_START_NS] - zero_ns : 0;
}

static void look(struct longest *longest, uint32_t place, const uint64_t *row, uint64_t zero_ns,
		 uint64_t end_ns)
{
	uint64_t from = from_ns(row, zero_ns, longest->ended_ns);
	uint64_t to = row[TASKS_END_NS] == CAPTURE_NIL ? end_ns : row[TASKS_END_NS];
	uint64_t length_ns = to > from ? to - from : 0;

	if (longest->place == VIEW_NO_TASK || length_ns > longest->length_ns) {
		longest->place = place;
		longest->length_ns = length_ns;
	}
	longest->ended_ns = to;
}

static void choose(const struct view_tasks *tasks, const struct names_map *map,
		   struct longest *longest, uint64_t zero_ns, uint64_t end_ns)
{
	for (size_t place = 0; place < tasks->row_count; place++) {
		const uint64_t *row = tasks->rows + place * TASKS_COLUMNS;
		uint32_t entry = names_map_find(map, row[TASKS_TID]);

		if (entry != NUMBER_MAP_NONE)
			look(&longest[entry], (uint32_t)place, row, zero_ns, end_ns);
	}
}

int view_rename(struct view_tasks *tasks, const struct names_map *map, uint64_t zero_ns,
		uint64_t end_ns)
{
	size_t count = names_map_count(map);
	struct longest *longest = calloc(count + 1, sizeof(*longest));
	uint32_t *entries = malloc((tasks->row_count + 1) * sizeof(*entries));
	int error = longest && entries ? 0 : -ENOMEM;

	if (error)
		goto out;
	for (size_t i = 0; i < count; i++)
		longest[i].place = VIEW_NO_TASK;
	for (size_t place = 0; place < tasks->row_count; place++)
		entries[place] = NUMBER_MAP_NONE;
	choose(tasks, map, longest, zero_ns, end_ns);
	tasks->unmatched = 0;
	for (size_t i = 0; i < count; i++)
		if (longest[i].place == VIEW_NO_TASK)
			tasks->unmatched++;
		else
			entries[longest[i].place] = (uint32_t)i;
	tasks->map = map;
	tasks->map_entries = entries;
	entries = NULL;
out:
	free(entries);
	free(longest);
	return error;
}

bool view_rename_of(const struct view_tasks *tasks, uint64_t file_task, struct task_name *name)
{
	uint32_t place = view_tasks_place(tasks, file_task);

	if (!tasks->map || place == NUMBER_MAP_NONE || tasks->map_entries[place] == NUMBER_MAP_NONE)
		return false;
	*name = names_map_name(tasks->map, tasks->map_entries[place]);
	return true;
}
