/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What account should find: the same rules as TRACING has them, followed in the true order, with
 * tasks instead of tids, in the plainest way.
 */
#include "changes.h"

#include "base/array.h"
#include "capture/histogram.h"

#include <stdlib.h>

#define UNKNOWN (-1)
#define NOWHERE UINT32_MAX

enum step_kind { STEP_SEED, STEP_SWITCH, STEP_MARKER, STEP_GAP, STEP_FOUND, STEP_OFF, STEP_BACK };

struct step {
	uint64_t at_ns; /* true, ns since zero: the order */
	uint64_t order;
	uint64_t position_ns; /* as the samples can tell it */
	uint64_t until_ns;    /* gap */
	enum step_kind kind;
	uint32_t cpu;
	int64_t task; /* found, seeded */
	bool run_known;
	const struct sim_switch *change;
};

struct cpu {
	int64_t life;
	int64_t filler;
	uint64_t filled_ns;
	bool offline;
	bool run_known;
};

struct task {
	uint32_t cpu;
	uint32_t last_cpu;
	uint64_t left_ns;
	uint64_t wait_total_ns;
	bool runnable;
	bool seen;
};

struct run {
	const struct sim_plan *plan;
	const struct sim_history *history;
	const struct sim_grid *grid;
	struct sim_oracle *oracle;
	struct step *steps;
	size_t step_count, step_capacity;
	uint64_t order; /* true order of what happens in one ns */
	struct cpu *cpus;
	struct task *tasks;
	uint64_t lost_until_ns;
};

/* ---- what can be known, in order ---- */

static struct step *step(struct run *run, enum step_kind kind, uint32_t cpu, uint64_t at_ns)
{
	struct step *new;

	if (ARRAY_RESERVE(run->steps, run->step_capacity, run->step_count + 1))
		abort();
	new = &run->steps[run->step_count];
	run->step_count++;
	*new = (struct step){ .at_ns = at_ns,
			      .position_ns = at_ns,
			      .order = run->order++,
			      .kind = kind,
			      .cpu = cpu };
	return new;
}

/* One CPU's items (a switch or the marker before it), some of them lost. */
struct items {
	const struct sim_switch *lost; /* the last lost one; NULL: not in a gap */
	bool lost_marker;
	uint64_t known_ns; /* of the last item known */
	bool back_told;
};

static uint64_t since_zero(const struct run *run, uint64_t mono_ns)
{
	return mono_ns > run->history->zero_ns ? mono_ns - run->history->zero_ns : 0;
}

static uint64_t position(const struct run *run, const struct sim_switch *change)
{
	return since_zero(run, change->mono_ns - change->lag_ns);
}

static void end_gap(struct run *run, uint32_t cpu, struct items *items)
{
	uint64_t until_ns = position(run, items->lost);
	struct step *gap = step(run, STEP_GAP, cpu, items->known_ns);
	struct step *found;

	gap->until_ns = until_ns;
	found = step(run, STEP_FOUND, cpu, since_zero(run, items->lost->mono_ns));
	found->position_ns = until_ns;
	found->task = items->lost_marker ? items->lost->prev : items->lost->next;
	found->run_known = !items->lost_marker;
	items->known_ns = found->at_ns;
	items->lost = NULL;
	run->oracle->gaps++;
}

static void item(struct run *run, const struct sim_switch *change, bool marker, struct items *items)
{
	const struct sim_cpu_truth *truth = &run->history->cpus[change->cpu];
	uint64_t number = marker ? change->marker : change->number;
	struct step *new;

	if (number >= truth->known_count || !truth->known[number]) {
		items->lost = change;
		items->lost_marker = marker;
		run->oracle->lost_switches += !marker;
		return;
	}
	if (items->lost)
		end_gap(run, change->cpu, items);
	new = step(run, marker ? STEP_MARKER : STEP_SWITCH, change->cpu,
		   since_zero(run, change->mono_ns));
	new->position_ns = position(run, change);
	new->change = change;
	if (marker && change->began_ns != SIM_NIL) {
		new->at_ns = since_zero(run, change->began_ns);
		if (new->at_ns < items->known_ns) /* by the lag of the one or the other */
			new->at_ns = items->known_ns;
		new->position_ns = since_zero(run, change->began_ns - change->lag_ns);
	}
	items->known_ns = new->at_ns;
}

/* A CPU is back when its first switch says so, or when that is told. */
static void come_and_go(struct run *run, uint32_t cpu, const struct sim_switch *change,
			struct items *items)
{
	const struct sim_cpu_truth *truth = &run->history->cpus[cpu];
	uint64_t back_ns = truth->online_ns, first_ns = SIM_NIL;

	if (truth->offline_ns == SIM_NIL || items->back_told)
		return;
	if (change && change->mono_ns < truth->offline_ns)
		return;
	step(run, STEP_OFF, cpu, since_zero(run, truth->offline_ns));
	items->back_told = true;
	if (change)
		first_ns = change->began_ns != SIM_NIL ? change->began_ns : change->mono_ns;
	if (change && first_ns - change->lag_ns >= truth->offline_ns)
		first_ns -= change->lag_ns; /* else it seems to have been before it went */
	if (first_ns < back_ns)
		back_ns = first_ns;
	if (back_ns != SIM_NIL)
		step(run, STEP_BACK, cpu, since_zero(run, back_ns))->task = cpu;
}

static void steps_of_cpu(struct run *run, uint32_t cpu)
{
	const struct sim_history *history = run->history;
	struct items items = { .known_ns = since_zero(run, history->cpus[cpu].seeded_ns) };

	run->order = 0;
	step(run, STEP_SEED, cpu, items.known_ns)->task = history->cpus[cpu].seeded_task;
	for (size_t i = 0; i < history->switch_count; i++) {
		const struct sim_switch *change = &history->switches[i];

		if (change->cpu != cpu)
			continue;
		if (change->number == SIM_NIL) {
			run->oracle->unseen += change->mono_ns >= history->cpus[cpu].seeded_ns;
			continue;
		}
		run->order = (i + 1) * 8;
		come_and_go(run, cpu, change, &items);
		run->oracle->lag_sum_ns += change->lag_ns;
		if (change->marker != SIM_NIL)
			item(run, change, true, &items);
		item(run, change, false, &items);
	}
	come_and_go(run, cpu, NULL, &items);
}

static int by_time(const void *a, const void *b)
{
	const struct step *x = a, *y = b;

	if (x->at_ns != y->at_ns)
		return x->at_ns < y->at_ns ? -1 : 1;
	return x->order < y->order ? -1 : 1;
}

/* ---- rows ---- */

static struct sim_row row_at(const struct run *run, uint64_t at_ns, int64_t task, uint32_t cpu)
{
	struct sim_row row = { .task = task, .cpu = cpu };

	row.start_ns = sim_bucket_start(run->grid, at_ns, &row.bucket_ns);
	return row;
}

static void add_interval(struct run *run, uint64_t from_ns, uint64_t to_ns, int64_t task,
			 uint32_t cpu, bool wait)
{
	while (from_ns < to_ns) {
		struct sim_row row = row_at(run, from_ns, task, cpu);
		uint64_t until_ns = row.start_ns + row.bucket_ns;

		if (until_ns > to_ns)
			until_ns = to_ns;
		row.wait_known = wait;
		*(wait ? &row.wait_ns : &row.run_ns) = until_ns - from_ns;
		sim_add_row(&run->oracle->rows, &row);
		from_ns = until_ns;
	}
}

static void add_cell(struct run *run, uint64_t at_ns, int64_t task, uint64_t kind,
		     uint64_t length_ns)
{
	uint64_t bucket_ns;
	struct sim_cell cell = {
		.task = task, .kind = kind, .bin = histogram_bin(length_ns), .count = 1
	};

	cell.start_ns = sim_bucket_start(run->grid, at_ns, &bucket_ns);
	sim_add_cell(&run->oracle->rows, &cell);
}

static void fill(struct run *run, uint32_t number, uint64_t to_ns)
{
	struct cpu *cpu = &run->cpus[number];

	if (to_ns <= cpu->filled_ns)
		return;
	if (!cpu->offline)
		add_interval(run, cpu->filled_ns, to_ns, cpu->filler, number, false);
	cpu->filled_ns = to_ns;
}

/* ---- steps ---- */

static void lose_sight(struct run *run, uint32_t cpu)
{
	int64_t life = run->cpus[cpu].life;

	if (life >= 0 && run->tasks[life].cpu == cpu)
		run->tasks[life] = (struct task){ NOWHERE, NOWHERE, SIM_NIL, SIM_NIL, false, true };
	run->cpus[cpu].life = UNKNOWN;
	run->cpus[cpu].filler = UNKNOWN;
}

static void found(struct run *run, uint32_t cpu, int64_t task, bool run_known)
{
	run->tasks[task].cpu = cpu;
	run->tasks[task].wait_total_ns = SIM_NIL;
	run->tasks[task].seen = true;
	run->cpus[cpu].life = task;
	run->cpus[cpu].filler = task;
	run->cpus[cpu].run_known = run_known;
	run->cpus[cpu].offline = false;
}

static void leave(struct run *run, const struct step *s)
{
	struct cpu *cpu = &run->cpus[s->cpu];
	struct sim_row row = row_at(run, s->position_ns, cpu->life, s->cpu);
	bool runnable = s->change->preempted || s->change->state == PFT_STATE_RUNNING;

	row.switches = 1;
	if (cpu->life >= run->plan->cpus) {
		row.involuntary = runnable;
		row.voluntary = !runnable;
	}
	sim_add_row(&run->oracle->rows, &row);
	run->oracle->switches++;
	if (cpu->run_known)
		add_cell(run, s->position_ns, cpu->life, 0, s->change->run_ns);
	if (cpu->life >= 0 && run->tasks[cpu->life].cpu == s->cpu) {
		struct task *task = &run->tasks[cpu->life];

		task->cpu = NOWHERE;
		task->last_cpu = s->cpu;
		task->left_ns = s->position_ns;
		task->runnable = runnable;
	}
}

/* For how long it had waited, in us; SIM_NIL: not known. */
static uint64_t arrive(struct run *run, const struct step *s)
{
	const struct sim_switch *change = s->change;
	struct task *task = &run->tasks[change->next];
	struct sim_row row = row_at(run, s->position_ns, change->next, s->cpu);
	bool known = task->left_ns != SIM_NIL && task->left_ns >= run->lost_until_ns;
	uint64_t wait_ns = change->wait_total_ns - task->wait_total_ns, off_ns;

	if (change->first)
		wait_ns = change->wait_total_ns;
	else if (task->wait_total_ns == SIM_NIL || !known)
		wait_ns = SIM_NIL;
	row.migrations = known && task->last_cpu != s->cpu && task->last_cpu != NOWHERE;
	row.wait_unknown = wait_ns == SIM_NIL;
	if (wait_ns != SIM_NIL) {
		row.wait_known = true;
		row.wait_max_ns = wait_ns;
		row.wait_max_at_ns = s->position_ns;
		add_interval(run, wait_ns < s->position_ns ? s->position_ns - wait_ns : 0,
			     s->position_ns, change->next, s->cpu, true);
		add_cell(run, s->position_ns, change->next, 2, wait_ns);
	}
	sim_add_row(&run->oracle->rows, &row);
	if (wait_ns != SIM_NIL && known && !change->first && !task->runnable) {
		off_ns = s->position_ns > task->left_ns ? s->position_ns - task->left_ns : 0;
		add_cell(run, s->position_ns, change->next, 1,
			 off_ns > wait_ns ? off_ns - wait_ns : 0);
	}
	return wait_ns == SIM_NIL ? SIM_NIL : (wait_ns + 500) / 1000;
}

/* The change is `count` 1 switch; how long next waited is known when it has arrived. */
static struct sim_change change_of(const struct run *run, const struct step *s)
{
	return (struct sim_change){
		.at_ns = s->position_ns,
		.wait_us = SIM_NIL,
		.task = run->cpus[s->cpu].life,
		.next = s->change->next,
		.state = sim_change_word(s->change),
		.count = 1,
		.cpu = s->cpu,
	};
}

static void do_switch(struct run *run, const struct step *s)
{
	struct cpu *cpu = &run->cpus[s->cpu];
	struct task *next = &run->tasks[s->change->next];
	struct sim_change change = change_of(run, s);

	fill(run, s->cpu, s->position_ns);
	leave(run, s);
	if (s->change->next >= run->plan->cpus) {
		if (next->cpu != NOWHERE && next->cpu != s->cpu) {
			run->cpus[next->cpu].filler = UNKNOWN;
			*next = (struct task){ NOWHERE, NOWHERE, SIM_NIL, SIM_NIL, false, true };
		}
		change.wait_us = arrive(run, s);
		next->wait_total_ns = s->change->wait_total_ns;
		next->seen = true;
	}
	sim_add_change(&run->oracle->changes, &change);
	next->cpu = s->cpu;
	cpu->life = s->change->next;
	cpu->filler = cpu->life;
	cpu->run_known = true;
}

static void do_marker(struct run *run, const struct step *s)
{
	int64_t task = s->change->prev;
	uint64_t total_ns = run->tasks[task].wait_total_ns, wait_ns;
	bool began = s->change->began_ns != SIM_NIL;

	if (!run->tasks[task].seen && run->history->tasks[task].start_ns >= run->history->zero_ns)
		total_ns = 0; /* nobody has seen it: it has waited since its birth */
	lose_sight(run, s->cpu);
	fill(run, s->cpu, s->position_ns);
	found(run, s->cpu, task, began);
	if (!began || total_ns == SIM_NIL)
		return;
	wait_ns = s->change->began_wait_ns - total_ns;
	run->tasks[task].wait_total_ns = s->change->began_wait_ns;
	if (!wait_ns)
		return;
	add_interval(run, wait_ns < s->position_ns ? s->position_ns - wait_ns : 0, s->position_ns,
		     task, s->cpu, true);
	add_cell(run, s->position_ns, task, 2, wait_ns);
}

static void do_step(struct run *run, const struct step *s)
{
	struct cpu *cpu = &run->cpus[s->cpu];

	switch (s->kind) {
	case STEP_SWITCH:
		do_switch(run, s);
		break;
	case STEP_MARKER:
		run->oracle->missed++;
		run->oracle->unknown_ns += s->change->marker_ns;
		do_marker(run, s);
		break;
	case STEP_GAP:
		lose_sight(run, s->cpu);
		run->oracle->unknown_ns += s->until_ns - cpu->filled_ns;
		if (s->until_ns > run->lost_until_ns)
			run->lost_until_ns = s->until_ns;
		break;
	case STEP_SEED:
	case STEP_FOUND:
	case STEP_BACK:
		lose_sight(run, s->cpu);
		fill(run, s->cpu, s->position_ns);
		found(run, s->cpu, s->task, s->kind == STEP_FOUND && s->run_known);
		break;
	default:
		fill(run, s->cpu, s->position_ns);
		cpu->offline = true;
	}
}

void sim_oracle(const struct sim_plan *plan, const struct sim_history *history,
		const struct sim_grid *grid, struct sim_oracle *oracle)
{
	struct run run = { .plan = plan, .history = history, .grid = grid, .oracle = oracle };

	*oracle = (struct sim_oracle){ 0 };
	run.cpus = calloc(plan->cpus, sizeof(*run.cpus));
	run.tasks = calloc(history->task_count, sizeof(*run.tasks));
	if (!run.cpus || !run.tasks)
		abort();
	for (size_t i = 0; i < history->task_count; i++)
		run.tasks[i] = (struct task){ NOWHERE, NOWHERE, SIM_NIL, SIM_NIL, false, false };
	for (uint32_t cpu = 0; cpu < plan->cpus; cpu++) {
		run.cpus[cpu] = (struct cpu){ .life = UNKNOWN, .filler = UNKNOWN };
		steps_of_cpu(&run, cpu);
	}
	qsort(run.steps, run.step_count, sizeof(*run.steps), by_time);
	for (size_t i = 0; i < run.step_count; i++)
		do_step(&run, &run.steps[i]);
	for (uint32_t cpu = 0; cpu < plan->cpus; cpu++)
		fill(&run, cpu, since_zero(&run, history->end_ns));
	sim_rows_settle(&oracle->rows);
	free(run.steps);
	free(run.cpus);
	free(run.tasks);
}
