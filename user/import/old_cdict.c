/* SPDX-License-Identifier: Apache-2.0 */
/*
 * perfwhiz's rows into ours: it has already accounted, so account has nothing to do. Two passes,
 * one for the CPUs and the length, one for the rows.
 */
#include "import/old_cdict.h"

#include "account/switch_log.h"
#include "base/array.h"
#include "base/number_map.h"
#include "base/string_pool.h"
#include "capture/histogram.h"
#include "import/facts.h"
#include "import/old_columns.h"
#include "import/old_kvm.h"
#include "import/skipped.h"
#include "import/tally.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define US_PER_DAY 86400000000ULL
#define US_MAX (366 * US_PER_DAY)
#define BUCKETS_MAX 100000 /* more are longer ones */
#define PROGRESS_EVENTS 65536
/* Bucket after bucket: intervals may be long, but not all of them. */
#define PARTS_PER_EVENT 256
#define TASKS_MAX (1u << 24)

enum { WORD_TASK = TALLY_WORDS, WORD_IDLE, WORD_VCPU, WORDS };

struct old_cdict {
	const struct import_options *options;
	struct old_columns columns;
	struct facts facts;
	struct capture_cpu cpus[EVENT_LINE_CPUS];
	struct capture_header header;
	struct string_pool *strings;
	struct number_map tasks; /* tid << 32 | name -> task */
	struct output output;
	struct tally tally;
	struct switch_log log; /* detail only */
	uint64_t logged_ns;    /* its latest row */
	uint64_t words[WORDS];
	uint64_t last_us;
	uint64_t events;
	uint64_t switches;
	struct old_kvm kvm;
	uint64_t unreadable;
	uint64_t parts; /* of intervals, over buckets */
	struct skipped skipped;
};

/* ---- the first pass ---- */

static bool row_is_good(const struct old_token *values)
{
	return values[OLD_EVENT].type == OLD_TEXT && values[OLD_CPU].type == OLD_NUMBER &&
	       values[OLD_CPU].number < EVENT_LINE_CPUS && values[OLD_USECS].type == OLD_NUMBER &&
	       values[OLD_USECS].number < US_MAX && values[OLD_PID].type == OLD_NUMBER &&
	       values[OLD_PID].number < UINT32_MAX && values[OLD_DURATION].type == OLD_NUMBER &&
	       values[OLD_DURATION].number < US_MAX;
}

static bool is(const struct old_token *token, const char *text)
{
	return token->type == OLD_TEXT && strcmp(token->text, text) == 0;
}

static bool has_reason(const struct old_token *values)
{
	return values[OLD_NEXT_COMM].type == OLD_NUMBER &&
	       values[OLD_NEXT_COMM].number <= UINT32_MAX;
}

static int survey(struct old_cdict *old)
{
	const struct old_token *values = old->columns.values;
	int more;

	while ((more = old_columns_next(&old->columns)) > 0) {
		if (!row_is_good(values))
			continue;
		old->facts.cpus[values[OLD_CPU].number] = true;
		if (is(&values[OLD_EVENT], "kvm_exit") && has_reason(values))
			old_kvm_survey(&old->kvm, values[OLD_NEXT_COMM].number);
		if (values[OLD_USECS].number > old->last_us)
			old->last_us = values[OLD_USECS].number;
	}
	return more ? more : old_columns_rewind(&old->columns);
}

static void make_header(struct old_cdict *old)
{
	uint64_t bucket_ns = old->options->bucket_ns;
	uint64_t least_ns = old->last_us / BUCKETS_MAX * 1000;

	if (!bucket_ns)
		bucket_ns = facts_bucket_ns(old->last_us * 1000);
	while (bucket_ns < least_ns)
		bucket_ns *= 2;
	old->facts.has_switches = true;
	old->facts.has_kvm = old->kvm.has_rows;
	facts_header(&old->facts, old->cpus, &old->header);
	old->header.bucket_ns = bucket_ns;
	if (old->options->detail)
		old->header.recorded.words[old->header.recorded.count++] = "detail";
	old->header.not_offered =
		(struct capture_words){ 4, { "wait", "cgroup", "voluntary", "losses" } };
}

/* ---- tasks ---- */

static int write_task(struct old_cdict *old, uint32_t task, uint64_t tid, uint64_t name,
		      uint64_t kind)
{
	uint64_t values[TASKS_COLUMNS];

	memset(values, 0xff, sizeof(values)); /* CAPTURE_NIL */
	values[TASKS_TASK] = task;
	values[TASKS_TID] = tid;
	values[TASKS_COMM] = name;
	values[TASKS_KIND] = kind;
	return output_row(&old->output, CAPTURE_TASKS, 0, values);
}

/* A task is a tid with one name, as perfwhiz has it. */
static int find_task(struct old_cdict *old, uint64_t tid, const struct old_token *name,
		     uint32_t *task)
{
	uint64_t id = string_pool_add_bytes(old->strings, name->text, name->length);
	uint64_t key = tid << 32 | id;
	int error;

	if (id == STRING_NONE)
		return -ENOMEM;
	*task = number_map_find(&old->tasks, key);
	if (*task != NUMBER_MAP_NONE)
		return 0;
	if (id > UINT32_MAX || old->tasks.count >= TASKS_MAX)
		return -EBADMSG;
	*task = (uint32_t)old->tasks.count + 1;
	error = number_map_add(&old->tasks, key, *task);
	return error ? error
		     : write_task(old, *task, tid, id, old->words[tid ? WORD_TASK : WORD_IDLE]);
}

/* ---- events ---- */

/* [at - run, at] over buckets; what lies before zero counts in the first. */
static int add_run(struct old_cdict *old, uint32_t task, uint32_t cpu, uint64_t at_ns,
		   uint64_t run_ns)
{
	uint64_t bucket_ns = old->header.bucket_ns;
	uint64_t bucket = at_ns / bucket_ns;
	uint64_t left_ns = run_ns;
	uint64_t here_ns = at_ns - bucket * bucket_ns;
	int error = tally_run(&old->tally, bucket, task, cpu, 0, 1);

	while (left_ns && !error) {
		uint64_t part_ns = left_ns < here_ns || !bucket ? left_ns : here_ns;

		error = tally_run(&old->tally, bucket, task, cpu, part_ns, 0);
		left_ns -= part_ns;
		here_ns = bucket_ns;
		bucket--;
		old->parts++;
	}
	return error;
}

/* It does not say in which state the task left, nor how long next waited. */
static int log_switch(struct old_cdict *old, const struct old_token *values, uint32_t task,
		      uint32_t next)
{
	uint64_t at_ns = values[OLD_USECS].number * 1000;
	struct switch_log_row row = {
		.wait_ns = CAPTURE_NIL,
		.task = task,
		.next = next,
		.cpu = (uint16_t)values[OLD_CPU].number,
		.state = SWITCH_LOG_UNKNOWN,
	};

	if (switch_log_is_full(&old->log)) {
		int error = switch_log_write(&old->log, &old->output, 0);

		if (error)
			return error;
	}
	row.at_ns = at_ns > old->logged_ns ? at_ns : old->logged_ns;
	old->logged_ns = row.at_ns;
	switch_log_add(&old->log, &row);
	return 0;
}

/* The task that took over, or 0. */
static int take_next(struct old_cdict *old, const struct old_token *values, uint32_t task,
		     uint32_t *next)
{
	int error;

	if (values[OLD_NEXT_PID].type != OLD_NUMBER || values[OLD_NEXT_PID].number >= UINT32_MAX ||
	    values[OLD_NEXT_COMM].type != OLD_TEXT)
		return 0;
	error = find_task(old, values[OLD_NEXT_PID].number, &values[OLD_NEXT_COMM], next);
	return error ? error : tally_successor(&old->tally, task, *next);
}

static int take_switch(struct old_cdict *old, const struct old_token *values, uint32_t task,
		       uint64_t at_ns, uint64_t length_ns)
{
	uint32_t next = 0;
	int error = add_run(old, task, (uint32_t)values[OLD_CPU].number, at_ns, length_ns);

	old->switches++;
	if (!error)
		error = tally_cell(&old->tally, at_ns / old->header.bucket_ns, task, TALLY_RUN,
				   histogram_bin(length_ns));
	if (!error)
		error = take_next(old, values, task, &next);
	if (!error && old->options->detail)
		error = log_switch(old, values, task, next);
	return error;
}

/* A task that has KVM's rows is a vCPU: its row is written again. */
static int take_kvm(struct old_cdict *old, const struct old_token *values, uint32_t task,
		    uint64_t at_ns, uint64_t length_ns)
{
	bool is_new = false;
	int error;

	old->parts += length_ns / old->header.bucket_ns;
	if (is(&values[OLD_EVENT], "kvm_entry"))
		error = old_kvm_entry(&old->kvm, &old->tally, task, at_ns, length_ns, &is_new);
	else
		error = old_kvm_exit(&old->kvm, &old->tally, task, at_ns,
				     values[OLD_NEXT_COMM].number, length_ns, &is_new);
	if (error || !is_new)
		return error;
	return write_task(old, task, values[OLD_PID].number,
			  string_pool_find(old->strings, values[OLD_TASK_NAME].text),
			  old->words[WORD_VCPU]);
}

typedef int row_taker(struct old_cdict *old, const struct old_token *values, uint32_t task,
		      uint64_t at_ns, uint64_t length_ns);

static int take_sleep(struct old_cdict *old, const struct old_token *values, uint32_t task,
		      uint64_t at_ns, uint64_t length_ns)
{
	(void)values;
	return tally_cell(&old->tally, at_ns / old->header.bucket_ns, task, TALLY_SLEEP,
			  histogram_bin(length_ns));
}

static const struct {
	const char *event;
	row_taker *take;
} takers[] = {
	{ "sched__sched_switch", take_switch },
	{ "sched__sched_stat_sleep", take_sleep },
	{ "sched__sched_stat_iowait", take_sleep },
	{ "kvm_exit", take_kvm },
	{ "kvm_entry", take_kvm },
};

static row_taker *find_taker(const struct old_token *event)
{
	for (size_t i = 0; i < ARRAY_LENGTH(takers); i++)
		if (is(event, takers[i].event))
			return takers[i].take;
	return NULL;
}

static int take_row(struct old_cdict *old, const struct old_token *values)
{
	row_taker *take = find_taker(&values[OLD_EVENT]);
	uint32_t task;
	int error;

	if (!take) {
		skipped_add(&old->skipped, values[OLD_EVENT].text, values[OLD_EVENT].length);
		return 0;
	}
	if (values[OLD_TASK_NAME].type != OLD_TEXT ||
	    (is(&values[OLD_EVENT], "kvm_exit") && !has_reason(values))) {
		old->unreadable++;
		return 0;
	}
	error = find_task(old, values[OLD_PID].number, &values[OLD_TASK_NAME], &task);
	return error ? error
		     : take(old, values, task, values[OLD_USECS].number * 1000,
			    values[OLD_DURATION].number * 1000);
}

static int take_rows(struct old_cdict *old)
{
	const struct old_token *values = old->columns.values;
	int more, error = 0;

	while (!error && (more = old_columns_next(&old->columns)) != 0) {
		if (more < 0)
			return more;
		if (row_is_good(values))
			error = take_row(old, values);
		else
			old->unreadable++;
		if (old->parts > PARTS_PER_EVENT * old->columns.rows + BUCKETS_MAX)
			return -EBADMSG; /* made up to be slow */
		if (++old->events % PROGRESS_EVENTS == 0 && old->options->progress)
			old->options->progress(old->options->context, old->events,
					       values[OLD_USECS].number * 1000);
	}
	return error;
}

/* ---- all together ---- */

static int add_words(struct old_cdict *old)
{
	const char *const words[WORDS] = {
		[TALLY_RUN] = "run",
		[TALLY_SLEEP] = "sleep",
		[TALLY_GUEST] = "guest",
		[TALLY_HOST] = "host",
		[TALLY_ISA] = exit_isa_word(old_kvm_isa(&old->kvm)),
		[WORD_TASK] = "task",
		[WORD_IDLE] = "idle",
		[WORD_VCPU] = "vcpu",
	};

	for (int i = 0; i < WORDS; i++) {
		old->words[i] = string_pool_add(old->strings, words[i]);
		if (old->words[i] == STRING_NONE)
			return -ENOMEM;
	}
	return 0;
}

static int set_up(struct old_cdict *old, struct capture_sink *sink)
{
	int error;

	old->strings = string_pool_new();
	if (!old->strings)
		return -ENOMEM;
	error = output_init(&old->output, sink, old->strings);
	if (!error)
		error = add_words(old);
	if (!error && old->options->detail)
		error = switch_log_init(&old->log, old->strings);
	return error ? error
		     : tally_init(&old->tally, &old->output, old->header.bucket_ns, old->words);
}

static int write_end(struct old_cdict *old, struct capture_sink *sink)
{
	struct capture_end end = capture_end_unknown();
	int error = tally_flush(&old->tally);

	end.duration_ns = old->last_us * 1000;
	end.cause = "end of the recording";
	end.switches = old->switches;
	end.kvm_exits = old->kvm.exits;
	end.verdict = VERDICT_NO_TOTALS;
	if (!error)
		error = switch_log_write(&old->log, &old->output, 0);
	if (!error && sink->flush)
		error = sink->flush(sink, end.duration_ns);
	return error ? error : sink->end(sink, &end);
}

static int convert(struct old_cdict *old, struct capture_sink *sink)
{
	int error;

	make_header(old);
	error = set_up(old, sink);
	if (!error)
		error = sink->header(sink, &old->header);
	if (!error)
		error = take_rows(old);
	if (!error)
		error = old_kvm_end(&old->kvm, &old->tally);
	return error ? error : write_end(old, sink);
}

static void fill_result(const struct old_cdict *old, struct import_result *result)
{
	result->events = old->events;
	result->switches = old->switches;
	result->tasks = old->tasks.count;
	result->duration_ns = old->last_us * 1000;
	result->kvm_exits = old->kvm.exits;
	result->unreadable = old->unreadable;
	skipped_text(&old->skipped, result->skipped, sizeof(result->skipped));
}

static void tear_down(struct old_cdict *old)
{
	old_columns_free(&old->columns);
	old_kvm_free(&old->kvm);
	tally_free(&old->tally);
	switch_log_free(&old->log);
	output_free(&old->output);
	number_map_free(&old->tasks);
	string_pool_free(old->strings);
	free(old);
}

int old_cdict_read(int fd, const struct import_options *options, struct capture_sink *sink,
		   struct import_result *result, char message[IMPORT_MESSAGE_BYTES])
{
	struct old_cdict *old = calloc(1, sizeof(*old));
	const char *fault = "it is cut or damaged";
	int error;

	if (!old)
		return -ENOMEM;
	old->options = options;
	error = old_columns_open(&old->columns, fd, &fault);
	if (!error)
		error = survey(old);
	if (!error) {
		fault = "it is damaged";
		error = convert(old, sink);
	}
	if (error == -EBADMSG)
		snprintf(message, IMPORT_MESSAGE_BYTES,
			 "'%s' begins like a cdict of perfwhiz, but %s", options->path, fault);
	fill_result(old, result);
	tear_down(old);
	return error;
}
