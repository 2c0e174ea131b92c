/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "base/string_pool.h"
#include "batch.h"
#include "chart/loss_stats.h"
#include "report/loss_text.h"

static void fold(struct loss_stats *stats, uint64_t at_ns, const char *cause, uint64_t count)
{
	struct string_pool *strings = string_pool_new();
	const uint64_t row[LOSSES_COLUMNS] = { at_ns, string_pool_add(strings, cause), count,
					       2 * count, 10 * count };

	assert_int_equal(batch_push(&stats->sink, CAPTURE_LOSSES, 0, 0, strings, row, 1), 0);
	string_pool_free(strings);
}

static void cumulated_rows_replace_each_other(void **state)
{
	struct loss_stats stats;

	(void)state;
	loss_stats_init(&stats, 0);
	fold(&stats, 1000, "ring_full", 3);
	fold(&stats, 2000, "ring_full", 5);
	assert_int_equal(loss_stats_of(&stats, LOSS_RING_FULL).count, 5);
	assert_int_equal(loss_stats_of(&stats, LOSS_RING_FULL).switches, 10);
	assert_int_equal(loss_stats_of(&stats, LOSS_RING_FULL).run_ns, 50);
	assert_int_equal(loss_stats_of(&stats, LOSS_LATE).count, 0);
}

static void fold_count(struct loss_stats *stats, uint64_t at_ns, uint64_t count)
{
	struct string_pool *strings = string_pool_new();
	const uint64_t row[LOSSES_COLUMNS] = { at_ns, string_pool_add(strings, "lost_in_source"),
					       count, CAPTURE_NIL, CAPTURE_NIL };

	assert_int_equal(batch_push(&stats->sink, CAPTURE_LOSSES, 0, 0, strings, row, 1), 0);
	string_pool_free(strings);
}

static void what_is_not_known_is_not_0(void **state)
{
	char text[LOSS_TEXT_BYTES];
	struct loss_stats stats;
	struct loss_stats_row lost;

	(void)state;
	loss_stats_init(&stats, 1500);
	fold_count(&stats, 1000, 2);
	assert_false(loss_stats_any_serious(&stats));
	fold_count(&stats, 2000, 9);
	assert_true(loss_stats_any_serious(&stats));
	lost = loss_stats_of(&stats, LOSS_IMPORT);
	assert_int_equal(lost.count, 7);
	assert_int_equal(lost.switches, CAPTURE_NIL);
	assert_int_equal(lost.run_ns, CAPTURE_NIL);
	loss_text(&lost, 3, text, sizeof(text));
	assert_string_equal(text, "  7 times");
	lost = (struct loss_stats_row){ 7, 0, 1500000 };
	loss_text(&lost, 0, text, sizeof(text));
	assert_string_equal(text, "7 times, 0 switches, 1.500 ms of run time");
}

static void what_was_lost_before_the_window_is_not_of_it(void **state)
{
	struct loss_stats stats;

	(void)state;
	loss_stats_init(&stats, 1500);
	fold(&stats, 1000, "ring_full", 3);
	assert_false(loss_stats_any_serious(&stats));
	fold(&stats, 2000, "ring_full", 5);
	assert_int_equal(loss_stats_of(&stats, LOSS_RING_FULL).count, 2);
	assert_true(loss_stats_any_serious(&stats));
}

static void harmless_causes_are_not_serious(void **state)
{
	struct loss_stats stats;

	(void)state;
	loss_stats_init(&stats, 0);
	fold(&stats, 1000, "late", 3);
	fold(&stats, 1000, "reordered", 3);
	fold(&stats, 1000, "missed_switch", 3);
	assert_false(loss_stats_any_serious(&stats));
	assert_int_equal(loss_stats_of(&stats, LOSS_LATE).count, 3);
}

static void a_cause_of_a_later_version_does_no_harm(void **state)
{
	struct loss_stats stats;

	(void)state;
	loss_stats_init(&stats, 0);
	fold(&stats, 1000, "cosmic_rays", 3);
	assert_false(loss_stats_any_serious(&stats));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cumulated_rows_replace_each_other),
		cmocka_unit_test(what_is_not_known_is_not_0),
		cmocka_unit_test(what_was_lost_before_the_window_is_not_of_it),
		cmocka_unit_test(harmless_causes_are_not_serious),
		cmocka_unit_test(a_cause_of_a_later_version_does_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
