/* SPDX-License-Identifier: Apache-2.0 */
#include "view/view_select.h"

#include "base/options.h"
#include "base/string_pool.h"

#include <errno.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>

static void select_all(struct view_tasks *tasks)
{
	for (size_t i = 0; i < tasks->shown_count; i++)
		tasks->shown[i].selected = true;
}

static void select_tid(struct view_tasks *tasks, const char *number)
{
	uint64_t tid = strtoull(number, NULL, 10);

	if (tid == CAPTURE_NIL) /* or larger */
		return;
	for (size_t place = 0; place < tasks->row_count; place++)
		if (tasks->rows[place * TASKS_COLUMNS + TASKS_TID] == tid)
			tasks->shown[tasks->shown_of[place]].selected = true;
}

static int bad_regex(const regex_t *regex, int error, const char *pattern, const char *word,
		     char message[CDICT_MESSAGE_BYTES])
{
	char why[128];

	regerror(error, regex, why, sizeof(why));
	snprintf(message, CDICT_MESSAGE_BYTES,
		 "%s '%.200s' is not a regular expression: %s (a number is a tid)",
		 word ? word : "--task", pattern, why);
	return error == REG_ESPACE ? -ENOMEM : -EINVAL;
}

/* Also under a name that was given, a task is found by what it calls itself. */
static void select_by_comm(struct view_tasks *tasks, size_t place, const regex_t *regex)
{
	struct view_task *task = &tasks->shown[tasks->shown_of[place]];
	uint64_t id = tasks->rows[place * TASKS_COLUMNS + TASKS_COMM];
	const char *comm = id == CAPTURE_NIL ? NULL : string_pool_text(tasks->strings, id);

	if (!task->selected && comm)
		task->selected = regexec(regex, comm, 0, NULL, 0) == 0;
}

static int select_matching(struct view_tasks *tasks, const char *pattern, const char *word,
			   char message[CDICT_MESSAGE_BYTES])
{
	/* "*foo" is no regex, but means the same as the search for "foo" */
	const char *forgiven = pattern[0] == '*' ? pattern + 1 : pattern;
	regex_t regex;
	int error = regcomp(&regex, forgiven, REG_EXTENDED | REG_NOSUB);

	if (error)
		return bad_regex(&regex, error, pattern, word, message);
	for (size_t i = 0; i < tasks->shown_count; i++)
		tasks->shown[i].selected = regexec(&regex, tasks->shown[i].name, 0, NULL, 0) == 0;
	for (size_t place = 0; place < tasks->row_count; place++)
		select_by_comm(tasks, place, &regex);
	regfree(&regex);
	return 0;
}

static bool are_all_selected(const struct view_tasks *tasks)
{
	for (size_t i = 0; i < tasks->shown_count; i++)
		if (!tasks->shown[i].selected)
			return false;
	return true;
}

int view_select(struct view_tasks *tasks, const char *pattern, const char *word,
		char message[CDICT_MESSAGE_BYTES])
{
	int error = 0;

	if (!pattern)
		select_all(tasks);
	else if (options_is_number(pattern))
		select_tid(tasks, pattern);
	else
		error = select_matching(tasks, pattern, word, message);
	tasks->all_selected = are_all_selected(tasks);
	return error;
}
