/* SPDX-License-Identifier: Apache-2.0 */
#include "account/switch_log.h"

#include "account/account.h"
#include "base/string_pool.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_HELD 65536 /* 2 MiB */

/* The letters of TP_printk of sched_switch (include/trace/events/sched.h). */
static const char *const letters[SWITCH_LOG_STATES] = {
	[ACCOUNT_RUNNING] = "R",    [ACCOUNT_SLEEPING] = "S", [ACCOUNT_UNINTERRUPTIBLE] = "D",
	[ACCOUNT_STOPPED] = "T",    [ACCOUNT_TRACED] = "t",   [ACCOUNT_DEAD] = "X",
	[ACCOUNT_IDLE] = "I",	    [ACCOUNT_PARKED] = "P",   [SWITCH_LOG_PREEMPTED] = "R+",
	[SWITCH_LOG_UNKNOWN] = "?",
};
_Static_assert((int)ACCOUNT_PARKED < (int)SWITCH_LOG_PREEMPTED, "states");

int switch_log_init(struct switch_log *log, struct string_pool *strings)
{
	*log = (struct switch_log){ 0 };
	log->rows = malloc(ROWS_HELD * sizeof(*log->rows));
	log->order = malloc(ROWS_HELD * sizeof(*log->order));
	if (!log->rows || !log->order)
		return -ENOMEM;
	for (int i = 0; i < SWITCH_LOG_STATES; i++) {
		log->words[i] = letters[i] ? string_pool_add(strings, letters[i]) : CAPTURE_NIL;
		if (letters[i] && log->words[i] == STRING_NONE)
			return -ENOMEM;
	}
	return 0;
}

void switch_log_free(struct switch_log *log)
{
	free(log->rows);
	free(log->order);
}

bool switch_log_is_full(const struct switch_log *log)
{
	return log->count == ROWS_HELD;
}

/* Fills `order`: a sort by CPU that keeps the order in time. */
static int sort_by_cpu(struct switch_log *log)
{
	uint32_t *places = calloc(SWITCH_LOG_CPUS + 1, sizeof(*places));

	if (!places)
		return -ENOMEM;
	for (size_t i = 0; i < log->count; i++)
		places[log->rows[i].cpu + 1]++;
	for (size_t cpu = 0; cpu < SWITCH_LOG_CPUS; cpu++)
		places[cpu + 1] += places[cpu];
	for (size_t i = 0; i < log->count; i++)
		log->order[places[log->rows[i].cpu]++] = (uint32_t)i;
	free(places);
	return 0;
}

static uint64_t microseconds(uint64_t ns)
{
	return ns == CAPTURE_NIL ? CAPTURE_NIL : ns / 1000 + (ns % 1000 >= 500);
}

static int write_row(const struct switch_log *log, struct output *output,
		     const struct switch_log_row *row, uint64_t before_ns)
{
	const uint64_t values[SWITCHES_COLUMNS] = {
		[SWITCHES_AT_NS] = row->at_ns - before_ns,
		[SWITCHES_CPU] = row->cpu,
		[SWITCHES_TASK] = row->task,
		[SWITCHES_NEXT] = row->next ? row->next : CAPTURE_NIL,
		[SWITCHES_STATE] = log->words[row->state],
		[SWITCHES_WAIT_US] = microseconds(row->wait_ns),
	};

	return output_row(output, CAPTURE_SWITCHES, 0, values);
}

/* A core's rows from order[from] on, in batches of their own; the first time of each is whole. */
static int write_core(const struct switch_log *log, struct output *output, uint64_t zero_ns,
		      size_t from, size_t to)
{
	uint64_t before_ns = zero_ns;
	int error = 0;

	for (size_t i = from; i < to && !error; i++) {
		const struct switch_log_row *row = &log->rows[log->order[i]];

		if ((i - from) % OUTPUT_ROWS == 0) {
			error = output_done(output);
			before_ns = zero_ns;
		}
		if (!error)
			error = write_row(log, output, row, before_ns);
		before_ns = row->at_ns;
	}
	return error ? error : output_done(output);
}

int switch_log_write(struct switch_log *log, struct output *output, uint64_t zero_ns)
{
	size_t from = 0;
	int error = log->count ? sort_by_cpu(log) : 0;

	while (from < log->count && !error) {
		uint16_t cpu = log->rows[log->order[from]].cpu;
		size_t to = from + 1;

		while (to < log->count && log->rows[log->order[to]].cpu == cpu)
			to++;
		error = write_core(log, output, zero_ns, from, to);
		from = to;
	}
	log->count = 0;
	return error;
}
