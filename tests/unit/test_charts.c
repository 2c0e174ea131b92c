/* SPDX-License-Identifier: Apache-2.0 */
/* What charts make of batches: heat, locality, exits, incidents. */
#include "unit.h"

#include "base/string_pool.h"
#include "batch.h"
#include "chart/exits.h"
#include "chart/heat.h"
#include "chart/incidents.h"
#include "chart/locality.h"

#define BUDGET 1000
#define NIL CAPTURE_NIL

static void heat_counts_lengths_by_task_and_kind(void **state)
{
	struct string_pool *strings = string_pool_new();
	uint64_t wait = string_pool_add(strings, "wait");
	uint64_t run = string_pool_add(strings, "run");
	uint64_t later = string_pool_add(strings, "of a later version");
	const uint64_t rows[] = { 2,  5, run, 80, 3,	 2,  5, run, 80, 4,   3,  5, wait,
				  90, 7, 2,   5,  later, 80, 9, 2,   5,	 run, 81, 0 };
	struct idle_set idle;
	struct heat heat;

	(void)state;
	idle_set_init(&idle);
	heat_init(&heat, 0, BUDGET, &idle);
	assert_int_equal(batch_push(&heat.sink, CAPTURE_CELLS, 10, 0, strings, rows, 5), 0);
	assert_int_equal(heat_finish(&heat), 0);
	assert_int_equal(heat.raster.count, 2);
	assert_int_equal(raster_group(&heat.raster, &heat.raster.items[0]),
			 heat_group(HEAT_RUN, 5));
	assert_int_equal(heat.raster.items[0].values[0], 7);
	assert_int_equal(raster_column(&heat.raster, &heat.raster.items[1]), 3);
	assert_int_equal(heat_group_kind(raster_group(&heat.raster, &heat.raster.items[1])),
			 HEAT_WAIT);
	assert_int_equal(heat_group_task(raster_group(&heat.raster, &heat.raster.items[1])), 5);
	assert_int_equal(heat.counts[HEAT_RUN], 7);
	assert_int_equal(heat.counts[HEAT_WAIT], 7);
	heat_free(&heat);
	string_pool_free(strings);
}

static void idle_tasks_are_those_that_rows_say_are(void **state)
{
	struct string_pool *strings = string_pool_new();
	uint64_t idle = string_pool_add(strings, "idle");
	uint64_t rows[4][TASKS_COLUMNS] = {
		{ [TASKS_TASK] = 9, [TASKS_KIND] = idle },
		{ [TASKS_TASK] = 2, [TASKS_KIND] = string_pool_add(strings, "task") },
		{ [TASKS_TASK] = 3, [TASKS_KIND] = NIL },
		{ [TASKS_TASK] = 0, [TASKS_KIND] = idle },
	};
	struct idle_set set;

	(void)state;
	idle_set_init(&set);
	assert_int_equal(batch_push(&set.sink, CAPTURE_TASKS, 0, 0, strings, rows[0], 4), 0);
	for (uint64_t task = 0; task < 12; task++)
		assert_int_equal(idle_set_has(&set, task), task == 0 || task == 9);
	idle_set_free(&set);
	string_pool_free(strings);
}

static void heat_sums_all_tasks_apart_from_idle(void **state)
{
	struct string_pool *strings = string_pool_new();
	uint64_t run = string_pool_add(strings, "run");
	const uint64_t rows[] = { 0, 0, run, 80, 3, 0, 1, run, 80, 4, 0, 7, run, 80, 5 };
	struct idle_set idle;
	struct heat heat;

	(void)state;
	idle_set_init(&idle);
	assert_int_equal(idle_set_put(&idle, 1, "idle"), 0);
	heat_init(&heat, 0, BUDGET, &idle);
	assert_int_equal(batch_push(&heat.sink, CAPTURE_CELLS, 10, 0, strings, rows, 3), 0);
	assert_int_equal(heat_finish(&heat), 0);
	assert_int_equal(heat.raster.count, 3);
	assert_int_equal(heat.all.count, 2);
	assert_int_equal(raster_group(&heat.all, &heat.all.items[0]),
			 heat_all_group(HEAT_RUN, false));
	assert_int_equal(heat.all.items[0].values[0], 3 + 5);
	assert_int_equal(heat.all.items[1].values[0], 4);
	heat_free(&heat);
	idle_set_free(&idle);
	string_pool_free(strings);
}

static void locality_adds_run_time_switches_and_migrations_by_core(void **state)
{
	const uint64_t rows[] = { 0, 5, 1, 100, 2,   1,	  1,   2, NIL, NIL, NIL, 0,   5,   1,  50,
				  1, 0, 1, 1,	NIL, NIL, NIL, 0, 6,   1,   0,	 0,   0,   0,  0,
				  9, 9, 9, 1,	5,   0,	  NIL, 3, 0,   0,   0,	 NIL, NIL, NIL };
	/* a bucket in which a task was moved, and waited for its new core until the end */
	const uint64_t moved[] = { 7, 5, 0, 0, 0, 0, 0, 1, 9, 9, 9 };
	struct locality locality;

	(void)state;
	locality_init(&locality, 0, BUDGET);
	assert_int_equal(batch_push(&locality.sink, CAPTURE_SAMPLES, 10, 0, NULL, rows, 4), 0);
	assert_int_equal(batch_push(&locality.sink, CAPTURE_SAMPLES, 10, 0, NULL, moved, 1), 0);
	assert_int_equal(locality_finish(&locality), 0);
	/* the task that only waited has no cell */
	assert_int_equal(locality.raster.count, 2);
	assert_int_equal(locality.raster.items[0].values[LOCALITY_SWITCHES], 3);
	assert_int_equal(locality.raster.items[0].values[LOCALITY_RUN_NS], 0);
	assert_int_equal(locality.raster.items[1].values[LOCALITY_RUN_NS], 150);
	assert_int_equal(raster_group(&locality.raster, &locality.raster.items[1]), 1);
	assert_int_equal(raster_inner(&locality.raster, &locality.raster.items[1]), 5);
	assert_int_equal(locality.migrations.count, 2);
	assert_int_equal(raster_group(&locality.migrations, &locality.migrations.items[0]), 5);
	assert_int_equal(raster_inner(&locality.migrations, &locality.migrations.items[0]), 1);
	assert_int_equal(locality.migrations.items[0].values[0], 3);
	assert_int_equal(raster_inner(&locality.migrations, &locality.migrations.items[1]), 0);
	assert_int_equal(locality.migrations.items[1].values[0], 1);
	assert_int_equal(locality.run_ns, 150);
	assert_int_equal(locality.switches, 6);
	locality_free(&locality);
}

static void exits_know_a_kind_by_isa_and_reason(void **state)
{
	struct string_pool *strings = string_pool_new();
	uint64_t svm = string_pool_add(strings, "svm");
	uint64_t vmx = string_pool_add(strings, "vmx");
	const uint64_t rows[] = { 0, 4, svm, 12, 3, 30, 0, 1, 9, 5,   0, /* */
				  0, 4, vmx, 12, 1, 7,	0, 1, 9, 5,   0, /* */
				  0, 4, svm, 12, 2, 20, 0, 1, 9, NIL, 0 };
	struct exits exits;

	(void)state;
	exits_init(&exits, 0, BUDGET);
	assert_int_equal(batch_push(&exits.sink, CAPTURE_EXITS, 10, 0, strings, rows, 3), 0);
	assert_int_equal(raster_finish(&exits.raster), 0);
	assert_int_equal(exits.kinds.count, 2);
	assert_string_equal(exits.kinds.items[1].isa, "vmx");
	assert_int_equal(exits.kinds.items[1].reason, 12);
	assert_int_equal(exits.raster.count, 2);
	assert_int_equal(exits.raster.items[0].values[EXITS_VALUE_COUNT], 5);
	assert_int_equal(exits.raster.items[0].values[EXITS_VALUE_HOST_NS], 50);
	assert_int_equal(exits_group_task(raster_group(&exits.raster, &exits.raster.items[1])), 4);
	assert_int_equal(exits_group_kind(raster_group(&exits.raster, &exits.raster.items[1])), 1);
	exits_free(&exits);
	string_pool_free(strings);
}

static void losses_keep_their_sum_and_the_moments_they_grew(void **state)
{
	struct string_pool *strings = string_pool_new();
	uint64_t ring = string_pool_add(strings, "ring_full");
	uint64_t late = string_pool_add(strings, "late");
	uint64_t nil = CAPTURE_NIL;
	const uint64_t rows[] = { 1,   ring, 0, 0,    0, 2,   ring, 3, 750,  9, 2,   late, 0,
				  nil, nil,  3, ring, 3, 750, 9,    4, ring, 4, 900, 12 };
	struct incidents *incidents = calloc(1, sizeof(*incidents));
	struct incidents_loss *loss = &incidents->losses[LOSS_RING_FULL];

	(void)state;
	incidents_init(incidents);
	assert_int_equal(batch_push(&incidents->sink, CAPTURE_LOSSES, 0, 0, strings, rows, 5), 0);
	assert_int_equal(loss->count, 4);
	assert_int_equal(loss->switches, 900);
	assert_int_equal(loss->run_ns, 12);
	assert_int_equal(loss->moment_count, 2);
	assert_int_equal(loss->moments_ns[0], 2);
	assert_int_equal(loss->moments_ns[1], 4);
	assert_int_equal(incidents->losses[LOSS_LATE].moment_count, 0);
	assert_int_equal(incidents->losses[LOSS_LATE].switches, CAPTURE_NIL);
	assert_int_equal(incidents->losses[LOSS_LATE].run_ns, CAPTURE_NIL);
	free(incidents);
	string_pool_free(strings);
}

static void cores_that_leave_and_return_are_kept(void **state)
{
	const uint64_t rows[] = { 1, 500, 0, 1, 900, 1 };
	struct incidents *incidents = calloc(1, sizeof(*incidents));

	(void)state;
	incidents_init(incidents);
	assert_int_equal(batch_push(&incidents->sink, CAPTURE_CPUS, 0, 0, NULL, rows, 2), 0);
	assert_int_equal(incidents->cpu_count, 2);
	assert_int_equal(incidents->cpus[0].at_ns, 500);
	assert_int_equal(incidents->cpus[1].online, 1);
	free(incidents);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(heat_counts_lengths_by_task_and_kind),
		cmocka_unit_test(idle_tasks_are_those_that_rows_say_are),
		cmocka_unit_test(heat_sums_all_tasks_apart_from_idle),
		cmocka_unit_test(locality_adds_run_time_switches_and_migrations_by_core),
		cmocka_unit_test(exits_know_a_kind_by_isa_and_reason),
		cmocka_unit_test(losses_keep_their_sum_and_the_moments_they_grew),
		cmocka_unit_test(cores_that_leave_and_return_are_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
