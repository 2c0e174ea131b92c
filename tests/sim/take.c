/* SPDX-License-Identifier: Apache-2.0 */
#include "compare.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool differs(struct comparison *c, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(c->result->difference, sizeof(c->result->difference), format, arguments);
	va_end(arguments);
	return false;
}

const struct tallied_table *table(const struct comparison *c, enum capture_table which)
{
	return &c->result->tally.tables[which];
}

/* ---- account's rows with the machine's tasks ---- */

static int64_t index_of(const struct comparison *c, const uint64_t *values)
{
	const struct sim_history *history = &c->result->history;
	const char *kind = string_pool_text(c->result->strings, values[TASKS_KIND]);
	const char *comm = string_pool_text(c->result->strings, values[TASKS_COMM]);

	if (!strcmp(kind, "unknown"))
		return -1;
	if (!strcmp(kind, "idle"))
		return comm ? atoi(comm + strlen("swapper/")) : NOBODY;
	for (size_t i = c->result->plan.cpus; i < history->task_count; i++)
		if (history->tasks[i].tid == values[TASKS_TID] &&
		    history->tasks[i].start_ns == values[TASKS_START_NS])
			return (int64_t)i;
	return NOBODY;
}

bool take_tasks(struct comparison *c)
{
	const struct tallied_table *tasks = table(c, CAPTURE_TASKS);
	bool *seen = calloc(c->result->history.task_count + 1, sizeof(*seen));
	bool equal = true;

	c->key_count = c->result->tally.told_count;
	c->tasks = malloc((c->key_count + 1) * sizeof(*c->tasks));
	if (!seen || !c->tasks)
		abort();
	for (size_t key = 0; key < c->key_count; key++)
		c->tasks[key] = NOBODY;
	for (size_t i = tasks->count; i-- > 0 && equal;) {
		const uint64_t *values = tasks->rows[i].values;
		uint64_t key = values[TASKS_TASK];
		int64_t index;

		if (c->tasks[key] != NOBODY)
			continue; /* a later row was seen already */
		index = index_of(c, values);
		if (index == NOBODY && ++c->nobodies <= c->nobodies_allowed)
			continue;
		if (index == NOBODY)
			equal = differs(c,
					"task %" PRIu64 " (tid %" PRIu64 ", start %" PRIu64
					") is nobody's",
					key, values[TASKS_TID], values[TASKS_START_NS]);
		else if (seen[index + 1])
			equal = differs(c, "t%" PRId64 " has two keys", index);
		c->tasks[key] = index;
		if (index != NOBODY)
			seen[index + 1] = true;
	}
	free(seen);
	return equal;
}

void take_grid(struct comparison *c)
{
	const struct tallied_table *samples = table(c, CAPTURE_SAMPLES);
	struct sim_grid *grid = &c->grid;

	for (size_t i = 0; i < samples->count; i++) {
		const struct tallied_row *row = &samples->rows[i];
		uint64_t start_ns = row->values[SAMPLES_BUCKET] * row->bucket_ns;
		size_t part = 0;

		while (part < grid->count && grid->bucket_ns[part] != row->bucket_ns)
			part++;
		if (part == grid->count) {
			grid->bucket_ns[part] = row->bucket_ns;
			grid->from_ns[part] = start_ns;
			grid->count++;
		}
		if (start_ns < grid->from_ns[part])
			grid->from_ns[part] = start_ns;
	}
	for (size_t i = 0; i < grid->count; i++) /* ascending: each is twice the one before */
		for (size_t k = i + 1; k < grid->count; k++)
			if (grid->bucket_ns[k] < grid->bucket_ns[i]) {
				uint64_t b = grid->bucket_ns[i], f = grid->from_ns[i];

				grid->bucket_ns[i] = grid->bucket_ns[k];
				grid->from_ns[i] = grid->from_ns[k];
				grid->bucket_ns[k] = b;
				grid->from_ns[k] = f;
			}
}

static void take_samples(struct comparison *c)
{
	const struct tallied_table *samples = table(c, CAPTURE_SAMPLES);

	for (size_t i = 0; i < samples->count; i++) {
		const uint64_t *v = samples->rows[i].values;
		struct sim_row row = {
			.bucket_ns = samples->rows[i].bucket_ns,
			.start_ns = v[SAMPLES_BUCKET] * samples->rows[i].bucket_ns,
			.task = c->tasks[v[SAMPLES_TASK]],
			.cpu = (uint32_t)v[SAMPLES_CPU],
			.run_ns = v[SAMPLES_RUN_NS],
			.switches = v[SAMPLES_SWITCHES],
			.voluntary = v[SAMPLES_VOLUNTARY],
			.involuntary = v[SAMPLES_INVOLUNTARY],
			.migrations = v[SAMPLES_MIGRATIONS],
			.wait_known = v[SAMPLES_WAIT_NS] != CAPTURE_NIL,
		};

		if (row.wait_known) {
			row.wait_ns = v[SAMPLES_WAIT_NS];
			row.wait_max_ns = v[SAMPLES_WAIT_MAX_NS];
			row.wait_max_at_ns = v[SAMPLES_WAIT_MAX_AT_NS];
			if (row.wait_max_at_ns == CAPTURE_NIL)
				row.wait_max_at_ns = 0;
		}
		sim_add_row(&c->rows, &row);
	}
}

static void take_cells(struct comparison *c)
{
	static const char *const kinds[] = { "run", "sleep", "wait" };
	const struct tallied_table *cells = table(c, CAPTURE_CELLS);

	for (size_t i = 0; i < cells->count; i++) {
		const uint64_t *v = cells->rows[i].values;
		const char *kind = string_pool_text(c->result->strings, v[CELLS_KIND]);
		struct sim_cell cell = { .start_ns = v[CELLS_BUCKET] * cells->rows[i].bucket_ns,
					 .task = c->tasks[v[CELLS_TASK]],
					 .bin = v[CELLS_BIN],
					 .count = v[CELLS_COUNT] };

		while (strcmp(kinds[cell.kind], kind))
			cell.kind++;
		sim_add_cell(&c->rows, &cell);
	}
}

void take_rows(struct comparison *c)
{
	take_samples(c);
	take_cells(c);
	sim_rows_settle(&c->rows);
}
