/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "chart/raster.h"
#include "chart/raster_sort.h"

#include <errno.h>

#define INNER_BITS 9
#define PLENTY 100000

/* xorshift64*: the same numbers on every machine. */
static uint64_t next_random(uint64_t *state, uint64_t below)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return (*state * 0x2545F4914F6CDD1DULL >> 20) % below;
}

static void assert_sorted_once(const struct raster *raster)
{
	for (size_t i = 1; i < raster->count; i++)
		assert_true(raster->items[i - 1].key < raster->items[i].key);
}

static uint64_t total(const struct raster *raster, int value)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < raster->count; i++)
		sum += raster->items[i].values[value];
	return sum;
}

static uint64_t at(const struct raster *raster, uint64_t group, uint64_t column, uint64_t inner)
{
	for (size_t i = 0; i < raster->count; i++)
		if (raster_group(raster, &raster->items[i]) == group &&
		    raster_column(raster, &raster->items[i]) == column &&
		    raster_inner(raster, &raster->items[i]) == inner)
			return raster->items[i].values[0];
	return 0;
}

static void only_groups_with_many_cells_become_coarser(void **state)
{
	enum { COLUMNS = 4096, QUIET = 7, FIRST = 3 };
	struct raster raster;
	uint64_t random = 5;
	uint64_t sum = 0;

	(void)state;
	raster_init(&raster, 2000, INNER_BITS);
	raster.by_group = true;
	assert_int_equal(raster_widen(&raster, 10, FIRST * 10), 0);
	for (uint64_t column = FIRST; column < COLUMNS; column++)
		for (uint64_t group = 1; group <= 3; group++) {
			uint64_t value = 1 + next_random(&random, 100);
			uint64_t inner = next_random(&random, 4);

			assert_int_equal(raster_add(&raster, group, column * 10, inner, value, 1),
					 0);
			sum += value;
		}
	for (uint64_t i = 0; i < QUIET; i++)
		assert_int_equal(raster_add(&raster, 9, (501 + i * 500) * 10, 1, 1, 1), 0);
	assert_int_equal(raster_finish(&raster), 0);
	assert_sorted_once(&raster);
	assert_true(raster.count <= 2000);
	assert_true(raster.count > 500);
	assert_int_equal(total(&raster, 0), sum + QUIET);
	assert_int_equal(raster.column_ns, 10);
	assert_int_equal(raster_shift(&raster, 9), 0);
	for (uint64_t i = 0; i < QUIET; i++)
		assert_int_equal(at(&raster, 9, 501 + i * 500 - FIRST, 1), 1);
	for (uint64_t group = 1; group <= 3; group++)
		assert_true(raster_shift(&raster, group) > 0);
	for (size_t i = 0; i < raster.count; i++) {
		uint64_t column = raster_column(&raster, &raster.items[i]);
		unsigned int shift = raster_shift(&raster, raster_group(&raster, &raster.items[i]));

		assert_true(column == 0 || (column + FIRST) % (1u << shift) == 0);
	}
	raster_free(&raster);
}

static void sorting_gives_the_order_of_the_keys(void **state)
{
	enum { COUNT = 5000 };
	struct raster_cell *items = calloc(COUNT, sizeof(*items));
	struct raster_cell *scratch = calloc(COUNT, sizeof(*items));
	uint64_t random = 1;

	(void)state;
	for (int bits = 1; bits <= 64; bits += 7) {
		for (size_t i = 0; i < COUNT; i++) {
			uint64_t high = next_random(&random, 1u << 31);

			items[i].key = (high << 33 ^ next_random(&random, 1u << 31)) >> (64 - bits);
			items[i].values[0] = items[i].key;
		}
		raster_sort(items, COUNT, scratch, 0);
		for (size_t i = 1; i < COUNT; i++)
			assert_true(items[i - 1].key <= items[i].key);
		for (size_t i = 0; i < COUNT; i++)
			assert_true(items[i].key == items[i].values[0]);
	}
	raster_sort(items, 0, scratch, 0);
	free(items);
	free(scratch);
}

enum { MIXED_ROWS = 24000 };

/* Rows of some groups into a raster with too little room, in the order of time or mixed up. */
static void fill_mixed(struct raster *raster, size_t budget, bool by_group, bool mixed)
{
	enum { ROWS = MIXED_ROWS, STRIDE = 2477 }; /* no common divisor: each row once */

	raster_init(raster, budget, INNER_BITS);
	raster->by_group = by_group;
	assert_int_equal(raster_widen(raster, 10, 30), 0);
	for (uint64_t i = 0; i < ROWS; i++) {
		uint64_t row = mixed ? i * STRIDE % ROWS : i;
		uint64_t random = row + 1;
		uint64_t group = 1 + next_random(&random, 3);

		/* a bucket's rows may be of any order, and of one cell; columns hold few or many */
		assert_int_equal(raster_add(raster, group, (row / 150 + 3) * 10,
					    next_random(&random, group * 150), row, 1),
				 0);
	}
	assert_int_equal(raster_finish(raster), 0);
	assert_sorted_once(raster);
	assert_int_equal(total(raster, 0), (uint64_t)ROWS * (ROWS - 1) / 2);
}

/* What was foreseen of each group before its columns became wider. */
static void assert_cells_are_counted(const struct raster *raster)
{
	size_t end = 0;

	for (size_t i = 0; i < raster->step_count; i++) {
		size_t begin = end;

		while (end < raster->count &&
		       raster_group(raster, &raster->items[end]) == raster->steps[i].group)
			end++;
		assert_int_equal(raster->steps[i].cells, end - begin);
	}
	assert_true(raster->step_count == 0 || end == raster->count);
}

static void compare_orders(size_t budget, bool by_group)
{
	struct raster straight;
	struct raster mixed;

	fill_mixed(&straight, budget, by_group, false);
	fill_mixed(&mixed, budget, by_group, true);
	assert_true(straight.count <= budget && mixed.count <= budget);
	assert_int_equal(straight.count, mixed.count);
	assert_memory_equal(straight.items, mixed.items, straight.count * sizeof(*straight.items));
	assert_cells_are_counted(&straight);
	raster_free(&straight);
	raster_free(&mixed);
}

static void the_order_of_rows_does_not_matter(void **state)
{
	(void)state;
	for (size_t budget = 1000; budget < MIXED_ROWS; budget += budget / 2)
		compare_orders(budget, false);
	/* of groups, once all rows are there: before that, those that came first become wider */
	for (size_t budget = MIXED_ROWS * 2 / 3; budget < MIXED_ROWS * 3 / 4; budget += 500)
		compare_orders(budget, true);
}

static void partial_rows_add_up(void **state)
{
	struct raster raster;

	(void)state;
	raster_init(&raster, PLENTY, INNER_BITS);
	assert_int_equal(raster_widen(&raster, 10, 0), 0);
	assert_int_equal(raster_add(&raster, 3, 20, 7, 5, 1), 0);
	assert_int_equal(raster_add(&raster, 1, 20, 7, 2, 1), 0);
	assert_int_equal(raster_add(&raster, 3, 20, 7, 6, 2), 0);
	assert_int_equal(raster_finish(&raster), 0);
	assert_int_equal(raster.count, 2);
	assert_int_equal(at(&raster, 3, 2, 7), 11);
	assert_int_equal(raster.items[1].values[1], 3);
	assert_int_equal(raster.from_ns, 20);
	assert_int_equal(raster.to_ns, 30);
	assert_int_equal(raster.coarsened, 0);
	raster_free(&raster);
}

static void longer_buckets_bring_all_to_their_grid(void **state)
{
	struct raster raster;

	(void)state;
	raster_init(&raster, PLENTY, INNER_BITS);
	/* the window begins in the middle of a longer bucket: the grid still begins at zero */
	assert_int_equal(raster_widen(&raster, 10, 30), 0);
	assert_int_equal(raster_add(&raster, 0, 30, 1, 1, 0), 0);
	assert_int_equal(raster_add(&raster, 0, 40, 1, 2, 0), 0);
	assert_int_equal(raster_add(&raster, 0, 50, 1, 4, 0), 0);
	assert_int_equal(raster_widen(&raster, 40, 30), 0);
	assert_int_equal(raster_add(&raster, 0, 80, 1, 8, 0), 0);
	assert_int_equal(raster_widen(&raster, 10, 30), 0);
	assert_int_equal(raster_add(&raster, 0, 110, 1, 16, 0), 0);
	assert_int_equal(raster_finish(&raster), 0);
	assert_int_equal(raster.column_ns, 40);
	assert_int_equal(raster.bucket_ns, 40);
	assert_int_equal(at(&raster, 0, 0, 1), 1);
	assert_int_equal(at(&raster, 0, 1, 1), 2 + 4);
	assert_int_equal(at(&raster, 0, 2, 1), 8 + 16);
	assert_int_equal(raster_column_start_ns(&raster, 1), 40);
	assert_int_equal(raster.coarsened, 0);
	raster_free(&raster);
}

/* Every cell of a coarse raster is the sum of the cells that lie in it. */
static void a_budget_halves_time_and_drops_nothing(void **state)
{
	enum { ROWS = 30000, BUDGET = 500 };
	struct raster fine;
	struct raster coarse;
	uint64_t random = 7;

	(void)state;
	raster_init(&fine, PLENTY, INNER_BITS);
	raster_init(&coarse, BUDGET, INNER_BITS);
	for (uint64_t row = 0; row < ROWS; row++) {
		uint64_t start_ns = (row / 20 + 3) * 10;
		uint64_t group = next_random(&random, 5);
		uint64_t inner = next_random(&random, 6);
		uint64_t value = next_random(&random, 1000);

		assert_int_equal(raster_widen(&fine, 10, 30), 0);
		assert_int_equal(raster_widen(&coarse, 10, 30), 0);
		assert_int_equal(raster_add(&fine, group, start_ns, inner, value, 1), 0);
		assert_int_equal(raster_add(&coarse, group, start_ns, inner, value, 1), 0);
	}
	assert_int_equal(raster_finish(&fine), 0);
	assert_int_equal(raster_finish(&coarse), 0);
	assert_true(coarse.count <= BUDGET);
	assert_true(coarse.coarsened > 0);
	assert_int_equal(coarse.column_ns, (uint64_t)10 << coarse.coarsened);
	assert_sorted_once(&coarse);
	assert_int_equal(total(&coarse, 0), total(&fine, 0));
	assert_int_equal(total(&coarse, 1), ROWS);
	for (size_t i = 0; i < fine.count; i++) {
		struct raster_cell *cell = &fine.items[i];
		uint64_t start_ns = raster_column_start_ns(&fine, raster_column(&fine, cell));
		uint64_t column = start_ns / coarse.column_ns - coarse.first_column;
		uint64_t key = raster_group(&fine, cell) << (RASTER_COLUMN_BITS + INNER_BITS) |
			       column << INNER_BITS | raster_inner(&fine, cell);
		size_t j = 0;

		while (j < coarse.count && coarse.items[j].key != key)
			j++;
		assert_true(j < coarse.count);
		coarse.items[j].values[0] -= cell->values[0];
	}
	assert_int_equal(total(&coarse, 0), 0);
	raster_free(&fine);
	raster_free(&coarse);
}

static void a_capture_of_many_years_gets_wide_columns(void **state)
{
	const uint64_t far_ns = (uint64_t)1 << 60;
	struct raster raster;

	(void)state;
	raster_init(&raster, PLENTY, INNER_BITS);
	assert_int_equal(raster_widen(&raster, 1000, 0), 0);
	assert_int_equal(raster_add(&raster, 0, 0, 0, 1, 0), 0);
	assert_int_equal(raster_add(&raster, 0, far_ns, 0, 1, 0), 0);
	assert_int_equal(raster_finish(&raster), 0);
	assert_int_equal(raster.count, 2);
	assert_true(raster_column(&raster, &raster.items[1]) < RASTER_COLUMNS_MAX);
	assert_true(raster.coarsened > 0);
	raster_free(&raster);
}

/* There are more tasks and lengths than cells, as a page of many runs may have. */
static void what_is_beyond_any_budget_is_kept_and_not_sorted_for_each_cell(void **state)
{
	enum { BUDGET = 1000, GROUPS = 200000, BUCKETS = 3 };
	struct raster raster;

	(void)state;
	for (int by_group = 0; by_group < 2; by_group++) {
		raster_init(&raster, BUDGET, INNER_BITS);
		raster.by_group = by_group;
		assert_int_equal(raster_widen(&raster, 10, 0), 0);
		for (uint64_t bucket = 0; bucket < BUCKETS; bucket++)
			for (uint64_t group = 0; group < GROUPS; group++)
				assert_int_equal(raster_add(&raster, group, bucket * 10, 1, 1, 0),
						 0);
		assert_true(raster.limit > raster.budget + raster.budget / 2 + 1);
		assert_int_equal(raster_finish(&raster), 0);
		assert_sorted_once(&raster);
		assert_int_equal(raster.count, GROUPS);
		assert_int_equal(total(&raster, 0), GROUPS * BUCKETS);
		/* one column holds all: a wider one would only tell less */
		assert_int_equal(raster.column_ns, 40);
		raster_free(&raster);
	}
}

static void sums_stop_at_the_largest_number(void **state)
{
	struct raster raster;

	(void)state;
	raster_init(&raster, PLENTY, INNER_BITS);
	assert_int_equal(raster_widen(&raster, 10, 0), 0);
	assert_int_equal(raster_add(&raster, 0, 0, 0, UINT64_MAX - 1, 0), 0);
	assert_int_equal(raster_add(&raster, 0, 0, 0, 5, 0), 0);
	assert_int_equal(raster_finish(&raster), 0);
	assert_true(raster.items[0].values[0] == UINT64_MAX);
	raster_free(&raster);
}

static void what_no_capture_can_have_is_refused(void **state)
{
	struct raster raster;

	(void)state;
	raster_init(&raster, PLENTY, INNER_BITS);
	assert_int_equal(raster_widen(&raster, 0, 0), -EBADMSG);
	assert_int_equal(raster_widen(&raster, UINT64_MAX, 0), -EBADMSG);
	assert_int_equal(raster_widen(&raster, 10, 100), 0);
	assert_int_equal(raster_add(&raster, 0, 100, 1 << INNER_BITS, 1, 0), -ERANGE);
	assert_int_equal(raster_add(&raster, UINT64_MAX, 100, 0, 1, 0), -ERANGE);
	assert_int_equal(raster_add(&raster, 0, 90, 0, 1, 0), -ERANGE);
	assert_int_equal(raster_finish(&raster), 0);
	assert_int_equal(raster.count, 0);
	raster_free(&raster);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_groups_with_many_cells_become_coarser),
		cmocka_unit_test(sorting_gives_the_order_of_the_keys),
		cmocka_unit_test(the_order_of_rows_does_not_matter),
		cmocka_unit_test(partial_rows_add_up),
		cmocka_unit_test(longer_buckets_bring_all_to_their_grid),
		cmocka_unit_test(a_budget_halves_time_and_drops_nothing),
		cmocka_unit_test(a_capture_of_many_years_gets_wide_columns),
		cmocka_unit_test(what_is_beyond_any_budget_is_kept_and_not_sorted_for_each_cell),
		cmocka_unit_test(sums_stop_at_the_largest_number),
		cmocka_unit_test(what_no_capture_can_have_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
