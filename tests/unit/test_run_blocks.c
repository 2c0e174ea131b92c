/* SPDX-License-Identifier: Apache-2.0 */
/* Runs side by side, and their sums by name and block of time. */
#include "unit.h"

#include "base/string_pool.h"
#include "cdict_sample.h"
#include "chart/run_blocks.h"

#define MS ((uint64_t)1000000)
#define BUCKET (10 * MS) /* as the sample's header has it */

/* A file, its view, and what is folded from it. */
struct runs {
	struct sample_file files[2];
	struct view *views[2];
	struct view_runs aligned;
	struct exit_kinds kinds;
	struct run_blocks blocks[2];
};

static void push_task(struct sample_file *file, struct string_pool *strings, uint64_t task,
		      const char *comm, const char *kind)
{
	struct sample_rows rows;

	sample_rows_init(&rows, CAPTURE_TASKS, strings);
	sample_rows_add(&rows);
	sample_rows_set(&rows, TASKS_TASK, task);
	sample_rows_set(&rows, TASKS_TID, 100 + task);
	sample_rows_set_text(&rows, TASKS_COMM, comm);
	sample_rows_set_text(&rows, TASKS_KIND, kind);
	assert_int_equal(sample_rows_push(&rows, file->sink), 0);
}

static void push_sample(struct sample_file *file, struct string_pool *strings, uint64_t bucket_ns,
			uint64_t bucket, uint64_t task, uint64_t run_ns, uint64_t switches)
{
	struct sample_rows rows;

	sample_rows_init(&rows, CAPTURE_SAMPLES, strings);
	rows.bucket_ns = bucket_ns;
	sample_rows_add(&rows);
	sample_rows_set(&rows, SAMPLES_BUCKET, bucket);
	sample_rows_set(&rows, SAMPLES_TASK, task);
	sample_rows_set(&rows, SAMPLES_CPU, 0);
	sample_rows_set(&rows, SAMPLES_RUN_NS, run_ns);
	sample_rows_set(&rows, SAMPLES_SWITCHES, switches);
	assert_int_equal(sample_rows_push(&rows, file->sink), 0);
}

static void push_loss(struct sample_file *file, struct string_pool *strings, uint64_t at_ns,
		      uint64_t count)
{
	struct sample_rows rows;

	sample_rows_init(&rows, CAPTURE_LOSSES, strings);
	sample_rows_add(&rows);
	sample_rows_set(&rows, LOSSES_AT_NS, at_ns);
	sample_rows_set_text(&rows, LOSSES_CAUSE, "ring_full");
	sample_rows_set(&rows, LOSSES_COUNT, count);
	assert_int_equal(sample_rows_push(&rows, file->sink), 0);
}

static void end(struct sample_file *file, uint64_t duration_ns)
{
	const struct capture_end capture_end = { .duration_ns = duration_ns, .cause = "duration" };

	assert_int_equal(file->sink->end(file->sink, &capture_end), 0);
	assert_int_equal(cdict_close(file->writer), 0);
}

static struct runs *runs_new(struct string_pool **strings)
{
	struct runs *runs = calloc(1, sizeof(*runs));

	for (int run = 0; run < 2; run++)
		sample_file_create(&runs->files[run]);
	*strings = string_pool_new();
	return runs;
}

static void read_all(struct runs *runs, uint64_t from_ns)
{
	const struct view_options options = { .from_ns = from_ns, .cap_ns = CAPTURE_NIL };
	char message[CDICT_MESSAGE_BYTES];

	for (int run = 0; run < 2; run++)
		assert_int_equal(
			view_open(runs->files[run].path, &options, &runs->views[run], message), 0);
	assert_int_equal(view_runs_align(&runs->aligned, runs->views, 2), 0);
	for (size_t run = 0; run < 2; run++) {
		assert_int_equal(
			run_blocks_init(&runs->blocks[run], &runs->aligned, run, &runs->kinds), 0);
		assert_int_equal(view_read(runs->views[run], RUN_BLOCKS_TABLES,
					   &runs->blocks[run].sink, message),
				 0);
		assert_int_equal(run_blocks_finish(&runs->blocks[run]), 0);
	}
}

static void runs_free(struct runs *runs, struct string_pool *strings)
{
	for (int run = 0; run < 2; run++) {
		run_blocks_free(&runs->blocks[run]);
		view_free(runs->views[run]);
		sample_file_free(&runs->files[run]);
	}
	exit_kinds_free(&runs->kinds);
	view_runs_free(&runs->aligned);
	string_pool_free(strings);
	free(runs);
}

static const struct view_runs_name *find(const struct view_runs *runs, const char *name,
					 size_t *place)
{
	for (*place = 0; *place < runs->name_count; ++*place)
		if (strcmp(runs->names[*place].name, name) == 0)
			return &runs->names[*place];
	return NULL;
}

static void tasks_of_one_name_are_one_and_those_of_one_run_stay_visible(void **state)
{
	struct string_pool *strings;
	struct runs *runs = runs_new(&strings);
	const struct view_runs_name *name;
	size_t twins, place;

	(void)state;
	push_task(&runs->files[0], strings, 0, "swapper/0", "idle");
	push_task(&runs->files[0], strings, 1, "twin", "task");
	push_task(&runs->files[0], strings, 2, "twin", "task");
	push_task(&runs->files[0], strings, 3, "before", "task");
	push_sample(&runs->files[0], strings, BUCKET, 0, 0, 5, 1);
	push_sample(&runs->files[0], strings, BUCKET, 0, 1, 10, 1);
	push_sample(&runs->files[0], strings, BUCKET, 0, 2, 20, 2);
	push_task(&runs->files[1], strings, 0, "after", "task");
	push_task(&runs->files[1], strings, 1, "twin", "task");
	push_sample(&runs->files[1], strings, BUCKET, 0, 1, 40, 1);
	end(&runs->files[0], 20 * MS);
	end(&runs->files[1], 20 * MS);
	read_all(runs, 0);

	name = find(&runs->aligned, "twin", &twins);
	assert_int_equal(name->tasks[0], 2);
	assert_int_equal(name->tasks[1], 1);
	assert_int_equal(find(&runs->aligned, "before", &place)->tasks[1], 0);
	assert_int_equal(find(&runs->aligned, "after", &place)->tasks[0], 0);
	assert_int_equal(runs->blocks[0].names[twins]->sums[RUN_BLOCKS_RUN_NS][0], 30);
	assert_int_equal(runs->blocks[0].names[twins]->sums[RUN_BLOCKS_SWITCHES][0], 3);
	assert_int_equal(runs->blocks[1].names[twins]->sums[RUN_BLOCKS_RUN_NS][0], 40);
	/* all together, but for idle */
	place = run_blocks_all(&runs->blocks[0]);
	assert_int_equal(runs->blocks[0].names[place]->sums[RUN_BLOCKS_RUN_NS][0], 30);
	/* what no row tells is not known */
	assert_false(runs->blocks[0].names[twins]->known >> RUN_BLOCKS_WAIT_NS & 1);
	runs_free(runs, strings);
}

static void a_long_run_has_as_many_blocks_as_a_short_one(void **state)
{
	const uint64_t buckets[2] = { 64, 6401 };
	struct string_pool *strings;
	struct runs *runs = runs_new(&strings);

	(void)state;
	for (int run = 0; run < 2; run++) {
		push_task(&runs->files[run], strings, 0, "ticker", "task");
		for (uint64_t bucket = 0; bucket < buckets[run]; bucket++)
			push_sample(&runs->files[run], strings, BUCKET, bucket, 0, bucket, 1);
		end(&runs->files[run], buckets[run] * BUCKET);
	}
	read_all(runs, 0);
	for (int run = 0; run < 2; run++) {
		const struct run_blocks *blocks = &runs->blocks[run];
		uint64_t run_ns = 0, covered_ns = 0, used = 0;

		for (size_t block = 0; block < RUN_BLOCKS_MAX; block++) {
			uint64_t switches = blocks->names[0]->sums[RUN_BLOCKS_SWITCHES][block];

			run_ns += blocks->names[0]->sums[RUN_BLOCKS_RUN_NS][block];
			covered_ns += blocks->covered_ns[block];
			used += blocks->covered_ns[block] > 0;
			/* each bucket lies in the block whose time counts it */
			assert_int_equal(switches * BUCKET, blocks->covered_ns[block]);
		}
		assert_int_equal(run_ns, buckets[run] * (buckets[run] - 1) / 2);
		assert_int_equal(covered_ns, buckets[run] * BUCKET);
		assert_in_range(used, RUN_BLOCKS_MAX / 2 + 1, RUN_BLOCKS_MAX);
	}
	runs_free(runs, strings);
}

static void buckets_that_become_longer_and_a_window_keep_the_grid(void **state)
{
	struct string_pool *strings;
	struct runs *runs = runs_new(&strings);

	(void)state;
	for (int run = 0; run < 2; run++) {
		push_task(&runs->files[run], strings, 0, "ticker", "task");
		for (uint64_t bucket = 0; bucket < 40; bucket++)
			push_sample(&runs->files[run], strings, BUCKET, bucket, 0, 10, 1);
		for (uint64_t bucket = 5; bucket < 20; bucket++)
			push_sample(&runs->files[run], strings, 8 * BUCKET, bucket, 0, 80, 8);
		end(&runs->files[run], 160 * BUCKET);
	}
	read_all(runs, 5 * BUCKET - 1);
	assert_int_equal(runs->blocks[0].origin_ns, 5 * BUCKET);
	assert_int_equal(runs->blocks[0].block_ns, 8 * BUCKET);
	/* a block of 8 buckets; the long buckets count where they begin */
	for (size_t block = 0; block < 19; block++)
		assert_int_equal(runs->blocks[0].names[0]->sums[RUN_BLOCKS_SWITCHES][block],
				 block == 4 ? 3 + 8 : 8);
	runs_free(runs, strings);
}

static void blocks_in_which_data_was_lost_are_not_covered(void **state)
{
	struct string_pool *strings;
	struct runs *runs = runs_new(&strings);

	(void)state;
	for (int run = 0; run < 2; run++) {
		push_task(&runs->files[run], strings, 0, "ticker", "task");
		for (uint64_t bucket = 0; bucket < 50; bucket++)
			push_sample(&runs->files[run], strings, BUCKET, bucket, 0, 10, 1);
		push_loss(&runs->files[run], strings, 20 * BUCKET, 0);
		push_loss(&runs->files[run], strings, 30 * BUCKET, run);
		push_loss(&runs->files[run], strings, 50 * BUCKET, run);
		end(&runs->files[run], 50 * BUCKET);
	}
	read_all(runs, 0);
	for (size_t block = 0; block < 50; block++) {
		bool lossy = block >= 20 && block < 30;

		assert_int_equal(runs->blocks[0].covered_ns[block], BUCKET);
		assert_int_equal(runs->blocks[1].covered_ns[block], lossy ? 0 : BUCKET);
	}
	assert_int_equal(runs->blocks[1].covered_ns[50], 0);
	runs_free(runs, strings);
}

static void blocks_reach_the_end_of_a_run_whose_rows_end_early(void **state)
{
	struct string_pool *strings;
	struct runs *runs = runs_new(&strings);

	(void)state;
	for (int run = 0; run < 2; run++) {
		push_task(&runs->files[run], strings, 0, "early", "task");
		push_sample(&runs->files[run], strings, BUCKET, 0, 0, 10, 1);
		if (run)
			push_sample(&runs->files[run], strings, BUCKET, 70, 0, 10, 1);
		end(&runs->files[run], 300 * BUCKET);
	}
	read_all(runs, 0);
	for (int run = 0; run < 2; run++) {
		uint64_t covered_ns = 0;

		for (size_t block = 0; block < RUN_BLOCKS_MAX; block++)
			covered_ns += runs->blocks[run].covered_ns[block];
		assert_int_equal(covered_ns, 300 * BUCKET);
		assert_int_equal(runs->blocks[run].block_ns, 8 * BUCKET);
	}
	runs_free(runs, strings);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tasks_of_one_name_are_one_and_those_of_one_run_stay_visible),
		cmocka_unit_test(a_long_run_has_as_many_blocks_as_a_short_one),
		cmocka_unit_test(buckets_that_become_longer_and_a_window_keep_the_grid),
		cmocka_unit_test(blocks_in_which_data_was_lost_are_not_covered),
		cmocka_unit_test(blocks_reach_the_end_of_a_run_whose_rows_end_early),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
