/* SPDX-License-Identifier: Apache-2.0 */
/* The machine runs: tasks, run queues, CPUs; drains happen meanwhile. */
#include "machine.h"

#include "base/array.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BEGIN_NS (5 * SIM_SECOND) /* CLOCK_MONOTONIC when the machine begins to run */
#define WARM_UP_NS (2 * SIM_MS)

/* ---- moments to come ---- */

static void swap(struct machine_event *a, struct machine_event *b)
{
	struct machine_event c = *a;

	*a = *b;
	*b = c;
}

void machine_plan(struct machine *m, uint64_t at_ns, enum machine_event_kind kind, uint32_t id,
		  uint32_t generation)
{
	size_t i = m->event_count++;

	if (ARRAY_RESERVE(m->events, m->event_capacity, m->event_count))
		abort();
	m->events[i] = (struct machine_event){ at_ns, m->event_number++, kind, id, generation };
	for (; i && (m->events[(i - 1) / 2].at_ns > m->events[i].at_ns ||
		     (m->events[(i - 1) / 2].at_ns == m->events[i].at_ns &&
		      m->events[(i - 1) / 2].number > m->events[i].number));
	     i = (i - 1) / 2)
		swap(&m->events[i], &m->events[(i - 1) / 2]);
}

static bool is_before(const struct machine_event *a, const struct machine_event *b)
{
	return a->at_ns != b->at_ns ? a->at_ns < b->at_ns : a->number < b->number;
}

static struct machine_event next_event(struct machine *m)
{
	struct machine_event first = m->events[0];
	size_t i = 0, child;

	m->events[0] = m->events[--m->event_count];
	while ((child = 2 * i + 1) < m->event_count) {
		if (child + 1 < m->event_count &&
		    is_before(&m->events[child + 1], &m->events[child]))
			child++;
		if (!is_before(&m->events[child], &m->events[i]))
			break;
		swap(&m->events[i], &m->events[child]);
		i = child;
	}
	return first;
}

/* ---- tasks ---- */

static uint32_t new_task(struct machine *m, uint32_t tid, const char *comm)
{
	struct sim_history *history = &m->history;
	uint32_t index = (uint32_t)history->task_count++;
	struct sim_task *task;

	if (ARRAY_RESERVE(history->tasks, history->task_capacity, history->task_count) ||
	    ARRAY_RESERVE(m->tasks, m->task_capacity, history->task_count))
		abort();
	task = &history->tasks[index];
	*task = (struct sim_task){ .tid = tid, .start_ns = m->now_ns, .end_ns = SIM_NIL };
	if (task->start_ns <= m->last_start_ns)
		task->start_ns = m->last_start_ns + 1;
	m->last_start_ns = task->start_ns;
	snprintf(task->comm, sizeof(task->comm), comm, index);
	task->kernel = calloc(1, sizeof(*task->kernel));
	if (!task->kernel)
		abort();
	task->kernel->pid = (int)tid;
	task->kernel->start_time = task->start_ns;
	task->kernel->index = index;
	m->tasks[index] = (struct machine_task){ .cpu = UINT32_MAX };
	return index;
}

static uint32_t free_tid(struct machine *m)
{
	if (m->reusable_tid && sim_chance(&m->random, 0.7)) {
		uint32_t tid = m->reusable_tid;

		m->reusable_tid = 0;
		if (m->tid_free_ns[tid] <= m->now_ns)
			return tid;
	}
	for (uint32_t tries = 0; tries < m->plan.tids; tries++) {
		m->last_tid = m->last_tid % (m->plan.tids - 1) + 1;
		if (m->tid_free_ns[m->last_tid] <= m->now_ns)
			return m->last_tid;
	}
	return 0;
}

static void tell(struct machine *m, enum pft_identity_event event, uint32_t index)
{
	if (ARRAY_RESERVE(m->told, m->told_capacity, m->told_count + 1))
		abort();
	m->told[m->told_count++] = (struct machine_told){
		.event = event, .at_ns = m->now_ns, .task = index, .nth = index
	};
	if (event == PFT_IDENTITY_CPU_ONLINE || event == PFT_IDENTITY_CPU_OFFLINE)
		return;
	memcpy(m->told[m->told_count - 1].comm, m->history.tasks[index].comm, PFT_COMM_BYTES);
}

static bool takes_tasks(const struct machine *m, uint32_t cpu)
{
	return !m->cpus[cpu].offline && !m->cpus[cpu].going &&
	       cpu < m->plan.cpus - m->plan.silent_cpus;
}

static uint32_t some_cpu(struct machine *m)
{
	uint32_t cpu = (uint32_t)sim_below(&m->random, m->plan.cpus);

	while (!takes_tasks(m, cpu))
		cpu = (cpu + 1) % m->plan.cpus;
	return cpu;
}

static void enqueue(struct machine *m, uint32_t cpu, uint32_t task)
{
	struct machine_cpu *on = &m->cpus[cpu];

	if (ARRAY_RESERVE(on->queue, on->queue_capacity, on->queued + 1))
		abort();
	on->queue[on->queued++] = task;
	m->tasks[task].cpu = cpu;
	m->tasks[task].queued_ns = m->now_ns;
}

static void end_soon(struct machine *m, uint32_t cpu, uint64_t in_ns)
{
	machine_plan(m, m->now_ns + 200 + in_ns, MACHINE_RUN_ENDS, cpu, ++m->cpus[cpu].generation);
}

static void wake(struct machine *m, uint32_t task)
{
	uint32_t cpu = m->tasks[task].cpu;

	if (cpu == UINT32_MAX || !takes_tasks(m, cpu) || sim_chance(&m->random, m->plan.migrate))
		cpu = some_cpu(m);
	enqueue(m, cpu, task);
	if (m->cpus[cpu].running == cpu)
		end_soon(m, cpu, sim_below(&m->random, 20000));
	else if (sim_chance(&m->random, 0.2)) {
		m->cpus[cpu].preempt = true;
		end_soon(m, cpu, sim_below(&m->random, 2000));
	}
}

static void fork_task(struct machine *m)
{
	uint32_t tid = free_tid(m);
	uint32_t task;

	if (!tid)
		return;
	task = new_task(m, tid, "t%u");
	m->tid_free_ns[tid] = UINT64_MAX;
	tell(m, PFT_IDENTITY_FORK, task);
	m->now_ns++;
	wake(m, task);
}

static void rename_task(struct machine *m, uint32_t index)
{
	struct sim_task *task = &m->history.tasks[index];

	snprintf(task->comm, sizeof(task->comm), "r%u.%u", index, (unsigned int)m->told_count);
	task->named_ns = m->now_ns;
	tell(m, PFT_IDENTITY_RENAME, index);
}

/* ---- switches ---- */

static uint64_t rq_clock(struct machine *m, uint32_t cpu, uint64_t *lag_ns)
{
	struct machine_cpu *on = &m->cpus[cpu];
	int64_t since_ns = (int64_t)(m->now_ns - BEGIN_NS);
	uint64_t rq_ns =
		on->rq_base_ns + (uint64_t)(since_ns + since_ns / 1000 * on->drift_ppm / 1000);

	*lag_ns = 0;
	if (m->plan.lag_ns)
		*lag_ns =
			sim_below(&m->random, sim_chance(&m->random, 0.95) ? 3000 : m->plan.lag_ns);
	rq_ns -= *lag_ns;
	if (rq_ns < on->rq_ns) {
		*lag_ns += on->rq_ns - rq_ns;
		rq_ns = on->rq_ns;
	}
	on->rq_ns = rq_ns;
	return rq_ns;
}

/* What the marker, the last sample but one, says. */
static void note_marker(struct machine *m, struct sim_switch *change)
{
	const struct pft_block *block = &m->kernel->blocks[change->cpu];
	const struct pft_sample *marker = &block->samples[PFT_WORD_COUNT(block->word) - 2];

	if (!marker->wait_total_ns)
		return;
	change->began_ns = change->mono_ns - (change->rq_ns - marker->wait_total_ns);
	change->began_wait_ns = m->history.tasks[change->prev].kernel->sched_info.run_delay;
}

static void record(struct machine *m, struct sim_switch *change, unsigned int state, bool preempt)
{
	struct pft_cpu *kept = &m->kernel->states[change->cpu];
	struct sim_history *history = &m->history;
	uint64_t number = kernel_next_number(m->kernel, change->cpu), markers = kept->markers;
	uint64_t closed_ns = kernel_closed_ns(m->kernel, change->cpu);
	uint64_t unknown_ns = kept->unknown_run_ns, next_number;

	change->number = SIM_NIL;
	change->marker = SIM_NIL;
	change->began_ns = SIM_NIL;
	if (!sim_chance(&m->random, m->plan.missed))
		kernel_switch(m->kernel, change->cpu, change->mono_ns, change->rq_ns, preempt,
			      history->tasks[change->prev].kernel,
			      history->tasks[change->next].kernel, state);
	next_number = kernel_next_number(m->kernel, change->cpu);
	if (next_number != number)
		change->number = next_number - 1;
	if (kept->markers != markers)
		change->marker = next_number - 2;
	if (change->marker != SIM_NIL) {
		note_marker(m, change);
		history->unfounded_markers += !m->cpus[change->cpu].missed;
	}
	m->cpus[change->cpu].missed = change->number == SIM_NIL;
	change->marker_ns = kept->unknown_run_ns - unknown_ns;
	change->run_ns = kernel_closed_ns(m->kernel, change->cpu) - closed_ns - change->marker_ns;
	if (ARRAY_RESERVE(history->switches, history->switch_capacity, history->switch_count + 1))
		abort();
	history->switches[history->switch_count++] = *change;
}

static uint32_t next_task(struct machine *m, uint32_t cpu)
{
	struct machine_cpu *on = &m->cpus[cpu];
	uint32_t task, other;

	if (!on->queued && takes_tasks(m, cpu) && sim_chance(&m->random, 0.3)) {
		other = (uint32_t)sim_below(&m->random, m->plan.cpus);
		if (m->cpus[other].queued > 1) {
			struct machine_cpu *from = &m->cpus[other];

			task = from->queue[--from->queued];
			m->tasks[task].cpu = cpu;
			return task;
		}
	}
	if (!on->queued)
		return cpu; /* idle */
	task = on->queue[0];
	memmove(on->queue, on->queue + 1, --on->queued * sizeof(*on->queue));
	return task;
}

static void switch_tasks(struct machine *m, uint32_t cpu, unsigned int state, bool preempt)
{
	struct machine_cpu *on = &m->cpus[cpu];
	uint32_t prev = on->running;
	struct task_struct *next;
	struct sim_switch change = { .mono_ns = m->now_ns,
				     .cpu = cpu,
				     .prev = prev,
				     .state = preempt ? PFT_STATE_RUNNING : (uint8_t)state,
				     .preempted = preempt };
	bool arrives;
	uint64_t wait_ns = 0;

	change.rq_ns = rq_clock(m, cpu, &change.lag_ns);
	change.next = next_task(m, cpu);
	if (change.next == prev)
		return;
	next = m->history.tasks[change.next].kernel;
	arrives = change.next >= m->plan.cpus && !m->tasks[change.next].unnoticed;
	m->tasks[change.next].unnoticed = false;
	if (arrives) {
		wait_ns = m->now_ns - m->tasks[change.next].queued_ns;
		next->sched_info.last_queued = change.rq_ns - wait_ns;
	}
	if (change.next >= m->plan.cpus) {
		change.first = !next->sched_info.pcount;
		change.wait_total_ns = next->sched_info.run_delay + wait_ns;
	}
	record(m, &change, state, preempt);
	if (arrives) {
		next->sched_info.last_queued = 0;
		next->sched_info.run_delay += wait_ns;
		next->sched_info.pcount++;
		next->sched_info.last_arrival = change.rq_ns;
	}
	on->running = change.next;
	on->preempt = false;
	if (prev >= m->plan.cpus && (preempt || state == PFT_STATE_RUNNING)) {
		enqueue(m, cpu, prev);
		m->tasks[prev].unnoticed = state != PFT_STATE_RUNNING;
	}
	if (state == PFT_STATE_DEAD) {
		m->history.tasks[prev].end_ns = m->now_ns;
		tell(m, PFT_IDENTITY_DEAD, prev);
	}
	if (change.next >= m->plan.cpus)
		end_soon(m, cpu, sim_length(&m->random, m->plan.run_ns));
	else if (on->queued)
		end_soon(m, cpu, 500);
}

static void task_dies(struct machine *m, uint32_t cpu)
{
	uint32_t tid = m->history.tasks[m->cpus[cpu].running].tid;

	if (!m->plan.reuse_early || m->cpus[cpu].dying) {
		m->cpus[cpu].dying = false;
		if (!m->plan.reuse_early) /* a tid comes again after all others, not at once */
			m->tid_free_ns[tid] = m->now_ns + m->plan.reuse_ns;
		switch_tasks(m, cpu, PFT_STATE_DEAD, false);
		return;
	}
	/* reaped before its last switch */
	m->cpus[cpu].dying = true;
	m->tid_free_ns[tid] = m->now_ns + 20000;
	m->reusable_tid = tid;
	end_soon(m, cpu, 20000 + sim_below(&m->random, 50000));
}

/*
 * The state of one that is preempted: on its way to sleep it may be another than running, and then
 * sched_info_depart() does not queue it (kernel/sched/stats.h): its wait is not counted, and its
 * next run is not noted.
 */
static unsigned int preempted_in(struct machine *m)
{
	return sim_chance(&m->random, 0.05) ? PFT_STATE_INTERRUPTIBLE : PFT_STATE_RUNNING;
}

static void run_ends(struct machine *m, uint32_t cpu)
{
	struct machine_cpu *on = &m->cpus[cpu];
	static const unsigned int states[] = { PFT_STATE_INTERRUPTIBLE, PFT_STATE_INTERRUPTIBLE,
					       PFT_STATE_INTERRUPTIBLE, PFT_STATE_UNINTERRUPTIBLE,
					       PFT_STATE_STOPPED,	PFT_STATE_IDLE,
					       PFT_STATE_PARKED };
	uint32_t task = on->running;

	if (task == cpu) {
		switch_tasks(m, cpu, PFT_STATE_RUNNING, false);
	} else if (on->dying) {
		task_dies(m, cpu);
	} else if (on->preempt && on->queued) {
		switch_tasks(m, cpu, preempted_in(m), true);
	} else if (sim_chance(&m->random, m->plan.die) && m->alive > 1) {
		m->alive--;
		task_dies(m, cpu);
	} else if (sim_chance(&m->random, m->plan.fork)) {
		m->alive++;
		fork_task(m);
		if (!m->cpus[cpu].preempt)
			end_soon(m, cpu, sim_length(&m->random, m->plan.run_ns));
	} else if (on->queued && sim_chance(&m->random, 0.3)) {
		switch_tasks(m, cpu, PFT_STATE_RUNNING, sim_chance(&m->random, 0.5));
	} else {
		if (sim_chance(&m->random, 0.02))
			rename_task(m, task);
		m->tasks[task].cpu = cpu;
		switch_tasks(m, cpu, states[sim_below(&m->random, 7)], false);
		machine_plan(m, m->now_ns + 1000 + sim_length(&m->random, m->plan.sleep_ns),
			     MACHINE_WAKES, task, 0);
	}
}

/* ---- CPUs come and go ---- */

static uint32_t cpus_taking_tasks(const struct machine *m)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < m->plan.cpus; i++)
		count += takes_tasks(m, i);
	return count;
}

static void goes_offline(struct machine *m, uint32_t cpu)
{
	struct machine_cpu *on = &m->cpus[cpu];

	if (!on->going && cpus_taking_tasks(m) < 2)
		return;
	on->going = true;
	if (on->running != cpu || on->queued || !on->leaving) {
		/* it is torn down a while after its last switch */
		on->leaving = on->running == cpu && !on->queued;
		machine_plan(m, m->now_ns + m->plan.run_ns + 2 * m->plan.lag_ns + 100000,
			     MACHINE_GOES_OFFLINE, cpu, 0);
		return;
	}
	on->offline = true;
	m->history.cpus[cpu].offline_ns = m->now_ns;
	tell(m, PFT_IDENTITY_CPU_OFFLINE, cpu);
	machine_plan(m, m->now_ns + SIM_MS / 2 + sim_below(&m->random, m->plan.duration_ns / 3),
		     MACHINE_COMES_BACK, cpu, 0);
}

/* The moment that is told lies a little behind the first switches. */
static void comes_back(struct machine *m, uint32_t cpu)
{
	m->cpus[cpu].offline = false;
	m->cpus[cpu].going = false;
	m->cpus[cpu].leaving = false;
	machine_plan(m, m->now_ns + sim_below(&m->random, SIM_MS), MACHINE_IS_BACK, cpu, 0);
}

static void is_back(struct machine *m, uint32_t cpu)
{
	m->history.cpus[cpu].online_ns = m->now_ns;
	tell(m, PFT_IDENTITY_CPU_ONLINE, cpu);
}

/* ---- from the beginning to the end ---- */

static void populate(struct machine *m)
{
	for (uint32_t i = 0; i < m->plan.cpus; i++) {
		uint32_t idle = new_task(m, 0, "swapper/%u");

		m->history.tasks[idle].start_ns = 0;
		m->history.tasks[idle].kernel->start_time = 0;
		m->cpus[i] = (struct machine_cpu){ .running = idle };
		m->cpus[i].rq_base_ns = SIM_SECOND + sim_below(&m->random, 100 * SIM_SECOND);
		if (m->plan.drift)
			m->cpus[i].drift_ppm = (int64_t)sim_below(&m->random, 400) - 200;
		m->history.cpus[i].offline_ns = SIM_NIL;
		m->history.cpus[i].online_ns = SIM_NIL;
		if (m->plan.hotplug && takes_tasks(m, i) && sim_chance(&m->random, 0.4))
			machine_plan(m,
				     m->now_ns + WARM_UP_NS + 5 * SIM_MS +
					     sim_below(&m->random, m->plan.duration_ns / 2),
				     MACHINE_GOES_OFFLINE, i, 0);
	}
	for (uint32_t i = 0; i < m->plan.tasks; i++) {
		uint32_t tid = free_tid(m);
		uint32_t task = new_task(m, tid, "t%u");

		m->tid_free_ns[tid] = UINT64_MAX;
		m->alive++;
		m->history.tasks[task].kernel->sched_info.run_delay = sim_below(&m->random, SIM_MS);
		machine_plan(m, m->now_ns + sim_length(&m->random, m->plan.sleep_ns), MACHINE_WAKES,
			     task, 0);
	}
	/* every second silent CPU has a task that never switches */
	for (uint32_t i = m->plan.cpus - (uint32_t)m->plan.silent_cpus; i < m->plan.cpus; i += 2) {
		uint32_t tid = free_tid(m);

		if (!tid)
			return;
		m->cpus[i].running = new_task(m, tid, "spin%u");
		m->history.tasks[m->cpus[i].running].kernel->sched_info.pcount = 1;
		m->tid_free_ns[tid] = UINT64_MAX;
	}
}

static void happen(struct machine *m, const struct machine_event *event)
{
	switch (event->kind) {
	case MACHINE_RUN_ENDS:
		if (event->generation == m->cpus[event->id].generation)
			run_ends(m, event->id);
		break;
	case MACHINE_WAKES:
		wake(m, event->id);
		break;
	case MACHINE_GOES_OFFLINE:
		goes_offline(m, event->id);
		break;
	case MACHINE_COMES_BACK:
		comes_back(m, event->id);
		break;
	case MACHINE_IS_BACK:
		is_back(m, event->id);
		break;
	case MACHINE_LOOKS:
		recorder_looks(m);
		break;
	default:
		recorder_drains(m);
		break;
	}
}

static void run_until(struct machine *m, uint64_t until_ns)
{
	while (m->event_count && m->events[0].at_ns < until_ns) {
		struct machine_event event = next_event(m);

		if (event.at_ns > m->now_ns)
			m->now_ns = event.at_ns;
		happen(m, &event);
	}
	if (m->now_ns < until_ns)
		m->now_ns = until_ns;
}

static void seed_cpus(struct machine *m)
{
	for (uint32_t i = 0; i < m->plan.cpus; i++) {
		run_until(m, m->now_ns + SEEDING_NS);
		m->history.cpus[i].seeded_ns = m->now_ns;
		m->history.cpus[i].seeded_task = m->cpus[i].running;
		kernel_seed(m->kernel, i, m->now_ns, m->history.tasks[m->cpus[i].running].kernel);
	}
}

/* As the task iterator does. */
static void tell_alive(struct machine *m)
{
	for (uint32_t i = m->plan.cpus; i < m->history.task_count; i++)
		if (m->history.tasks[i].end_ns == SIM_NIL)
			tell(m, PFT_IDENTITY_ALIVE, i);
}

void sim_run(const struct sim_plan *plan, enum sim_break broken, struct sim_result *result)
{
	struct machine machine = { .plan = *plan, .broken = broken, .now_ns = BEGIN_NS };
	struct machine *m = &machine;

	m->random.state = plan->seed;
	m->kernel = kernel_new(plan->cpus, plan->ring_bytes);
	m->cpus = calloc(plan->cpus, sizeof(*m->cpus));
	m->tid_free_ns = calloc(plan->tids + plan->cpus + 1, sizeof(*m->tid_free_ns));
	m->history.cpus = calloc(plan->cpus, sizeof(*m->history.cpus));
	if (!m->cpus || !m->tid_free_ns || !m->history.cpus)
		abort();
	m->plan.tids += plan->cpus;
	populate(m);
	run_until(m, BEGIN_NS + WARM_UP_NS);
	m->history.zero_ns = m->now_ns;
	m->told_count = 0;
	recorder_begins(m, result);
	seed_cpus(m);
	tell_alive(m);
	run_until(m, m->history.zero_ns + plan->duration_ns);
	m->history.end_ns = m->now_ns;
	tell_alive(m);
	recorder_ends(m);
	result->totals_switches = m->totals_switches;
	result->plan = *plan;
	result->history = m->history;
	for (uint32_t i = 0; i < plan->cpus; i++)
		free(m->cpus[i].queue);
	kernel_free(m->kernel);
	free(m->cpus);
	free(m->tasks);
	free(m->tid_free_ns);
	free(m->events);
	free(m->told);
}

void sim_result_free(struct sim_result *result)
{
	struct sim_history *history = &result->history;

	for (size_t i = 0; i < history->task_count; i++)
		free(history->tasks[i].kernel);
	for (uint32_t i = 0; i < result->plan.cpus; i++)
		free(history->cpus[i].known);
	free(history->tasks);
	free(history->switches);
	free(history->cpus);
	free(result->borders_ns);
	tally_free(&result->tally);
	string_pool_free(result->strings);
}
