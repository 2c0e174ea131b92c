/* SPDX-License-Identifier: Apache-2.0 */
#include "account_bench.h"

#include "capture/histogram.h"

struct bench *begin_with(const struct account_options *options)
{
	struct bench *bench = calloc(1, sizeof(*bench));

	assert_non_null(bench);
	tally_init(&bench->tally);
	bench->strings = string_pool_new();
	bench->account = account_new(options, &bench->tally.sink, bench->strings);
	assert_non_null(bench->account);
	return bench;
}

struct bench *begin(uint32_t cpus)
{
	return begin_with(&(struct account_options){ .cpu_count = cpus,
						     .bucket_ns = 10 * MS,
						     .wait_offered = true,
						     .sched_recorded = true });
}

void finish(struct bench *bench)
{
	assert_false(bench->tally.used_before_told);
	account_free(bench->account);
	string_pool_free(bench->strings);
	tally_free(&bench->tally);
	free(bench);
}

void end_at(struct bench *bench, uint64_t duration_ns)
{
	struct capture_end end = { .duration_ns = duration_ns };

	assert_int_equal(account_end(bench->account, &end, false, false), 0);
}

void found(struct bench *bench, uint32_t cpu, uint64_t at_ns, uint32_t tid)
{
	assert_int_equal(account_found_running(bench->account, cpu, at_ns, tid, 0, false), 0);
}

/* A switch whose run began at since_ns. */
struct account_switch event(uint32_t cpu, uint64_t since_ns, uint64_t at_ns, uint32_t next)
{
	return (struct account_switch){ .cpu = cpu,
					.at_ns = at_ns,
					.run_ns = at_ns - since_ns,
					.run_known = true,
					.next_tid = next,
					.prev_state = ACCOUNT_SLEEPING };
}

void feed(struct bench *bench, struct account_switch change)
{
	assert_int_equal(account_switch(bench->account, &change), 0);
}

void sleeps(struct bench *bench, uint32_t cpu, uint64_t since_ns, uint64_t at_ns, uint32_t next)
{
	feed(bench, event(cpu, since_ns, at_ns, next));
}

void begins(struct bench *bench, uint32_t cpu, uint64_t since_ns, uint64_t at_ns, uint32_t next)
{
	struct account_switch change = event(cpu, since_ns, at_ns, next);

	change.first = true;
	feed(bench, change);
}

void dies(struct bench *bench, uint32_t cpu, uint64_t since_ns, uint64_t at_ns, uint32_t next)
{
	struct account_switch change = event(cpu, since_ns, at_ns, next);

	change.prev_state = ACCOUNT_DEAD;
	feed(bench, change);
}

void waits(struct bench *bench, uint32_t cpu, uint64_t since_ns, uint64_t at_ns, uint32_t next,
	   uint64_t wait_total_ns)
{
	struct account_switch change = event(cpu, since_ns, at_ns, next);

	change.wait_total_ns = wait_total_ns;
	feed(bench, change);
}

void tell(struct bench *bench, uint32_t tid, uint64_t started_at_ns, const char *comm)
{
	struct account_identity identity = { .tid = tid,
					     .tgid = tid,
					     .start_ns = ZERO_NS + started_at_ns,
					     .started_at_ns = (int64_t)started_at_ns,
					     .comm = comm };

	assert_int_equal(account_identity(bench->account, &identity), 0);
}

/* Key of the nth (from 0) task with this tid and comm, or 0. */
uint64_t task_of(const struct bench *bench, uint32_t tid, const char *comm)
{
	const struct tallied_table *tasks = &bench->tally.tables[CAPTURE_TASKS];
	uint64_t found_task = 0;

	for (size_t i = 0; i < tasks->count; i++) {
		uint64_t task = tasks->rows[i].values[TASKS_TASK];
		const struct tallied_row *row = tally_task(&bench->tally, task);
		const char *name = string_pool_text(bench->strings, row->values[TASKS_COMM]);

		if (tid != UINT32_MAX && row->values[TASKS_TID] != tid)
			continue;
		if (!comm ? !name : name && !strcmp(name, comm))
			found_task = task;
	}
	return found_task;
}

uint64_t sample_sum(const struct bench *bench, uint64_t task, unsigned int column)
{
	return tally_sum(&bench->tally, CAPTURE_SAMPLES, column, SAMPLES_TASK, task);
}

uint64_t in_bucket(const struct bench *bench, uint64_t task, uint64_t bucket, unsigned int column)
{
	const struct tallied_table *samples = &bench->tally.tables[CAPTURE_SAMPLES];
	uint64_t sum = 0;

	for (size_t i = 0; i < samples->count; i++)
		if (samples->rows[i].values[SAMPLES_TASK] == task &&
		    samples->rows[i].values[SAMPLES_BUCKET] == bucket)
			sum += samples->rows[i].values[column];
	return sum;
}

uint64_t cell_count(const struct bench *bench, uint64_t task, const char *kind, uint64_t length_ns)
{
	const struct tallied_table *cells = &bench->tally.tables[CAPTURE_CELLS];
	uint64_t id = string_pool_find(bench->strings, kind);
	uint64_t count = 0;

	for (size_t i = 0; i < cells->count; i++) {
		const uint64_t *values = cells->rows[i].values;

		if (values[CELLS_TASK] == task && values[CELLS_KIND] == id &&
		    (length_ns == CAPTURE_NIL || values[CELLS_BIN] == histogram_bin(length_ns)))
			count += values[CELLS_COUNT];
	}
	return count;
}
