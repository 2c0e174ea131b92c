/* SPDX-License-Identifier: Apache-2.0 */
/* A CPU goes offline, and comes back: where that lies among its samples. */
#include "live/merge_cpu.h"

#include "base/array.h"

#include <errno.h>
#include <string.h>

/*
 * A CPU that comes back goes on with its idle task, whose run has lasted all the while: how long of
 * it was real, nobody knows.
 */
static const struct merge_event found_idle = { .kind = MERGE_FOUND };

/* ---- as its samples tell ---- */

/*
 * The header, behind a loss, tells of a run from before the CPU went offline. We may know when it
 * was back; else its first sample afterwards says so.
 */
int merge_cpu_starts_offline(struct merge_cpu *cpu)
{
	struct merge_event back = found_idle;

	cpu->run_unknown = true;
	if (cpu->offline && !cpu->told_back)
		return 0;
	cpu->offline = false;
	back.at_ns = cpu->back_ns;
	return merge_queue_push(&cpu->queue, &back);
}

int merge_cpu_comes_back(struct merge_cpu *cpu, uint64_t rq_ns)
{
	struct merge_event back = found_idle;

	back.at_ns = timeline_at_rq(&cpu->line, rq_ns);
	if (back.at_ns <= cpu->offline_ns)
		return 0;
	cpu->offline = false;
	cpu->back_ns = back.at_ns;
	cpu->run_unknown = true;
	return merge_queue_push(&cpu->queue, &back);
}

/* ---- as we are told ---- */

int merge_cpu_moment(struct merge_cpu *cpu, uint64_t mono_ns, bool online)
{
	uint64_t zero_ns = cpu->line.zero_ns;

	if (ARRAY_RESERVE(cpu->moments, cpu->moment_capacity, cpu->moment_count + 1))
		return -ENOMEM;
	cpu->moments[cpu->moment_count++] = (struct merge_moment){
		.at_ns = mono_ns > zero_ns ? mono_ns - zero_ns : 0,
		.online = online,
	};
	return 0;
}

/* Behind all events that are not after behind_ns. */
static int insert(struct merge_cpu *cpu, struct merge_event event, uint64_t behind_ns)
{
	struct merge_event *place = merge_queue_insert(&cpu->queue, behind_ns);

	if (!place)
		return -ENOMEM;
	*place = event;
	return 0;
}

/* The first event behind a moment, NULL: none. */
static struct merge_event *first_after(const struct merge_queue *queue, uint64_t at_ns)
{
	for (size_t i = queue->first; i < queue->end; i++)
		if (queue->events[i].at_ns > at_ns)
			return &queue->events[i];
	return NULL;
}

/*
 * Back is the CPU when its first event says so, or when we are told (back_ns; UINT64_MAX: not yet),
 * whatever was first.
 */
static int place_offline(struct merge_cpu *cpu, uint64_t at_ns, uint64_t back_ns)
{
	const struct merge_event offline = { .at_ns = at_ns, .kind = MERGE_OFFLINE };
	struct merge_event *next = first_after(&cpu->queue, at_ns);
	struct merge_event back = found_idle;
	int error;

	cpu->offline = !next;
	cpu->was_offline = true;
	cpu->offline_ns = at_ns;
	cpu->told_back = false;
	if (!next || next->kind == MERGE_FOUND)
		return insert(cpu, offline, at_ns);
	next->run_known = false;
	back.at_ns = next->at_ns < back_ns ? next->at_ns : back_ns;
	cpu->back_ns = back.at_ns;
	error = insert(cpu, offline, at_ns);
	return error ? error : insert(cpu, back, at_ns);
}

static int place_online(struct merge_cpu *cpu, uint64_t at_ns)
{
	struct merge_event *next = first_after(&cpu->queue, at_ns);
	struct merge_event back = found_idle;

	if (!cpu->started) { /* its block will say who runs */
		cpu->told_back = true;
		cpu->back_ns = at_ns;
		return 0;
	}
	if (!cpu->offline) {
		/* its first sample was known before we were told */
		if (next && next->kind == MERGE_FOUND && !next->next && !next->after_loss)
			next->at_ns = at_ns;
		return 0;
	}
	cpu->offline = false;
	cpu->back_ns = at_ns;
	cpu->run_unknown = true;
	back.at_ns = at_ns;
	return insert(cpu, back, at_ns);
}

/* The first of `left` moments that are still to be placed. */
static int place(struct merge_cpu *cpu, const struct merge_moment *moment, size_t left)
{
	bool told = left > 1 && moment[1].online;

	if (moment->online)
		return place_online(cpu, moment->at_ns);
	return place_offline(cpu, moment->at_ns, told ? moment[1].at_ns : UINT64_MAX);
}

int merge_cpu_place_moments(struct merge_cpu *cpu, uint64_t at_ns)
{
	size_t done = 0;
	int error = 0;

	for (; done < cpu->moment_count && cpu->moments[done].at_ns < at_ns && !error; done++)
		error = place(cpu, &cpu->moments[done], cpu->moment_count - done);
	cpu->moment_count -= done;
	memmove(cpu->moments, cpu->moments + done, cpu->moment_count * sizeof(*cpu->moments));
	return error;
}
