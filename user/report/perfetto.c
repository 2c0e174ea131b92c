/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Field numbers: protos/perfetto/trace/ of github.com/google/perfetto. Switches are written as the
 * ftrace events that Perfetto itself records, because it makes its tracks of cores and threads out
 * of these.
 */
#include "report/perfetto.h"

#include "base/string_pool.h"
#include "chart/batch_sink.h"
#include "report/perfetto_packet.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* FtraceEventBundle, FtraceEvent */
enum { BUNDLE_CPU = 1, BUNDLE_EVENT = 2 };
enum { EVENT_TIMESTAMP = 1, EVENT_PID = 2, EVENT_SCHED_SWITCH = 4, EVENT_SCHED_WAKING = 20 };
/* SchedSwitchFtraceEvent, SchedWakingFtraceEvent */
enum {
	SWITCH_PREV_COMM = 1,
	SWITCH_PREV_PID,
	SWITCH_PREV_PRIO,
	SWITCH_PREV_STATE,
	SWITCH_NEXT_COMM,
	SWITCH_NEXT_PID,
	SWITCH_NEXT_PRIO,
};
enum { WAKING_COMM = 1, WAKING_PID, WAKING_PRIO, WAKING_SUCCESS, WAKING_TARGET_CPU };
/* ClockSnapshot, Clock; the clocks */
enum { SNAPSHOT_CLOCKS = 1, CLOCK_ID = 1, CLOCK_TIMESTAMP = 2, REALTIME = 1, BOOTTIME = 6 };
/* SystemInfo, Utsname */
enum { INFO_UTSNAME = 1, UTSNAME_SYSNAME = 1, UTSNAME_RELEASE = 3, UTSNAME_MACHINE = 4 };
/* ProcessTree, Process, Thread */
enum { TREE_PROCESSES = 1, TREE_THREADS = 2, PROCESS_PID = 1, PROCESS_CMDLINE = 3 };
enum { THREAD_TID = 1, THREAD_NAME = 2, THREAD_TGID = 3 };

#define PACKET_BYTES 262144 /* then the next one begins */
#define PRIORITY 120	    /* it is not recorded */
#define PID_MAX (1u << 22)  /* PID_MAX_LIMIT; tasks without a tid get numbers above */

enum { VCPU_STATES = VCPU_SAMPLES_COLUMNS - VCPU_SAMPLES_GUEST_NS };

/* The bucket that is being added up. */
struct perfetto_vcpu {
	bool described;
	bool begun;
	uint64_t at_ns;
	uint64_t bucket_ns;
	uint64_t ns[VCPU_STATES];
};

/* ---- what is known before the first row ---- */

static void put_clock(struct proto_writer *proto, uint64_t clock, uint64_t ns)
{
	proto_open(proto, SNAPSHOT_CLOCKS);
	proto_u64(proto, CLOCK_ID, clock);
	proto_u64(proto, CLOCK_TIMESTAMP, ns);
	proto_close(proto);
}

/* Times are CLOCK_MONOTONIC's; ftrace events are BOOTTIME's to Perfetto, so it is called that. */
static void put_clocks(struct perfetto *perfetto, const struct capture_header *header)
{
	struct proto_writer *proto = &perfetto->proto;

	if (header->realtime_ns == CAPTURE_NIL)
		return;
	perfetto_open_packet(&perfetto->proto);
	proto_open(proto, PACKET_CLOCK_SNAPSHOT);
	put_clock(proto, BOOTTIME, perfetto->zero_ns);
	put_clock(proto, REALTIME, header->realtime_ns);
	proto_close(proto);
	proto_close(proto);
}

static void put_system(struct perfetto *perfetto, const struct capture_header *header)
{
	struct proto_writer *proto = &perfetto->proto;

	perfetto_open_packet(&perfetto->proto);
	proto_open(proto, PACKET_SYSTEM_INFO);
	proto_open(proto, INFO_UTSNAME);
	proto_text(proto, UTSNAME_SYSNAME, "Linux");
	if (header->kernel)
		proto_text(proto, UTSNAME_RELEASE, header->kernel);
	if (header->arch)
		proto_text(proto, UTSNAME_MACHINE, header->arch);
	proto_close(proto);
	proto_close(proto);
	proto_close(proto);
}

/* ---- tasks ---- */

static bool is_nobody(const struct view_task *task)
{
	return strcmp(task->kind, "idle") == 0 || strcmp(task->kind, "unknown") == 0 ||
	       strcmp(task->kind, "other") == 0;
}

/* What nobody knows or what was left out, and tasks that are not asked for, are blank, as idle is. */
static uint64_t pid_of(const struct view_task *task)
{
	if (!task || !task->selected || is_nobody(task))
		return 0;
	return task->tid != CAPTURE_NIL ? task->tid : PID_MAX + 1 + task->task;
}

static void put_thread(struct proto_writer *proto, const struct view_task *task)
{
	uint64_t pid = pid_of(task);
	uint64_t group = task->tgid != CAPTURE_NIL ? task->tgid : pid;

	if (group == pid) {
		proto_open(proto, TREE_PROCESSES);
		proto_u64(proto, PROCESS_PID, pid);
		proto_text(proto, PROCESS_CMDLINE, task->name);
		proto_close(proto);
	}
	proto_open(proto, TREE_THREADS);
	proto_u64(proto, THREAD_TID, pid);
	proto_text(proto, THREAD_NAME, task->name);
	proto_u64(proto, THREAD_TGID, group);
	proto_close(proto);
}

static void put_tasks(struct perfetto *perfetto)
{
	struct proto_writer *proto = &perfetto->proto;
	size_t count = view_task_count(perfetto->view);

	for (size_t i = 0; i < count && !proto->error;) {
		perfetto_open_packet(&perfetto->proto);
		proto_u64(proto, PACKET_TIMESTAMP, perfetto->zero_ns);
		proto_open(proto, PACKET_PROCESS_TREE);
		for (; i < count && proto_size(proto) < PACKET_BYTES; i++)
			if (pid_of(view_task(perfetto->view, i)))
				put_thread(proto, view_task(perfetto->view, i));
		proto_close(proto);
		proto_close(proto);
	}
}

/* ---- switches ---- */

/* Bits of TASK_REPORT (include/linux/sched.h since 4.14), as sched_switch's record has them. */
static uint64_t state_bits(const struct perfetto *perfetto, const char *word)
{
	static const char letters[] = "SDTtXZPI";
	const char *found = word && word[0] ? strchr(letters, word[0]) : NULL;

	if (word && strcmp(word, "R+") == 0)
		return perfetto->knows_preemption ? 0x100 : 0;
	return found ? 1u << (found - letters) : 0;
}

static void put_switch(struct perfetto *perfetto, const struct capture_batch *batch, size_t row,
		       uint64_t at_ns)
{
	struct proto_writer *proto = &perfetto->proto;
	const struct view_task *prev =
		view_task(perfetto->view, batch->columns[SWITCHES_TASK][row]);
	const struct view_task *next =
		view_task(perfetto->view, batch->columns[SWITCHES_NEXT][row]);
	const char *state = string_pool_text(batch->strings, batch->columns[SWITCHES_STATE][row]);

	proto_open(proto, BUNDLE_EVENT);
	proto_u64(proto, EVENT_TIMESTAMP, at_ns);
	proto_u64(proto, EVENT_PID, pid_of(prev));
	proto_open(proto, EVENT_SCHED_SWITCH);
	proto_text(proto, SWITCH_PREV_COMM, pid_of(prev) ? prev->name : "swapper");
	proto_u64(proto, SWITCH_PREV_PID, pid_of(prev));
	proto_u64(proto, SWITCH_PREV_PRIO, PRIORITY);
	proto_u64(proto, SWITCH_PREV_STATE, state_bits(perfetto, state));
	proto_text(proto, SWITCH_NEXT_COMM, pid_of(next) ? next->name : "swapper");
	proto_u64(proto, SWITCH_NEXT_PID, pid_of(next));
	proto_u64(proto, SWITCH_NEXT_PRIO, PRIORITY);
	proto_close(proto);
	proto_close(proto);
}

/* Since then next was runnable. A preempted task is so already, and Perfetto leaves it so. */
static void put_waking(struct perfetto *perfetto, const struct capture_batch *batch, size_t row,
		       uint64_t at_ns)
{
	struct proto_writer *proto = &perfetto->proto;
	const struct view_task *next =
		view_task(perfetto->view, batch->columns[SWITCHES_NEXT][row]);
	uint64_t wait_us = batch->columns[SWITCHES_WAIT_US][row];

	if (wait_us == CAPTURE_NIL || !pid_of(next) || wait_us > at_ns / 1000)
		return;
	proto_open(proto, BUNDLE_EVENT);
	proto_u64(proto, EVENT_TIMESTAMP, at_ns - wait_us * 1000);
	proto_u64(proto, EVENT_PID, 0);
	proto_open(proto, EVENT_SCHED_WAKING);
	proto_text(proto, WAKING_COMM, next->name);
	proto_u64(proto, WAKING_PID, pid_of(next));
	proto_u64(proto, WAKING_PRIO, PRIORITY);
	proto_u64(proto, WAKING_SUCCESS, 1);
	proto_u64(proto, WAKING_TARGET_CPU, batch->columns[SWITCHES_CPU][row]);
	proto_close(proto);
	proto_close(proto);
}

/* Rows of one core, as many as a packet holds. */
static size_t put_bundle(struct perfetto *perfetto, const struct capture_batch *batch, size_t row,
			 uint64_t *at_ns)
{
	struct proto_writer *proto = &perfetto->proto;
	uint64_t cpu = batch->columns[SWITCHES_CPU][row];

	perfetto_open_packet(&perfetto->proto);
	proto_open(proto, PACKET_FTRACE_EVENTS);
	proto_u64(proto, BUNDLE_CPU, cpu);
	for (; row < batch->rows && batch->columns[SWITCHES_CPU][row] == cpu &&
	       proto_size(proto) < PACKET_BYTES && !proto->error;
	     row++) {
		*at_ns += batch->columns[SWITCHES_AT_NS][row];
		put_waking(perfetto, batch, row, perfetto->zero_ns + *at_ns);
		put_switch(perfetto, batch, row, perfetto->zero_ns + *at_ns);
	}
	proto_close(proto);
	proto_close(proto);
	return row;
}

static int take_switches(struct perfetto *perfetto, const struct capture_batch *batch)
{
	uint64_t at_ns = batch->base_ns;
	size_t row = 0;

	while (row < batch->rows && !perfetto->proto.error)
		row = put_bundle(perfetto, batch, row, &at_ns);
	return perfetto->proto.error;
}

/* ---- vCPUs ---- */

static const char *const state_names[VCPU_STATES] = { "guest", "host", "halted", "blocked",
						      "waiting" };

static uint64_t track_of(uint64_t task, int state)
{
	return (task + 1) * VCPU_STATES + (uint64_t)state;
}

static void describe(struct perfetto *perfetto, uint64_t number, int state)
{
	struct proto_writer *proto = &perfetto->proto;
	const struct view_task *task = view_task(perfetto->view, number);
	char name[256];

	snprintf(name, sizeof(name), "%.200s %s", task ? task->name : "?", state_names[state]);
	perfetto_open_packet(&perfetto->proto);
	proto_open(proto, PACKET_TRACK_DESCRIPTOR);
	proto_u64(proto, TRACK_UUID, track_of(number, state));
	proto_text(proto, TRACK_NAME, name);
	proto_open(proto, TRACK_COUNTER);
	proto_text(proto, COUNTER_UNIT_NAME, "%");
	proto_close(proto);
	proto_close(proto);
	proto_close(proto);
}

static void put_counter(struct perfetto *perfetto, uint64_t task, int state, uint64_t at_ns,
			double percent)
{
	struct proto_writer *proto = &perfetto->proto;

	perfetto_open_packet(&perfetto->proto);
	proto_u64(proto, PACKET_TIMESTAMP, perfetto->zero_ns + at_ns);
	proto_open(proto, PACKET_TRACK_EVENT);
	proto_u64(proto, TRACK_EVENT_TYPE, TYPE_COUNTER);
	proto_u64(proto, TRACK_EVENT_TRACK, track_of(task, state));
	proto_double(proto, TRACK_EVENT_DOUBLE, percent);
	proto_close(proto);
	proto_close(proto);
}

/* The bucket's shares from its begin on. */
static void put_vcpu(struct perfetto *perfetto, uint64_t task)
{
	struct perfetto_vcpu *vcpu = &perfetto->vcpus[task];

	for (int state = 0; state < VCPU_STATES && vcpu->begun; state++) {
		if (!vcpu->described)
			describe(perfetto, task, state);
		put_counter(perfetto, task, state, vcpu->at_ns,
			    100.0 * (double)vcpu->ns[state] / (double)vcpu->bucket_ns);
	}
	vcpu->described |= vcpu->begun;
	vcpu->begun = false;
	memset(vcpu->ns, 0, sizeof(vcpu->ns));
}

static void take_vcpu(struct perfetto *perfetto, const struct capture_batch *batch, size_t row)
{
	uint64_t task = batch->columns[VCPU_SAMPLES_TASK][row];
	uint64_t at_ns = batch->columns[VCPU_SAMPLES_BUCKET][row] * batch->bucket_ns;
	struct perfetto_vcpu *vcpu;

	if (task >= view_task_count(perfetto->view))
		return;
	vcpu = &perfetto->vcpus[task];
	if (vcpu->begun && vcpu->at_ns != at_ns)
		put_vcpu(perfetto, task);
	vcpu->begun = true;
	vcpu->at_ns = at_ns;
	vcpu->bucket_ns = batch->bucket_ns;
	for (int state = 0; state < VCPU_STATES; state++) {
		uint64_t ns = batch->columns[VCPU_SAMPLES_GUEST_NS + state][row];

		vcpu->ns[state] += ns == CAPTURE_NIL ? 0 : ns;
	}
}

static int take_vcpus(struct perfetto *perfetto, const struct capture_batch *batch)
{
	if (!perfetto->vcpus)
		perfetto->vcpus =
			calloc(view_task_count(perfetto->view) + 1, sizeof(*perfetto->vcpus));
	if (!perfetto->vcpus)
		return -ENOMEM;
	for (size_t row = 0; row < batch->rows; row++)
		take_vcpu(perfetto, batch, row);
	return perfetto->proto.error;
}

/* ---- the sink ---- */

static int take_header(struct capture_sink *sink, const struct capture_header *header)
{
	struct perfetto *perfetto = (struct perfetto *)sink;

	perfetto->zero_ns = header->monotonic_ns == CAPTURE_NIL ? 0 : header->monotonic_ns;
	perfetto->knows_preemption = header->kernel && strtoul(header->kernel, NULL, 10) >= 5;
	put_clocks(perfetto, header);
	put_system(perfetto, header);
	put_tasks(perfetto);
	return perfetto->proto.error;
}

static int take_batch(struct capture_sink *sink, const struct capture_batch *batch)
{
	struct perfetto *perfetto = (struct perfetto *)sink;

	if (batch->table == CAPTURE_SWITCHES)
		return take_switches(perfetto, batch);
	if (batch->table == CAPTURE_LOSSES)
		return perfetto_losses_take(&perfetto->losses, batch, &perfetto->proto,
					    perfetto->zero_ns);
	return batch->table == CAPTURE_VCPU_SAMPLES ? take_vcpus(perfetto, batch) : 0;
}

void perfetto_init(struct perfetto *perfetto, const struct view *view, FILE *file)
{
	*perfetto = (struct perfetto){
		.sink = batch_sink(take_batch),
		.view = view,
		.losses.from_ns = view_from_ns(view),
	};
	perfetto->sink.header = take_header;
	proto_begin(&perfetto->proto, file);
}

int perfetto_finish(struct perfetto *perfetto)
{
	for (size_t task = 0; perfetto->vcpus && task < view_task_count(perfetto->view); task++)
		put_vcpu(perfetto, task);
	free(perfetto->vcpus);
	perfetto->vcpus = NULL;
	return proto_end(&perfetto->proto);
}
