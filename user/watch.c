/* SPDX-License-Identifier: Apache-2.0 */
#include "watch.h"

#include "base/amount.h"
#include "base/array.h"
#include "base/clean.h"
#include "base/log.h"
#include "base/string_pool.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define NS_PER_S 1000000000ULL
#define CPU_MAX_PERCENT 100
#define ENDED_KEPT 4096
#define SPAN_MIN_NS (NS_PER_S / 2) /* a share of less time says little */

struct watch_task {
	uint64_t tid;
	uint64_t run_ns;
	uint64_t key;
	bool counts; /* no core's own: idle, unknown, other */
	bool ended;
	char name[64]; /* as all commands show it: annotated, else comm */
};

/* ---- rules ---- */

static int refuse(const char *option, const char *text)
{
	log_error("%s '%s' is no condition: give 'wait>50ms' (us, ms or s) or 'cpu>95%%'", option,
		  text);
	return -EINVAL;
}

/* Nobody waits for a core for minutes, and of sizes there is no wait at all. */
static bool has_unit_of_waits(const char *value)
{
	static const char *const units[] = { "us", "ms", "s" };
	const char *unit = value + strspn(value, "0123456789.");

	for (size_t i = 0; i < ARRAY_LENGTH(units); i++)
		if (strcasecmp(unit, units[i]) == 0)
			return true;
	return false;
}

int watch_parse(const char *option, const char *text, struct watch_rule *rule)
{
	const char *value = strchr(text, '>');
	uint64_t amount;
	bool bytes;
	char *end;

	rule->text = text;
	if (!value++)
		return refuse(option, text);
	if (strncmp(text, "wait>", 5) == 0) {
		if (!has_unit_of_waits(value) || amount_parse(value, &amount, &bytes))
			return refuse(option, text);
		rule->metric = WATCH_WAIT;
		rule->more_than = (double)amount;
		return 0;
	}
	if (strncmp(text, "cpu>", 4) != 0 || *value < '0' || *value > '9')
		return refuse(option, text);
	rule->metric = WATCH_CPU;
	rule->more_than = (double)strtoul(value, &end, 10);
	if (strcmp(end, "%") != 0)
		return refuse(option, text);
	if (rule->more_than < CPU_MAX_PERCENT)
		return 0;
	log_error("%s '%s' can never come true: a task has 100%% of one core at most", option,
		  text);
	return -EINVAL;
}

/* ---- what passes ---- */

static struct watch *watch_of(struct capture_sink *sink)
{
	return (struct watch *)sink; /* its first member */
}

static struct watch_task *task_of(const struct watch *watch, uint64_t key)
{
	uint32_t place = number_map_find(&watch->places, key);

	return place == NUMBER_MAP_NONE ? NULL : &watch->tasks[place];
}

static int take_task(struct watch *watch, const struct capture_batch *batch, size_t row)
{
	uint64_t key = batch->columns[TASKS_TASK][row];
	const char *comm = string_pool_text(batch->strings, batch->columns[TASKS_COMM][row]);
	const char *name = string_pool_text(batch->strings, batch->columns[TASKS_NAME][row]);
	const char *kind = string_pool_text(batch->strings, batch->columns[TASKS_KIND][row]);
	struct watch_task *task = task_of(watch, key);
	/* an exec revives one whose end was told already */
	bool ended = batch->columns[TASKS_END_NS][row] != CAPTURE_NIL;

	if (!task) {
		if (ARRAY_RESERVE(watch->tasks, watch->task_capacity, watch->task_count + 1) ||
		    number_map_add(&watch->places, key, (uint32_t)watch->task_count))
			return -ENOMEM;
		task = &watch->tasks[watch->task_count++];
		task->run_ns = 0;
		task->key = key;
		task->ended = false;
	}
	watch->ended_count += (size_t)ended - (size_t)task->ended;
	task->ended = ended;
	task->tid = batch->columns[TASKS_TID][row];
	task->counts = kind && strcmp(kind, "idle") != 0 && strcmp(kind, "unknown") != 0 &&
		       strcmp(kind, "other") != 0;
	snprintf(task->name, sizeof(task->name), "%s", name ? name : comm ? comm : "?");
	clean_text(task->name, strlen(task->name));
	return 0;
}

static void fire(struct watch *watch, const struct watch_rule *rule, const struct watch_task *task,
		 const char *value)
{
	if (!watch->fired[0])
		snprintf(watch->fired, sizeof(watch->fired), "%s: %s (%llu) %s", rule->text,
			 task->name, (unsigned long long)task->tid, value);
}

static void take_sample(struct watch *watch, const struct capture_batch *batch, size_t row)
{
	struct watch_task *task = task_of(watch, batch->columns[SAMPLES_TASK][row]);
	uint64_t wait_ns = batch->columns[SAMPLES_WAIT_MAX_NS][row];
	char value[48];

	if (!task || !task->counts)
		return;
	task->run_ns += batch->columns[SAMPLES_RUN_NS][row];
	for (size_t i = 0; i < watch->rule_count && wait_ns != CAPTURE_NIL; i++) {
		if (watch->rules[i].metric != WATCH_WAIT ||
		    (double)wait_ns <= watch->rules[i].more_than)
			continue;
		snprintf(value, sizeof(value), "waited %.3f ms", (double)wait_ns / 1e6);
		fire(watch, &watch->rules[i], task, value);
	}
}

static int watch_batch(struct capture_sink *sink, const struct capture_batch *batch)
{
	struct watch *watch = watch_of(sink);
	int error = 0;

	for (size_t row = 0; row < batch->rows && !error; row++) {
		if (batch->table == CAPTURE_TASKS)
			error = take_task(watch, batch, row);
		if (batch->table == CAPTURE_SAMPLES)
			take_sample(watch, batch, row);
	}
	return error ? error : watch->out->batch(watch->out, batch);
}

static void look_at_share(struct watch *watch, const struct watch_task *task, uint64_t span_ns)
{
	double percent = 100 * (double)task->run_ns / (double)span_ns;
	char value[48];

	for (size_t i = 0; i < watch->rule_count; i++) {
		if (watch->rules[i].metric != WATCH_CPU || percent <= watch->rules[i].more_than)
			continue;
		snprintf(value, sizeof(value), "had %.1f %% of a core", percent);
		fire(watch, &watch->rules[i], task, value);
	}
}

/* Those that have ended get no rows any more: they go once they are as many as the others. */
static int forget_ended(struct watch *watch)
{
	size_t kept = 0;
	int error = 0;

	if (watch->ended_count < ENDED_KEPT || watch->ended_count < watch->task_count / 2)
		return 0;
	number_map_free(&watch->places);
	watch->places = (struct number_map){ 0 };
	for (size_t i = 0; i < watch->task_count && !error; i++) {
		if (watch->tasks[i].ended)
			continue;
		watch->tasks[kept] = watch->tasks[i];
		error = number_map_add(&watch->places, watch->tasks[kept].key, (uint32_t)kept);
		kept++;
	}
	watch->task_count = kept;
	watch->ended_count = 0;
	return error;
}

static int watch_flush(struct capture_sink *sink, uint64_t at_ns)
{
	struct watch *watch = watch_of(sink);
	uint64_t span_ns = at_ns - watch->counted_from_ns;

	if (at_ns >= watch->counted_from_ns + SPAN_MIN_NS) {
		for (size_t i = 0; i < watch->task_count; i++) {
			look_at_share(watch, &watch->tasks[i], span_ns);
			watch->tasks[i].run_ns = 0;
		}
		watch->counted_from_ns = at_ns;
		if (forget_ended(watch))
			return -ENOMEM;
	}
	return watch->out->flush ? watch->out->flush(watch->out, at_ns) : 0;
}

static int watch_header(struct capture_sink *sink, const struct capture_header *header)
{
	struct watch *watch = watch_of(sink);

	return watch->out->header(watch->out, header);
}

static int watch_end(struct capture_sink *sink, const struct capture_end *end)
{
	struct watch *watch = watch_of(sink);

	return watch->out->end(watch->out, end);
}

void watch_init(struct watch *watch, const struct watch_rule *rules, size_t count)
{
	*watch = (struct watch){
		.sink = { watch_header, watch_batch, watch_flush, watch_end },
		.rules = rules,
		.rule_count = count,
	};
}

void watch_free(struct watch *watch)
{
	number_map_free(&watch->places);
	free(watch->tasks);
}

/* Tasks are told of again, and times begin anew. */
void watch_begin_part(struct watch *watch, struct capture_sink *out)
{
	watch->out = out;
	number_map_free(&watch->places);
	watch->places = (struct number_map){ 0 };
	watch->task_count = 0;
	watch->ended_count = 0;
	watch->counted_from_ns = 0;
}
