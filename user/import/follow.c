/* SPDX-License-Identifier: Apache-2.0 */
#include "import/follow.h"

#include "account/account.h"
#include "base/array.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define TIDS (1u << 22)
#define COMM_BYTES 16

enum stage { STAGE_UNKNOWN, STAGE_RUNNING, STAGE_RUNNABLE, STAGE_ASLEEP };

struct task {
	uint32_t tid;
	uint32_t tgid;
	uint64_t since_ns;   /* runnable: since when */
	uint64_t waking_ns;  /* asleep: the last sched_waking; CAPTURE_NIL: none */
	uint64_t left_ns;    /* when it left its CPU; CAPTURE_NIL: not known */
	uint64_t wait_ns;    /* sched_stat_wait since the last run; CAPTURE_NIL: none */
	uint64_t sleep_ns;   /* the longest of sched_stat_sleep, _iowait, _blocked since then */
	uint64_t runtime_ns; /* sum of sched_stat_runtime; CAPTURE_NIL: none came */
	uint64_t waits_ns;   /* sum of sched_stat_wait; likewise */
	uint8_t stage;
	bool first; /* its next run is the first of its life */
	bool told;  /* account knows its name */
	char comm[COMM_BYTES];
};

struct cpu {
	uint32_t tid;
	uint64_t since_ns; /* its run began then, or it was found then */
	bool known;
	bool lost;  /* events were lost: what runs is not known */
	bool whole; /* the run began with a switch */
};

struct follow {
	struct account *account;
	bool has_switches;
	uint32_t *places; /* tid -> index + 1 in tasks */
	struct task *tasks;
	size_t count;
	size_t capacity;
	struct cpu cpus[EVENT_LINE_CPUS];
};

struct follow *follow_new(struct account *account, bool has_switches)
{
	struct follow *follow = calloc(1, sizeof(*follow));

	if (!follow)
		return NULL;
	follow->account = account;
	follow->has_switches = has_switches;
	follow->places = calloc(TIDS, sizeof(*follow->places)); /* touched where tids are */
	if (!follow->places) {
		follow_free(follow);
		return NULL;
	}
	return follow;
}

void follow_free(struct follow *follow)
{
	if (!follow)
		return;
	free(follow->places);
	free(follow->tasks);
	free(follow);
}

/* ---- tasks ---- */

static void begin_life(struct task *task)
{
	*task = (struct task){
		.tid = task->tid,
		.tgid = ACCOUNT_NO_TGID,
		.waking_ns = CAPTURE_NIL,
		.left_ns = CAPTURE_NIL,
		.wait_ns = CAPTURE_NIL,
		.sleep_ns = CAPTURE_NIL,
		.runtime_ns = CAPTURE_NIL,
		.waits_ns = CAPTURE_NIL,
	};
}

/* NULL without memory. */
static struct task *get_task(struct follow *follow, uint32_t tid)
{
	struct task *task;

	if (follow->places[tid])
		return &follow->tasks[follow->places[tid] - 1];
	if (ARRAY_RESERVE(follow->tasks, follow->capacity, follow->count + 1))
		return NULL;
	task = &follow->tasks[follow->count++];
	follow->places[tid] = (uint32_t)follow->count;
	task->tid = tid;
	begin_life(task);
	return task;
}

static void set_comm(struct task *task, struct span comm)
{
	size_t length = comm.length < COMM_BYTES - 1 ? comm.length : COMM_BYTES - 1;

	if (memcmp(task->comm, comm.at, length) == 0 && !task->comm[length])
		return;
	memcpy(task->comm, comm.at, length);
	task->comm[length] = '\0';
	task->told = false;
}

/* Account attaches it to the newest life of the tid: one that it has seen. */
static int tell(struct follow *follow, struct task *task)
{
	struct account_identity identity = {
		.tid = task->tid,
		.tgid = task->tgid,
		.comm = task->comm[0] ? task->comm : NULL,
	};

	task->told = true;
	return task->tid ? account_identity(follow->account, &identity) : 0;
}

static uint64_t zero_if_known(uint64_t value)
{
	return value == CAPTURE_NIL ? CAPTURE_NIL : 0;
}

/* What the kernel's statistics said of the life, from its first sight (0) to its last. */
static int tell_sums(struct follow *follow, struct task *task)
{
	struct account_identity identity = {
		.tid = task->tid,
		.tgid = task->tgid,
		.comm = task->comm[0] ? task->comm : NULL,
		.has_counters = true,
		.voluntary = CAPTURE_NIL,
		.involuntary = CAPTURE_NIL,
		.run_delay_ns = zero_if_known(task->waits_ns),
		.run_ns = zero_if_known(task->runtime_ns),
	};
	int error = task->tid ? account_identity(follow->account, &identity) : 0;

	identity.run_delay_ns = task->waits_ns;
	identity.run_ns = task->runtime_ns;
	task->told = true;
	return error || !task->tid ? error : account_identity(follow->account, &identity);
}

/* ---- CPUs ---- */

static int found_running(struct follow *follow, uint32_t number, uint64_t at_ns, uint32_t tid)
{
	struct cpu *cpu = &follow->cpus[number];
	struct task *task = get_task(follow, tid);
	int error = 0;

	if (!task)
		return -ENOMEM;
	task->stage = STAGE_RUNNING;
	if (cpu->lost)
		error = account_lost(follow->account, number, at_ns, 0, 0, 0);
	if (!error)
		error = account_found_running(follow->account, number, at_ns, tid, 0, cpu->lost);
	*cpu = (struct cpu){ .tid = tid, .since_ns = at_ns, .known = true };
	return error;
}

int follow_cpu(struct follow *follow, uint32_t number, uint64_t at_ns, uint32_t tid, uint32_t tgid)
{
	struct cpu *cpu = &follow->cpus[number];
	struct task *task;

	if (tid == EVENT_LINE_NONE)
		return 0;
	if (follow->has_switches && (!cpu->known || cpu->lost)) {
		int error = found_running(follow, number, at_ns, tid);

		if (error)
			return error;
	}
	if (tgid == EVENT_LINE_NONE)
		return 0;
	task = get_task(follow, tid);
	if (!task)
		return -ENOMEM;
	if (task->tgid != tgid) {
		task->tgid = tgid;
		task->told = false;
	}
	return 0;
}

int follow_lost(struct follow *follow, uint32_t cpu, uint64_t count)
{
	account_count_loss(follow->account, LOSS_IMPORT, count);
	for (uint32_t i = 0; i < EVENT_LINE_CPUS; i++)
		if (i == cpu || cpu == EVENT_LINE_NONE)
			follow->cpus[i].lost = true;
	return account_kvm_lost(follow->account, ACCOUNT_ALL_TIDS, 0);
}

/* ---- switches ---- */

/*
 * How long the task has waited for its CPU. Wakeups tell it best: since 6.12 the scheduler's own
 * sched_stat_wait counts time asleep, too, where a task left its queue late (delayed dequeue).
 */
static uint64_t wait_of(const struct task *task, uint64_t at_ns)
{
	uint64_t since_ns = task->stage == STAGE_RUNNABLE ? task->since_ns : task->waking_ns;

	if (since_ns != CAPTURE_NIL)
		return at_ns > since_ns ? at_ns - since_ns : 0;
	if (task->wait_ns != CAPTURE_NIL)
		return task->wait_ns;
	if (task->sleep_ns == CAPTURE_NIL || task->left_ns == CAPTURE_NIL)
		return CAPTURE_NIL;
	return at_ns > task->left_ns + task->sleep_ns ? at_ns - task->left_ns - task->sleep_ns : 0;
}

static enum account_state state_of(char letter)
{
	static const struct {
		char letter;
		enum account_state state;
	} states[] = {
		{ 'R', ACCOUNT_RUNNING },
		{ 'S', ACCOUNT_SLEEPING },
		{ 'D', ACCOUNT_UNINTERRUPTIBLE },
		{ 'T', ACCOUNT_STOPPED },
		{ 't', ACCOUNT_TRACED },
		{ 'X', ACCOUNT_DEAD },
		{ 'x', ACCOUNT_DEAD },
		{ 'Z', ACCOUNT_DEAD },
		{ 'I', ACCOUNT_IDLE },
		{ 'P', ACCOUNT_PARKED },
	};

	for (size_t i = 0; i < ARRAY_LENGTH(states); i++)
		if (states[i].letter == letter)
			return states[i].state;
	return ACCOUNT_SLEEPING; /* K, W and the like: not runnable */
}

/* Whoever this switch says was running, runs. */
static int meet_prev(struct follow *follow, uint32_t number, uint64_t at_ns, uint32_t tid)
{
	struct cpu *cpu = &follow->cpus[number];
	struct task *task;
	int error;

	if (!cpu->known || cpu->lost)
		return found_running(follow, number, at_ns, tid);
	if (cpu->tid == tid)
		return 0;
	task = get_task(follow, tid);
	if (!task)
		return -ENOMEM;
	task->stage = STAGE_RUNNING;
	error = account_missed_switch(follow->account, number, at_ns, tid,
				      at_ns > cpu->since_ns ? at_ns - cpu->since_ns : 0);
	*cpu = (struct cpu){ .tid = tid, .since_ns = at_ns, .known = true };
	return error;
}

static int prev_leaves(struct follow *follow, const struct text_switch *event,
		       enum account_state state, uint64_t at_ns)
{
	struct task *prev = get_task(follow, event->prev.tid);
	int error = 0;

	if (!prev)
		return -ENOMEM;
	set_comm(prev, event->prev.comm);
	if (state == ACCOUNT_DEAD) {
		error = tell_sums(follow, prev);
		begin_life(prev);
		return error;
	}
	if (!prev->told)
		error = tell(follow, prev);
	prev->left_ns = at_ns;
	prev->since_ns = at_ns;
	prev->waking_ns = CAPTURE_NIL;
	prev->stage = event->preempted || state == ACCOUNT_RUNNING ? STAGE_RUNNABLE : STAGE_ASLEEP;
	return error;
}

static void next_runs(struct task *next, struct span comm)
{
	set_comm(next, comm);
	next->stage = STAGE_RUNNING;
	next->first = false;
	next->waking_ns = CAPTURE_NIL;
	next->wait_ns = CAPTURE_NIL;
	next->sleep_ns = CAPTURE_NIL;
}

int follow_switch(struct follow *follow, uint32_t number, uint64_t at_ns,
		  const struct text_switch *text)
{
	struct cpu *cpu = &follow->cpus[number];
	struct account_switch event = {
		.at_ns = at_ns,
		.cpu = number,
		.next_tid = text->next.tid,
		.prev_state = state_of(text->state),
		.preempted = text->preempted,
	};
	struct task *next;
	int error = meet_prev(follow, number, at_ns, text->prev.tid);

	if (!error)
		error = prev_leaves(follow, text, event.prev_state, at_ns);
	if (error)
		return error;
	next = get_task(follow, text->next.tid);
	if (!next)
		return -ENOMEM;
	event.run_ns = at_ns > cpu->since_ns ? at_ns - cpu->since_ns : 0;
	event.run_known = cpu->whole;
	event.first = next->first;
	event.wait_total_ns = next->tid ? wait_of(next, at_ns) : CAPTURE_NIL;
	error = account_switch(follow->account, &event);
	next_runs(next, text->next.comm);
	if (!error && !next->told)
		error = tell(follow, next);
	*cpu = (struct cpu){ .tid = next->tid, .since_ns = at_ns, .known = true, .whole = true };
	return error;
}

/* ---- what happens to tasks elsewhere ---- */

int follow_wakeup(struct follow *follow, const struct text_task *text, uint64_t at_ns)
{
	struct task *task = get_task(follow, text->tid);

	if (!task)
		return -ENOMEM;
	/* one that runs, or has been woken before it slept, stays runnable */
	if (task->stage != STAGE_UNKNOWN && task->stage != STAGE_ASLEEP)
		return 0;
	task->stage = STAGE_RUNNABLE;
	task->since_ns = at_ns;
	return 0;
}

int follow_waking(struct follow *follow, const struct text_task *text, uint64_t at_ns)
{
	struct task *task = get_task(follow, text->tid);

	if (!task)
		return -ENOMEM;
	if (task->stage == STAGE_UNKNOWN || task->stage == STAGE_ASLEEP)
		task->waking_ns = at_ns;
	return 0;
}

int follow_fork(struct follow *follow, const struct text_task *child)
{
	struct task *task = get_task(follow, child->tid);

	if (!task)
		return -ENOMEM;
	begin_life(task);
	task->first = true;
	set_comm(task, child->comm);
	return 0;
}

int follow_rename(struct follow *follow, uint32_t tid, struct span comm)
{
	struct task *task = get_task(follow, tid);

	if (!task)
		return -ENOMEM;
	set_comm(task, comm);
	return 0;
}

/* A thread that is not its group's leader takes the leader's tid; its run goes on. */
int follow_exec(struct follow *follow, uint32_t old_tid, uint32_t tid, uint64_t at_ns)
{
	struct task *task, *old;

	if (old_tid == tid)
		return 0;
	task = get_task(follow, tid);
	old = task ? get_task(follow, old_tid) : NULL;
	if (!old)
		return -ENOMEM;
	task = get_task(follow, tid); /* the array may have moved */
	*task = *old;
	task->tid = tid;
	task->told = false;
	begin_life(old);
	for (uint32_t i = 0; i < EVENT_LINE_CPUS; i++)
		if (follow->cpus[i].known && follow->cpus[i].tid == old_tid)
			follow->cpus[i].tid = tid;
	return account_exec(follow->account, old_tid, tid, (int64_t)at_ns);
}

/* Where there are no switches, only the lines themselves tell names. */
static int meet_vcpu(struct follow *follow, const struct event_line *line)
{
	struct task *task = get_task(follow, line->tid);

	if (!task)
		return -ENOMEM;
	if (follow->has_switches)
		return 0;
	task->stage = STAGE_RUNNING;
	set_comm(task, line->comm);
	return task->told ? 0 : tell(follow, task);
}

int follow_kvm_entry(struct follow *follow, const struct event_line *line, uint64_t at_ns,
		     uint32_t vcpu)
{
	int error = account_kvm_entry(follow->account, line->cpu, line->tid, at_ns, vcpu);

	return error ? error : meet_vcpu(follow, line);
}

int follow_kvm_exit(struct follow *follow, const struct event_line *line, uint64_t at_ns,
		    uint32_t vcpu, enum exit_isa isa, uint64_t reason)
{
	const struct account_kvm_exit event = {
		.at_ns = at_ns,
		.reason = reason,
		.cpu = line->cpu,
		.tid = line->tid,
		.isa = (enum account_isa)isa,
		.vcpu = vcpu,
	};
	int error = account_kvm_exit(follow->account, &event);

	return error ? error : meet_vcpu(follow, line);
}

static void add(uint64_t *sum, uint64_t length_ns)
{
	*sum = *sum == CAPTURE_NIL ? length_ns : *sum + length_ns;
}

int follow_stat(struct follow *follow, enum follow_stat stat, const struct text_task *text,
		uint64_t length_ns)
{
	struct task *task = get_task(follow, text->tid);

	if (!task)
		return -ENOMEM;
	if (length_ns > INT64_MAX / 2)
		return 0; /* no length */
	if (stat == FOLLOW_RUNTIME) {
		add(&task->runtime_ns, length_ns);
	} else if (stat == FOLLOW_WAIT) {
		add(&task->waits_ns, length_ns);
		task->wait_ns = length_ns;
	} else if (task->sleep_ns == CAPTURE_NIL || length_ns > task->sleep_ns) {
		task->sleep_ns = length_ns; /* iowait is a part of blocked */
	}
	return 0;
}

int follow_end(struct follow *follow)
{
	int error = 0;

	for (size_t i = 0; i < follow->count && !error; i++)
		if (follow->tasks[i].stage != STAGE_UNKNOWN)
			error = tell_sums(follow, &follow->tasks[i]);
	return error;
}
