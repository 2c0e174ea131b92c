/* SPDX-License-Identifier: Apache-2.0 */
#include "cdict/cdict_check.h"

#include "base/array.h"

#include <string.h>

enum role {
	ROLE_PLAIN,
	ROLE_KEY,    /* anything but nil */
	ROLE_BUCKET, /* its end is a time that can be */
	ROLE_NEW_TASK,
	ROLE_TASK, /* has had its row in tasks */
	ROLE_TASK_OR_NIL,
	ROLE_CPU,
	ROLE_BIN,
	ROLE_CELL_KIND,
	ROLE_TASK_KIND,
	ROLE_FLAG, /* 0 or 1 */
};

#define ANY_TABLE (-1)

/* The first line that fits counts; a column without a line may be anything. */
static const struct {
	int table;
	const char *column;
	enum role role;
} roles[] = {
	{ CAPTURE_TASKS, "task", ROLE_NEW_TASK },
	{ CAPTURE_TASKS, "kind", ROLE_TASK_KIND },
	{ CAPTURE_CELLS, "kind", ROLE_CELL_KIND },
	{ CAPTURE_SWITCHES, "task", ROLE_TASK_OR_NIL }, /* cdict_switches.h */
	{ CAPTURE_SWITCHES, "next", ROLE_TASK_OR_NIL },
	{ CAPTURE_CPUS, "online", ROLE_FLAG },
	{ ANY_TABLE, "bucket", ROLE_BUCKET },
	{ ANY_TABLE, "task", ROLE_TASK },
	{ ANY_TABLE, "next", ROLE_TASK },
	{ ANY_TABLE, "cpu", ROLE_CPU },
	{ ANY_TABLE, "bin", ROLE_BIN },
	{ ANY_TABLE, "isa", ROLE_KEY },
	{ ANY_TABLE, "reason", ROLE_KEY },
	{ ANY_TABLE, "cause", ROLE_KEY },
	{ ANY_TABLE, "at_ns", ROLE_KEY },
};

/* Kinds of cells, then kinds of tasks. */
#define CELL_KINDS 5
static const char *const words[] = {
	"run",	   "sleep", "wait", "guest", "host",	"task",
	"kthread", "idle",  "vcpu", "other", "unknown",
};

static enum role role_of(enum capture_table table, size_t column)
{
	const char *name = capture_table_info(table)->columns[column].name;

	for (size_t i = 0; i < ARRAY_LENGTH(roles); i++)
		if ((roles[i].table == ANY_TABLE || roles[i].table == (int)table) &&
		    strcmp(roles[i].column, name) == 0)
			return roles[i].role;
	return ROLE_PLAIN;
}

bool cdict_check_required(enum capture_table table, size_t column)
{
	enum role role = role_of(table, column);

	return role != ROLE_PLAIN && role != ROLE_TASK_OR_NIL && role != ROLE_TASK_KIND;
}

bool cdict_check_always(enum capture_table table, size_t column)
{
	enum role role = role_of(table, column);

	return role == ROLE_NEW_TASK || role == ROLE_BUCKET ||
	       (table == CAPTURE_LOSSES && column == LOSSES_AT_NS);
}

int cdict_check_init(struct cdict_rows *rows)
{
	_Static_assert(ARRAY_LENGTH(words) <= ARRAY_LENGTH(rows->word_ids), "words");
	for (size_t i = 0; i < ARRAY_LENGTH(words); i++) {
		int err =
			cdict_texts_id(rows->texts, words[i], strlen(words[i]), &rows->word_ids[i]);

		if (err)
			return err;
	}
	return 0;
}

static bool is_word(const struct cdict_rows *rows, uint64_t id, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		if (rows->word_ids[i] == id)
			return true;
	return false;
}

/* All at most `highest`? (nil is above everything) */
static bool all_up_to(const uint64_t *values, size_t count, uint64_t highest)
{
	uint64_t worst = 0;

	for (size_t i = 0; i < count; i++)
		worst = values[i] > worst ? values[i] : worst;
	return worst <= highest;
}

static bool all_from(const uint64_t *values, size_t count, uint64_t lowest)
{
	uint64_t worst = CAPTURE_NIL;

	for (size_t i = 0; i < count; i++)
		worst = values[i] < worst ? values[i] : worst;
	return worst >= lowest;
}

static const char *check_bins(const struct cdict_rows *rows, const uint64_t *values, size_t count)
{
	return all_up_to(values, count, rows->last_bin) && all_from(values, count, rows->first_bin)
		       ? NULL
		       : "a bin beyond the ends of the histogram";
}

static const char *check_tasks(const struct cdict_rows *rows, const uint64_t *values, size_t count,
			       bool nil_allowed)
{
	for (size_t i = 0; i < count; i++)
		if (!cdict_seen_has(&rows->tasks, values[i]) &&
		    !(nil_allowed && values[i] == CAPTURE_NIL))
			return "a task that has had no row in 'tasks' before";
	return NULL;
}

static const char *add_tasks(struct cdict_rows *rows, const uint64_t *values, size_t count)
{
	if (!all_up_to(values, count, CDICT_TASKS_MAX - 1))
		return "a task number that is too large, or nil";
	for (size_t i = 0; i < count; i++)
		if (cdict_seen_add(&rows->tasks, values[i]))
			return "no memory for so many tasks";
	return NULL;
}

static const char *check_words(const struct cdict_rows *rows, const uint64_t *values, size_t count,
			       bool is_cell)
{
	size_t from = is_cell ? 0 : CELL_KINDS;
	size_t to = is_cell ? CELL_KINDS : ARRAY_LENGTH(words);

	for (size_t i = 0; i < count; i++)
		if (!is_word(rows, values[i], from, to) && (is_cell || values[i] != CAPTURE_NIL))
			return "a kind that does not exist";
	return NULL;
}

const char *cdict_check_column(struct cdict_rows *rows, const struct capture_batch *batch,
			       size_t column, const uint64_t *values)
{
	enum role role = role_of(batch->table, column);
	size_t count = batch->rows;

	switch (role) {
	case ROLE_PLAIN:
		return NULL;
	case ROLE_KEY:
		return all_up_to(values, count, CAPTURE_NIL - 1) ? NULL : "nil in a key";
	case ROLE_BUCKET:
		return all_up_to(values, count, INT64_MAX / batch->bucket_ns - 1)
			       ? NULL
			       : "a bucket beyond all time, or nil";
	case ROLE_NEW_TASK:
		return add_tasks(rows, values, count);
	case ROLE_TASK:
	case ROLE_TASK_OR_NIL:
		return check_tasks(rows, values, count, role == ROLE_TASK_OR_NIL);
	case ROLE_CPU:
		return all_up_to(values, count, CDICT_CPUS_MAX - 1) ? NULL : "a CPU that cannot be";
	case ROLE_BIN:
		return check_bins(rows, values, count);
	case ROLE_CELL_KIND:
	case ROLE_TASK_KIND:
		return check_words(rows, values, count, role == ROLE_CELL_KIND);
	case ROLE_FLAG:
		return all_up_to(values, count, 1) ? NULL : "neither 0 nor 1";
	}
	return NULL;
}
