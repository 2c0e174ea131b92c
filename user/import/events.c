/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which fields an event has: include/trace/events/sched.h, task.h and kvm.h of Linux 3.10 to 6.18.
 * What is not read here (prio, success, target_cpu, vruntime ...) came and went over the versions.
 */
#include "import/events.h"

#include "base/array.h"
#include "import/event_text.h"
#include "import/follow.h"
#include "import/kvm_text.h"

#include <string.h>

#define UNREADABLE 1 /* beside 0 and -errno */

typedef int handler(struct events *events, const struct event_line *line, uint64_t at_ns);

static int take_switch(struct events *events, const struct event_line *line, uint64_t at_ns)
{
	struct text_switch text;

	if (!text_switch(line->text, &text))
		return UNREADABLE;
	return follow_switch(events->follow, line->cpu, at_ns, &text);
}

static int take_wakeup(struct events *events, const struct event_line *line, uint64_t at_ns)
{
	struct text_task task;

	return text_task(line->text, &task) ? follow_wakeup(events->follow, &task, at_ns)
					    : UNREADABLE;
}

static int take_waking(struct events *events, const struct event_line *line, uint64_t at_ns)
{
	struct text_task task;

	return text_task(line->text, &task) ? follow_waking(events->follow, &task, at_ns)
					    : UNREADABLE;
}

static int take_stat(struct events *events, const struct event_line *line, enum follow_stat stat,
		     const char *key)
{
	struct text_task task;
	uint64_t length_ns;

	if (!text_task(line->text, &task) || !text_field(line->text, key, &length_ns))
		return UNREADABLE;
	return follow_stat(events->follow, stat, &task, length_ns);
}

static int take_runtime(struct events *events, const struct event_line *line, uint64_t at_ns)
{
	(void)at_ns;
	return take_stat(events, line, FOLLOW_RUNTIME, " runtime=");
}

static int take_wait(struct events *events, const struct event_line *line, uint64_t at_ns)
{
	(void)at_ns;
	return take_stat(events, line, FOLLOW_WAIT, " delay=");
}

static int take_sleep(struct events *events, const struct event_line *line, uint64_t at_ns)
{
	(void)at_ns;
	return take_stat(events, line, FOLLOW_SLEEP, " delay=");
}

static int take_fork(struct events *events, const struct event_line *line, uint64_t at_ns)
{
	struct text_task parent, child;

	(void)at_ns;
	return text_fork(line->text, &parent, &child) ? follow_fork(events->follow, &child)
						      : UNREADABLE;
}

static int take_exec(struct events *events, const struct event_line *line, uint64_t at_ns)
{
	uint64_t tid, old_tid;

	if (!text_field(line->text, " pid=", &tid) ||
	    !text_field(line->text, " old_pid=", &old_tid) || tid >= (1u << 22) ||
	    old_tid >= (1u << 22))
		return UNREADABLE;
	return follow_exec(events->follow, (uint32_t)old_tid, (uint32_t)tid, at_ns);
}

/* "pid=12 oldcomm=a newcomm=b oom_score_adj=0" */
static int take_rename(struct events *events, const struct event_line *line, uint64_t at_ns)
{
	struct text text = { line->text.at, line->text.at + line->text.length };
	struct span before, comm;
	uint64_t tid;

	(void)at_ns;
	if (!text_skip(&text, "pid=") || !text_take_number(&text, &tid) || tid >= (1u << 22) ||
	    !text_until(&text, " newcomm=", &before) ||
	    !text_until(&text, " oom_score_adj=", &comm))
		return UNREADABLE;
	return follow_rename(events->follow, (uint32_t)tid, comm);
}

/* The state of the last switch tells it, and account counts migrations itself. */
static int take_known(struct events *events, const struct event_line *line, uint64_t at_ns)
{
	(void)events;
	(void)line;
	(void)at_ns;
	return 0;
}

static int take_kvm_entry(struct events *events, const struct event_line *line, uint64_t at_ns)
{
	if (!line->tid || line->tid == EVENT_LINE_NONE)
		return UNREADABLE;
	return follow_kvm_entry(events->follow, line, at_ns, kvm_text_vcpu(line->text));
}

static int take_kvm_exit(struct events *events, const struct event_line *line, uint64_t at_ns)
{
	uint64_t reason;

	if (!line->tid || line->tid == EVENT_LINE_NONE ||
	    !kvm_text_exit(line->text, &events->isa, &reason))
		return UNREADABLE;
	return follow_kvm_exit(events->follow, line, at_ns, kvm_text_vcpu(line->text), events->isa,
			       reason);
}

/* perf's own: "PERF_RECORD_LOST lost 12" */
static int take_lost(struct events *events, const struct event_line *line, uint64_t at_ns)
{
	uint64_t count;

	(void)at_ns;
	if (!text_field(line->text, "lost ", &count) && !text_field(line->text, "lost:", &count))
		count = 1;
	return follow_lost(events->follow, line->cpu, count);
}

/* The commonest first. */
static const struct {
	const char *name;
	handler *take;
} handlers[] = {
	{ "sched_switch", take_switch },      { "sched_wakeup", take_wakeup },
	{ "sched_waking", take_waking },      { "sched_stat_runtime", take_runtime },
	{ "sched_stat_wait", take_wait },     { "kvm_entry", take_kvm_entry },
	{ "kvm_exit", take_kvm_exit },	      { "sched_stat_sleep", take_sleep },
	{ "sched_stat_blocked", take_sleep }, { "sched_stat_iowait", take_sleep },
	{ "sched_migrate_task", take_known }, { "sched_wakeup_new", take_wakeup },
	{ "sched_process_fork", take_fork },  { "sched_process_exec", take_exec },
	{ "sched_process_exit", take_known }, { "task_rename", take_rename },
	{ "PERF_RECORD_LOST", take_lost },    { "PERF_RECORD_LOST_SAMPLES", take_lost },
};

static handler *find(struct span name)
{
	for (size_t i = 0; i < ARRAY_LENGTH(handlers); i++)
		if (strlen(handlers[i].name) == name.length &&
		    memcmp(handlers[i].name, name.at, name.length) == 0)
			return handlers[i].take;
	return NULL;
}

int events_take(struct events *events, const struct event_line *line, uint64_t at_ns)
{
	handler *take = find(line->name);
	int error = 0;

	events->count++;
	if (take != take_lost)
		error = follow_cpu(events->follow, line->cpu, at_ns, line->tid, line->tgid);
	if (error)
		return error;
	if (!take) {
		skipped_add(&events->skipped, line->name.at, line->name.length);
		return 0;
	}
	error = take(events, line, at_ns);
	if (error == UNREADABLE) {
		events->unreadable++;
		return 0;
	}
	return error;
}
