/* SPDX-License-Identifier: Apache-2.0 */
/* Single switches, and who followed whom, beside the oracle's. */
#include "changes.h"

#include "base/array.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void sim_add_change(struct sim_changes *changes, const struct sim_change *change)
{
	if (ARRAY_RESERVE(changes->changes, changes->capacity, changes->count + 1))
		abort();
	changes->changes[changes->count++] = *change;
}

void sim_changes_free(struct sim_changes *changes)
{
	free(changes->changes);
	*changes = (struct sim_changes){ 0 };
}

static const char *word_of(enum pft_state state, bool preempted)
{
	static const char *const letters[] = { "R", "S", "D", "T", "t", "X", "I", "P" };

	return preempted ? "R+" : letters[state];
}

const char *sim_change_word(const struct sim_switch *change)
{
	return word_of((enum pft_state)change->state, change->preempted);
}

/* ---- account's ---- */

/* A core's rows follow from each other: who leaves had come. */
static bool take_switches(struct comparison *c, struct sim_changes *ours)
{
	const struct tallied_table *switches = table(c, CAPTURE_SWITCHES);
	int64_t *running = malloc(c->result->plan.cpus * sizeof(*running));
	bool equal = true;

	if (!running)
		abort();
	for (uint32_t cpu = 0; cpu < c->result->plan.cpus; cpu++)
		running[cpu] = NOBODY;
	for (size_t i = 0; i < switches->count && equal; i++) {
		const uint64_t *v = switches->rows[i].values;
		struct sim_change change = {
			.at_ns = v[SWITCHES_AT_NS],
			.cpu = (uint32_t)v[SWITCHES_CPU],
			.task = c->tasks[v[SWITCHES_TASK]],
			.next = c->tasks[v[SWITCHES_NEXT]],
			.wait_us = v[SWITCHES_WAIT_US],
			.state = string_pool_text(c->result->strings, v[SWITCHES_STATE]),
		};

		if (c->exact && running[change.cpu] != NOBODY && running[change.cpu] != change.task)
			equal = differs(c,
					"switch at %" PRIu64 " ns on CPU %u: t%" PRId64
					" leaves, but t%" PRId64 " ran",
					change.at_ns, change.cpu, change.task, running[change.cpu]);
		running[change.cpu] = change.next;
		if (change.state)
			sim_add_change(ours, &change);
	}
	free(running);
	return equal;
}

static void take_successors(struct comparison *c, struct sim_changes *pairs)
{
	const struct tallied_table *successors = table(c, CAPTURE_SUCCESSORS);

	for (size_t i = 0; i < successors->count; i++) {
		const uint64_t *v = successors->rows[i].values;
		struct sim_change pair = { .task = c->tasks[v[SUCCESSORS_TASK]],
					   .next = c->tasks[v[SUCCESSORS_NEXT]],
					   .count = v[SUCCESSORS_COUNT] };

		sim_add_change(pairs, &pair);
	}
}

/* ---- comparing ---- */

/* By core, in the order of each. */
static int by_cpu(const void *a, const void *b)
{
	const struct sim_change *x = a, *y = b;

	if (x->cpu != y->cpu)
		return x->cpu < y->cpu ? -1 : 1;
	return x->place < y->place ? -1 : x->place > y->place;
}

static int by_pair(const void *a, const void *b)
{
	const struct sim_change *x = a, *y = b;

	if (x->task != y->task)
		return x->task < y->task ? -1 : 1;
	return x->next < y->next ? -1 : x->next > y->next;
}

static void sort_by_cpu(struct sim_changes *changes)
{
	for (size_t i = 0; i < changes->count; i++)
		changes->changes[i].place = i;
	if (changes->count)
		qsort(changes->changes, changes->count, sizeof(*changes->changes), by_cpu);
}

/* Pairs become one each, with their counts. */
static void settle_pairs(struct sim_changes *pairs)
{
	size_t kept = 0;

	if (pairs->count)
		qsort(pairs->changes, pairs->count, sizeof(*pairs->changes), by_pair);
	for (size_t i = 0; i < pairs->count; i++)
		if (kept && !by_pair(&pairs->changes[kept - 1], &pairs->changes[i]))
			pairs->changes[kept - 1].count += pairs->changes[i].count;
		else
			pairs->changes[kept++] = pairs->changes[i];
	pairs->count = kept;
}

static bool same_change(const struct comparison *c, const struct sim_change *x,
			const struct sim_change *y)
{
	if (x->cpu != y->cpu || x->task != y->task || x->next != y->next ||
	    strcmp(x->state, y->state))
		return false;
	return !c->exact || (x->at_ns == y->at_ns && x->wait_us == y->wait_us);
}

static bool compare_switches(struct comparison *c, struct sim_changes *ours)
{
	struct sim_changes *theirs = &c->oracle.changes;

	if (ours->count != theirs->count)
		return differs(c, "%zu rows of switches, true %zu", ours->count, theirs->count);
	sort_by_cpu(ours);
	sort_by_cpu(theirs);
	for (size_t i = 0; i < ours->count; i++) {
		const struct sim_change *x = &ours->changes[i], *y = &theirs->changes[i];

		if (!same_change(c, x, y))
			return differs(c,
				       "switch at %" PRIu64 " ns on CPU %u: t%" PRId64
				       " %s to t%" PRId64 " after %" PRIu64 " us, true at %" PRIu64
				       " t%" PRId64 " %s to t%" PRId64 " after %" PRIu64,
				       x->at_ns, x->cpu, x->task, x->state, x->next, x->wait_us,
				       y->at_ns, y->task, y->state, y->next, y->wait_us);
	}
	return true;
}

static bool compare_pairs(struct comparison *c, struct sim_changes *ours)
{
	struct sim_changes *theirs = &c->oracle.changes;

	settle_pairs(ours);
	settle_pairs(theirs);
	for (size_t i = 0; i < ours->count && i < theirs->count; i++) {
		const struct sim_change *x = &ours->changes[i], *y = &theirs->changes[i];

		if (by_pair(x, y) || x->count != y->count)
			return differs(c,
				       "t%" PRId64 " was followed by t%" PRId64 " %" PRIu64
				       " times, true t%" PRId64 " by t%" PRId64 " %" PRIu64,
				       x->task, x->next, x->count, y->task, y->next, y->count);
	}
	if (ours->count != theirs->count)
		return differs(c, "%zu pairs of successors, true %zu", ours->count, theirs->count);
	return true;
}

bool compare_changes(struct comparison *c)
{
	struct sim_changes ours = { 0 }, pairs = { 0 };
	bool equal = take_switches(c, &ours);

	take_successors(c, &pairs);
	equal = equal && compare_switches(c, &ours) && compare_pairs(c, &pairs);
	sim_changes_free(&ours);
	sim_changes_free(&pairs);
	return equal;
}
