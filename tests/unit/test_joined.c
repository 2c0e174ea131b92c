/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "base/string_pool.h"
#include "capture/joined.h"
#include "tally.h"

#include "batch.h"

struct bench {
	struct joined joined;
	struct tally whole;
	struct string_pool *strings;
};

static struct bench *begin(void)
{
	struct bench *bench = calloc(1, sizeof(*bench));

	assert_non_null(bench);
	tally_init(&bench->whole);
	joined_init(&bench->joined, &bench->whole.sink);
	bench->strings = string_pool_new();
	return bench;
}

static void finish(struct bench *bench)
{
	joined_free(&bench->joined);
	tally_free(&bench->whole);
	string_pool_free(bench->strings);
	free(bench);
}

static void push(struct bench *bench, enum capture_table table, uint64_t bucket_ns,
		 const uint64_t *row)
{
	assert_int_equal(
		batch_push(&bench->joined.sink, table, bucket_ns, 0, bench->strings, row, 1), 0);
}

static const uint64_t *last_row(const struct bench *bench, enum capture_table table)
{
	const struct tallied_table *rows = &bench->whole.tables[table];

	assert_true(rows->count > 0);
	return rows->rows[rows->count - 1].values;
}

static void end_part(struct bench *bench, uint64_t duration_ns, enum capture_verdict verdict,
		     uint64_t totals)
{
	const struct capture_proof_cpu proof = {
		.cpu = 1,
		.samples_switches = 4,
		.totals_switches = totals,
		.totals_run_ns = totals,
		.open_ns = 30,
		.live_ns = 100,
	};
	const struct capture_end end = { .duration_ns = duration_ns,
					 .switches = 4,
					 .verdict = verdict,
					 .proof = &proof,
					 .proof_count = 1 };

	assert_int_equal(bench->joined.sink.end(&bench->joined.sink, &end), 0);
}

static void times_go_on_where_the_part_before_ended(void **state)
{
	const uint64_t sample[SAMPLES_COLUMNS] = {
		[SAMPLES_BUCKET] = 3, [SAMPLES_WAIT_MAX_AT_NS] = 35
	};
	const uint64_t unwaited[SAMPLES_COLUMNS] = { [SAMPLES_WAIT_MAX_AT_NS] = CAPTURE_NIL };
	const uint64_t cpu[CPUS_COLUMNS] = { [CPUS_AT_NS] = 7 };
	struct bench *bench = begin();

	(void)state;
	joined_begin_part(&bench->joined, 1000);
	push(bench, CAPTURE_SAMPLES, 10, sample);
	assert_int_equal(last_row(bench, CAPTURE_SAMPLES)[SAMPLES_BUCKET], 103);
	assert_int_equal(last_row(bench, CAPTURE_SAMPLES)[SAMPLES_WAIT_MAX_AT_NS], 1035);
	push(bench, CAPTURE_SAMPLES, 100, unwaited);
	assert_int_equal(last_row(bench, CAPTURE_SAMPLES)[SAMPLES_BUCKET], 10);
	assert_true(last_row(bench, CAPTURE_SAMPLES)[SAMPLES_WAIT_MAX_AT_NS] == CAPTURE_NIL);
	push(bench, CAPTURE_CPUS, 0, cpu);
	assert_int_equal(last_row(bench, CAPTURE_CPUS)[CPUS_AT_NS], 1007);
	finish(bench);
}

static void losses_are_cumulated_over_the_parts(void **state)
{
	struct bench *bench = begin();
	uint64_t row[LOSSES_COLUMNS] = { 0 };

	(void)state;
	row[LOSSES_CAUSE] = string_pool_add(bench->strings, "ring_full");
	row[LOSSES_COUNT] = 2;
	row[LOSSES_SWITCHES] = 10;
	row[LOSSES_RUN_NS] = CAPTURE_NIL;
	joined_begin_part(&bench->joined, 0);
	push(bench, CAPTURE_LOSSES, 0, row);
	end_part(bench, 1000, VERDICT_EQUAL, 4);
	joined_begin_part(&bench->joined, 1000);
	row[LOSSES_COUNT] = 1;
	row[LOSSES_SWITCHES] = 5;
	push(bench, CAPTURE_LOSSES, 0, row);
	assert_int_equal(last_row(bench, CAPTURE_LOSSES)[LOSSES_COUNT], 3);
	assert_int_equal(last_row(bench, CAPTURE_LOSSES)[LOSSES_SWITCHES], 15);
	assert_true(last_row(bench, CAPTURE_LOSSES)[LOSSES_RUN_NS] == CAPTURE_NIL);
	finish(bench);
}

static void a_task_keeps_its_counters_of_first_sight(void **state)
{
	uint64_t row[TASKS_COLUMNS] = { [TASKS_TASK] = 5,
					[TASKS_END_NS] = CAPTURE_NIL,
					[TASKS_COMM] = CAPTURE_NIL,
					[TASKS_FIRST_VOLUNTARY] = 100,
					[TASKS_LAST_VOLUNTARY] = 110 };
	struct bench *bench = begin();

	(void)state;
	joined_begin_part(&bench->joined, 0);
	push(bench, CAPTURE_TASKS, 0, row);
	joined_begin_part(&bench->joined, 1000);
	row[TASKS_FIRST_VOLUNTARY] = 110;
	row[TASKS_LAST_VOLUNTARY] = 130;
	push(bench, CAPTURE_TASKS, 0, row);
	assert_int_equal(last_row(bench, CAPTURE_TASKS)[TASKS_FIRST_VOLUNTARY], 100);
	assert_int_equal(last_row(bench, CAPTURE_TASKS)[TASKS_LAST_VOLUNTARY], 130);
	finish(bench);
}

static void proofs_add_up(void **state)
{
	struct bench *bench = begin();

	(void)state;
	joined_begin_part(&bench->joined, 0);
	end_part(bench, 1000, VERDICT_EQUAL, 4);
	joined_begin_part(&bench->joined, 1000);
	end_part(bench, 500, VERDICT_EQUAL, 4);
	assert_int_equal(joined_end(&bench->joined, "signal", false), 0);
	assert_int_equal(bench->whole.end.duration_ns, 1500);
	assert_int_equal(bench->whole.end.switches, 8);
	assert_int_equal(bench->whole.end.verdict, VERDICT_EQUAL);
	assert_int_equal(bench->whole.end.proof[0].totals_switches, 8);
	assert_int_equal(bench->whole.end.proof[0].open_ns, 30);
	assert_int_equal(bench->whole.end.proof[0].live_ns,
			 170); /* the second began 30 before it */
	finish(bench);
}

static void one_part_without_a_proof_leaves_the_whole_without(void **state)
{
	struct bench *bench = begin();

	(void)state;
	joined_begin_part(&bench->joined, 0);
	end_part(bench, 1000, VERDICT_NOT_PROVABLE, CAPTURE_NIL);
	joined_begin_part(&bench->joined, 1000);
	end_part(bench, 500, VERDICT_EQUAL, 4);
	assert_int_equal(joined_end(&bench->joined, "signal", false), 0);
	assert_int_equal(bench->whole.end.verdict, VERDICT_NOT_PROVABLE);
	assert_true(bench->whole.end.proof[0].totals_switches == CAPTURE_NIL);
	finish(bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_go_on_where_the_part_before_ended),
		cmocka_unit_test(losses_are_cumulated_over_the_parts),
		cmocka_unit_test(a_task_keeps_its_counters_of_first_sight),
		cmocka_unit_test(proofs_add_up),
		cmocka_unit_test(one_part_without_a_proof_leaves_the_whole_without),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
