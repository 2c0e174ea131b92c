/* SPDX-License-Identifier: Apache-2.0 */
/* A CPU goes offline, and comes back: where that lies among its samples. */
#include "live/merge_cpu.h"

#include "base/array.h"

#include <errno.h>
#include <string.h>

/* The run queue's clock lags CLOCK_MONOTONIC by a tick at most. */
#define LAG_NS 10000000ULL

/*
 * A CPU that comes back goes on with its idle task, whose run has lasted all the while: how long of
 * it was real, nobody knows.
 */
static const struct merge_event found_idle = { .kind = MERGE_FOUND };

/* Whose run this event of the queue ends (its end: the next to come). 0: idle's, or nobody knows. */
static uint32_t tid_before(const struct merge_cpu *cpu, size_t place)
{
	const struct merge_event *begin;

	if (place == cpu->queue.first)
		return cpu->run.tid;
	begin = &cpu->queue.events[place - 1];
	if (begin->kind == MERGE_LOST || begin->kind == MERGE_OFFLINE)
		return 0;
	return begin->next & PFT_TID_MASK;
}

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

/*
 * Its clock may lag so much that it seems to speak before it went. It went from its idle task, and what
 * is told of another, late, was before; but when a switch leaves another long after that, then the
 * switch to it lagged.
 */
int merge_cpu_comes_back(struct merge_cpu *cpu, uint64_t rq_ns, const struct pft_sample *sample)
{
	struct merge_event back = found_idle;

	back.at_ns = timeline_at_rq(&cpu->line, rq_ns);
	if (back.at_ns <= cpu->offline_ns) {
		if (cpu->offline_tid) {
			cpu->offline_tid = sample->next & PFT_TID_MASK;
			return 0;
		}
		back.at_ns = timeline_at_mono(&cpu->line, cpu->line.zero_ns + cpu->offline_ns);
	}
	cpu->offline = false;
	cpu->back_ns = back.at_ns;
	cpu->run_unknown = true;
	if (!(sample->next & PFT_SAMPLE_MARKER))
		back.next = cpu->offline_tid;
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

/* Where the events behind a moment begin; the queue's end: there are none. */
static size_t place_after(const struct merge_queue *queue, uint64_t at_ns)
{
	size_t i = queue->first;

	while (i < queue->end && queue->events[i].at_ns <= at_ns)
		i++;
	return i;
}

/* The first event behind a moment, NULL: none. */
static struct merge_event *first_after(const struct merge_queue *queue, uint64_t at_ns)
{
	size_t place = place_after(queue, at_ns);

	return place < queue->end ? &queue->events[place] : NULL;
}

/*
 * A CPU goes from its idle task. Where another seems to run, until it leaves by a switch, the switch to
 * it came later, and its clock lagged: where, before `place`, the events begin that are behind the
 * going in truth. (A marker tells that the idle task took over unseen.)
 */
static size_t place_of_laggards(const struct merge_cpu *cpu, size_t place, uint64_t at_ns)
{
	const struct merge_queue *queue = &cpu->queue;
	size_t i = place;

	if (place == queue->end || queue->events[place].kind != MERGE_SWITCH)
		return place;
	for (; tid_before(cpu, i); i--)
		if (i == queue->first || queue->events[i - 1].kind > MERGE_MARKER ||
		    queue->events[i - 1].at_ns + LAG_NS < at_ns)
			return place;
	return i;
}

/* Moves them to where the CPU is known to be back: by the event after them, or as we are told. */
static void delay_laggards(struct merge_cpu *cpu, uint64_t at_ns, uint64_t back_ns)
{
	struct merge_queue *queue = &cpu->queue;
	size_t end = place_after(queue, at_ns);
	size_t place = place_of_laggards(cpu, end, at_ns);

	if (place == end)
		return;
	if (queue->events[end].at_ns < back_ns)
		back_ns = queue->events[end].at_ns;
	for (; place < end; place++)
		queue->events[place].at_ns = back_ns;
}

/*
 * Back is the CPU when its first event says so, or when we are told (back_ns; UINT64_MAX: not yet),
 * whatever was first.
 */
static int place_offline(struct merge_cpu *cpu, uint64_t at_ns, uint64_t back_ns)
{
	const struct merge_event offline = { .at_ns = at_ns, .kind = MERGE_OFFLINE };
	struct merge_event back = found_idle;
	struct merge_event *next;
	int error;

	delay_laggards(cpu, at_ns, back_ns);
	next = first_after(&cpu->queue, at_ns);
	cpu->offline_tid = tid_before(cpu, place_after(&cpu->queue, at_ns));
	if (next && next->kind == MERGE_SWITCH)
		back.next = cpu->offline_tid;
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
