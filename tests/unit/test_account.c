/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "account/account.h"
#include "base/string_pool.h"
#include "capture/histogram.h"
#include "tally.h"

#define MS 1000000ULL
#define ZERO_NS (1000 * MS) /* CLOCK_MONOTONIC at zero */

struct bench {
	struct tally tally;
	struct string_pool *strings;
	struct account *account;
};

static struct bench *begin_with(const struct account_options *options)
{
	struct bench *bench = calloc(1, sizeof(*bench));

	assert_non_null(bench);
	tally_init(&bench->tally);
	bench->strings = string_pool_new();
	bench->account = account_new(options, &bench->tally.sink, bench->strings);
	assert_non_null(bench->account);
	return bench;
}

static struct bench *begin(uint32_t cpus)
{
	return begin_with(&(struct account_options){
		.cpu_count = cpus, .bucket_ns = 10 * MS, .wait_offered = true });
}

static void finish(struct bench *bench)
{
	assert_false(bench->tally.used_before_told);
	account_free(bench->account);
	string_pool_free(bench->strings);
	tally_free(&bench->tally);
	free(bench);
}

static void end_at(struct bench *bench, uint64_t duration_ns)
{
	struct capture_end end = { .duration_ns = duration_ns };

	assert_int_equal(account_end(bench->account, &end, false, false), 0);
}

static void found(struct bench *bench, uint32_t cpu, uint64_t at_ns, uint32_t tid)
{
	assert_int_equal(account_found_running(bench->account, cpu, at_ns, tid, 0, false), 0);
}

/* A switch whose run began at since_ns. */
static struct account_switch event(uint32_t cpu, uint64_t since_ns, uint64_t at_ns, uint32_t next)
{
	return (struct account_switch){ .cpu = cpu,
					.at_ns = at_ns,
					.run_ns = at_ns - since_ns,
					.run_known = true,
					.next_tid = next,
					.prev_state = ACCOUNT_SLEEPING,
					.wait_total_ns = next ? 0 : 0 };
}

static void feed(struct bench *bench, struct account_switch change)
{
	assert_int_equal(account_switch(bench->account, &change), 0);
}

static void sleeps(struct bench *bench, uint32_t cpu, uint64_t since_ns, uint64_t at_ns,
		   uint32_t next)
{
	feed(bench, event(cpu, since_ns, at_ns, next));
}

static void tell(struct bench *bench, uint32_t tid, uint64_t started_at_ns, const char *comm)
{
	struct account_identity identity = { .tid = tid,
					     .tgid = tid,
					     .start_ns = ZERO_NS + started_at_ns,
					     .started_at_ns = (int64_t)started_at_ns,
					     .comm = comm };

	assert_int_equal(account_identity(bench->account, &identity), 0);
}

/* Key of the nth (from 0) task with this tid and comm, or 0. */
static uint64_t task_of(const struct bench *bench, uint32_t tid, const char *comm)
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

static uint64_t sample_sum(const struct bench *bench, uint64_t task, unsigned int column)
{
	return tally_sum(&bench->tally, CAPTURE_SAMPLES, column, SAMPLES_TASK, task);
}

static uint64_t in_bucket(const struct bench *bench, uint64_t task, uint64_t bucket,
			  unsigned int column)
{
	const struct tallied_table *samples = &bench->tally.tables[CAPTURE_SAMPLES];
	uint64_t sum = 0;

	for (size_t i = 0; i < samples->count; i++)
		if (samples->rows[i].values[SAMPLES_TASK] == task &&
		    samples->rows[i].values[SAMPLES_BUCKET] == bucket)
			sum += samples->rows[i].values[column];
	return sum;
}

static uint64_t cell_count(const struct bench *bench, uint64_t task, const char *kind,
			   uint64_t length_ns)
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

static void a_run_is_cut_at_bucket_borders_and_counted_where_it_ends(void **state)
{
	struct bench *bench = begin(1);
	uint64_t task;

	(void)state;
	found(bench, 0, 0, 0);
	sleeps(bench, 0, 0, 5 * MS, 7);
	sleeps(bench, 0, 5 * MS, 32 * MS, 0);
	tell(bench, 7, 0, "seven");
	end_at(bench, 40 * MS);
	task = task_of(bench, 7, "seven");
	assert_int_equal(in_bucket(bench, task, 0, SAMPLES_RUN_NS), 5 * MS);
	assert_int_equal(in_bucket(bench, task, 1, SAMPLES_RUN_NS), 10 * MS);
	assert_int_equal(in_bucket(bench, task, 2, SAMPLES_RUN_NS), 10 * MS);
	assert_int_equal(in_bucket(bench, task, 3, SAMPLES_RUN_NS), 2 * MS);
	assert_int_equal(in_bucket(bench, task, 3, SAMPLES_SWITCHES), 1);
	assert_int_equal(sample_sum(bench, task, SAMPLES_VOLUNTARY), 1);
	assert_int_equal(cell_count(bench, task, "run", 27 * MS), 1);
	finish(bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_run_is_cut_at_bucket_borders_and_counted_where_it_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
