/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "series.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct place {
	char folder[64];
	char path[96];
	struct series series;
};

static struct place *begin(const char *file, uint32_t keep)
{
	struct place *place = calloc(1, sizeof(*place));

	assert_non_null(place);
	strcpy(place->folder, "/tmp/pftrace-series-XXXXXX");
	assert_non_null(mkdtemp(place->folder));
	snprintf(place->path, sizeof(place->path), "%s/%s", place->folder, file);
	assert_int_equal(series_open(&place->series, place->path, place->path, keep), 0);
	return place;
}

static char *in(const struct place *place, const char *name)
{
	static char path[160];

	snprintf(path, sizeof(path), "%s/%s", place->folder, name);
	return path;
}

static void make(const char *path)
{
	int fd = open(path, O_CREAT | O_WRONLY, 0600);

	assert_true(fd >= 0);
	close(fd);
}

static bool is_there(const char *path)
{
	return access(path, F_OK) == 0;
}

static void finish(struct place *place)
{
	char command[128];

	series_close(&place->series);
	snprintf(command, sizeof(command), "rm -r %s", place->folder);
	assert_int_equal(system(command), 0);
	free(place);
}

/* Makes the next file as a recording does; the name for people is returned, to be freed. */
static char *next_file(struct place *place)
{
	struct series_name name = { 0 };
	char *shown;

	assert_int_equal(series_next(&place->series, &name), 0);
	make(name.path);
	assert_int_equal(series_finished(&place->series, &name), 0);
	shown = strdup(name.shown);
	series_name_free(&name);
	return shown;
}

static void expect_next(struct place *place, const char *ending)
{
	char *shown = next_file(place);

	assert_string_equal(shown, in(place, ending));
	free(shown);
}

static void numbers_stand_before_the_ending_of_a_cdict(void **state)
{
	struct place *place = begin("run.cdict", 0);

	(void)state;
	expect_next(place, "run.0001.cdict");
	expect_next(place, "run.0002.cdict");
	finish(place);
}

static void a_name_without_that_ending_gets_it(void **state)
{
	struct place *place = begin("run.2026", 0);

	(void)state;
	expect_next(place, "run.2026.0001.cdict");
	finish(place);
}

static void numbers_go_on_behind_those_that_are_there(void **state)
{
	struct place *place = begin("run.cdict", 0);

	(void)state;
	make(in(place, "run.0003.cdict"));
	make(in(place, "run.0017.cdict.part"));
	make(in(place, "run.99.txt"));
	make(in(place, "runs.0099.cdict"));
	series_close(&place->series);
	assert_int_equal(series_open(&place->series, place->path, place->path, 0), 0);
	expect_next(place, "run.0018.cdict");
	finish(place);
}

static void a_number_that_somebody_took_meanwhile_is_passed_over(void **state)
{
	struct place *place = begin("run.cdict", 0);

	(void)state;
	make(in(place, "run.0001.cdict"));
	make(in(place, "run.0002.cdict.part"));
	expect_next(place, "run.0003.cdict");
	finish(place);
}

static void all_but_the_last_that_are_to_be_kept_go(void **state)
{
	struct place *place = begin("run.cdict", 2);

	(void)state;
	for (int i = 0; i < 4; i++)
		free(next_file(place));
	assert_false(is_there(in(place, "run.0001.cdict")));
	assert_false(is_there(in(place, "run.0002.cdict")));
	assert_true(is_there(in(place, "run.0003.cdict")));
	assert_true(is_there(in(place, "run.0004.cdict")));
	assert_int_equal(place->series.finished, 4);
	finish(place);
}

static void what_others_wrote_stays(void **state)
{
	struct place *place = begin("run.cdict", 1);
	char mine[160];

	(void)state;
	make(in(place, "run.0000.cdict"));
	free(next_file(place));
	snprintf(mine, sizeof(mine), "%s", in(place, "mine"));
	make(mine);
	assert_int_equal(rename(mine, in(place, "run.0001.cdict")), 0);
	free(next_file(place));
	assert_true(is_there(in(place, "run.0000.cdict")));
	assert_true(is_there(in(place, "run.0001.cdict")));
	finish(place);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_stand_before_the_ending_of_a_cdict),
		cmocka_unit_test(a_name_without_that_ending_gets_it),
		cmocka_unit_test(numbers_go_on_behind_those_that_are_there),
		cmocka_unit_test(a_number_that_somebody_took_meanwhile_is_passed_over),
		cmocka_unit_test(all_but_the_last_that_are_to_be_kept_go),
		cmocka_unit_test(what_others_wrote_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
