/* SPDX-License-Identifier: Apache-2.0 */
/* CPUs take turns in the order of time, however their events came. */
#include "unit.h"

#include "live/merge_heap.h"

#include <stdlib.h>

#define CPUS 37
#define EVENTS 100

/* Of few moments, so that many fall together. */
static uint64_t step(void)
{
	return (uint64_t)(rand() % 3);
}

static void every_cpu_has_its_turn_in_time_and_the_lower_number_first(void **state)
{
	uint64_t at_ns[CPUS];
	uint32_t left[CPUS];
	struct merge_turn before = { 0 };
	struct merge_heap heap;
	int turns = 0;

	(void)state;
	srand(1);
	assert_int_equal(merge_heap_init(&heap, CPUS), 0);
	for (uint32_t cpu = 0; cpu < CPUS; cpu++) {
		at_ns[cpu] = step();
		left[cpu] = EVENTS;
		merge_heap_push(&heap, at_ns[cpu], cpu);
	}
	for (; heap.count; turns++) {
		struct merge_turn turn = heap.turns[0];

		assert_false(turns && merge_turn_is_before(&turn, &before));
		assert_int_equal(turn.at_ns, at_ns[turn.cpu]);
		for (uint32_t cpu = 0; cpu < CPUS; cpu++)
			assert_true(cpu == turn.cpu || !left[cpu] ||
				    merge_heap_until(&heap, UINT64_MAX) <= at_ns[cpu]);
		before = turn;
		at_ns[turn.cpu] += step();
		if (--left[turn.cpu])
			merge_heap_delay(&heap, at_ns[turn.cpu]);
		else
			merge_heap_pop(&heap);
	}
	assert_int_equal(turns, CPUS * EVENTS);
	merge_heap_free(&heap);
}

static void a_limit_ends_a_turn_when_nobody_else_does(void **state)
{
	struct merge_heap heap;

	(void)state;
	assert_int_equal(merge_heap_init(&heap, CPUS), 0);
	merge_heap_push(&heap, 5, 1);
	assert_int_equal(merge_heap_until(&heap, 9), 9);
	merge_heap_push(&heap, 7, 0);
	assert_int_equal(merge_heap_until(&heap, 9), 7);
	assert_int_equal(merge_heap_until(&heap, 6), 6);
	merge_heap_free(&heap);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_cpu_has_its_turn_in_time_and_the_lower_number_first),
		cmocka_unit_test(a_limit_ends_a_turn_when_nobody_else_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
