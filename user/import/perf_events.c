/* SPDX-License-Identifier: Apache-2.0 */
#include "import/perf_events.h"

#include "base/array.h"
#include "import/event_text.h"
#include "import/follow.h"

#include <string.h>

#define TID_MAX (1u << 22)
#define UNREADABLE 1 /* beside 0 and -errno */

typedef int handler(struct events *events, const struct perf_sample *sample, uint64_t at_ns);

/* ---- fields ---- */

static uint64_t number_of(const struct perf_sample *sample, size_t field)
{
	const struct perf_field *place = &sample->event->fields[field];
	uint64_t wide = 0;

	if (place->size > 8 || place->offset + place->size > sample->raw_size)
		return UINT64_MAX;
	memcpy(&wide, sample->raw + place->offset, place->size);
	return wide;
}

static struct span text_of(const struct perf_sample *sample, size_t field)
{
	const struct perf_field *place = &sample->event->fields[field];
	size_t offset = place->offset, size = place->size;

	if (place->elsewhere) { /* length << 16 | offset (include/trace/stages/stage4_...) */
		uint64_t where = number_of(sample, field);

		offset = where & 0xffff;
		size = where >> 16 & 0xffff;
	}
	if (offset + size > sample->raw_size)
		return (struct span){ "", 0 };
	return (struct span){ (const char *)sample->raw + offset,
			      strnlen((const char *)sample->raw + offset, size) };
}

/* The comm, and the tid in the field behind it. False for no tid. */
static bool task_of(const struct perf_sample *sample, size_t field, struct text_task *task)
{
	uint64_t tid = number_of(sample, field + 1);

	task->comm = text_of(sample, field);
	task->tid = (uint32_t)tid;
	return tid < TID_MAX;
}

/* ---- events ---- */

/* The letters that sched_switch prints since Linux 4.14 (TASK_REPORT and above), lowest bit first. */
static char letter_of(uint64_t state)
{
	static const char letters[] = "SDTtXZPI";

	for (size_t i = 0; i < sizeof(letters) - 1; i++)
		if (state >> i & 1)
			return letters[i];
	return 'R';
}

static int take_switch(struct events *events, const struct perf_sample *sample, uint64_t at_ns)
{
	uint64_t state = number_of(sample, 2);
	struct text_switch event = { .state = letter_of(state), .preempted = state & 0x100 };

	if (!task_of(sample, 0, &event.prev) || !task_of(sample, 3, &event.next))
		return UNREADABLE;
	return follow_switch(events->follow, sample->cpu, at_ns, &event);
}

static int take_wakeup(struct events *events, const struct perf_sample *sample, uint64_t at_ns)
{
	struct text_task task;

	return task_of(sample, 0, &task) ? follow_wakeup(events->follow, &task, at_ns) : UNREADABLE;
}

static int take_waking(struct events *events, const struct perf_sample *sample, uint64_t at_ns)
{
	struct text_task task;

	return task_of(sample, 0, &task) ? follow_waking(events->follow, &task, at_ns) : UNREADABLE;
}

static int take_stat(struct events *events, const struct perf_sample *sample, enum follow_stat stat)
{
	struct text_task task;

	if (!task_of(sample, 0, &task))
		return UNREADABLE;
	return follow_stat(events->follow, stat, &task, number_of(sample, 2));
}

static int take_runtime(struct events *events, const struct perf_sample *sample, uint64_t at_ns)
{
	(void)at_ns;
	return take_stat(events, sample, FOLLOW_RUNTIME);
}

static int take_wait(struct events *events, const struct perf_sample *sample, uint64_t at_ns)
{
	(void)at_ns;
	return take_stat(events, sample, FOLLOW_WAIT);
}

static int take_sleep(struct events *events, const struct perf_sample *sample, uint64_t at_ns)
{
	(void)at_ns;
	return take_stat(events, sample, FOLLOW_SLEEP);
}

static int take_fork(struct events *events, const struct perf_sample *sample, uint64_t at_ns)
{
	struct text_task child;

	(void)at_ns;
	return task_of(sample, 0, &child) ? follow_fork(events->follow, &child) : UNREADABLE;
}

static int take_exec(struct events *events, const struct perf_sample *sample, uint64_t at_ns)
{
	uint64_t tid = number_of(sample, 0), old_tid = number_of(sample, 1);

	if (tid >= TID_MAX || old_tid >= TID_MAX)
		return UNREADABLE;
	return follow_exec(events->follow, (uint32_t)old_tid, (uint32_t)tid, at_ns);
}

static int take_rename(struct events *events, const struct perf_sample *sample, uint64_t at_ns)
{
	struct text_task task;

	(void)at_ns;
	return task_of(sample, 0, &task) ? follow_rename(events->follow, task.tid, task.comm)
					 : UNREADABLE;
}

/* The state of the last switch tells it, and account counts migrations itself. */
static int take_known(struct events *events, const struct perf_sample *sample, uint64_t at_ns)
{
	(void)events;
	(void)sample;
	(void)at_ns;
	return 0;
}

/* Fields as include/trace/events/sched.h and task.h of Linux 4.14 to 6.18 name them. */
static const struct {
	const char *name;
	handler *take;
	const char *fields[PERF_FIELDS + 1];
} handlers[] = {
	{ "sched_switch",
	  take_switch,
	  { "prev_comm", "prev_pid", "prev_state", "next_comm", "next_pid" } },
	{ "sched_wakeup", take_wakeup, { "comm", "pid" } },
	{ "sched_wakeup_new", take_wakeup, { "comm", "pid" } },
	{ "sched_waking", take_waking, { "comm", "pid" } },
	{ "sched_stat_runtime", take_runtime, { "comm", "pid", "runtime" } },
	{ "sched_stat_wait", take_wait, { "comm", "pid", "delay" } },
	{ "sched_stat_sleep", take_sleep, { "comm", "pid", "delay" } },
	{ "sched_stat_blocked", take_sleep, { "comm", "pid", "delay" } },
	{ "sched_stat_iowait", take_sleep, { "comm", "pid", "delay" } },
	{ "sched_migrate_task", take_known, { NULL } },
	{ "sched_process_exit", take_known, { NULL } },
	{ "sched_process_fork", take_fork, { "child_comm", "child_pid" } },
	{ "sched_process_exec", take_exec, { "pid", "old_pid" } },
	{ "task_rename", take_rename, { "newcomm", "pid" } },
};

static bool begins(struct span name, const char *with)
{
	return name.length >= strlen(with) && memcmp(name.at, with, strlen(with)) == 0;
}

int perf_events_kind(struct span name)
{
	for (size_t i = 0; i < ARRAY_LENGTH(handlers); i++)
		if (strlen(handlers[i].name) == name.length && begins(name, handlers[i].name))
			return (int)i;
	/* how reasons are printed is in kvm_text.c */
	return begins(name, "kvm_e") ? PERF_EVENTS_TEXT_ONLY : PERF_EVENTS_UNUSED;
}

const char *const *perf_events_fields(int kind)
{
	return handlers[kind].fields;
}

int perf_events_take(struct events *events, const struct perf_sample *sample, uint64_t at_ns)
{
	int error;

	events->count++;
	if (!sample->event)
		return follow_lost(events->follow, sample->cpu, sample->lost);
	error = follow_cpu(events->follow, sample->cpu, at_ns, sample->tid, sample->tgid);
	if (error)
		return error;
	if (sample->event->kind < 0) {
		skipped_add(&events->skipped, sample->event->name.at, sample->event->name.length);
		return 0;
	}
	error = handlers[sample->event->kind].take(events, sample, at_ns);
	if (error != UNREADABLE)
		return error;
	events->unreadable++;
	return 0;
}
