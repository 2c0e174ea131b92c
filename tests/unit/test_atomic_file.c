/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "base/atomic_file.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/test_atomic_file.XXXXXX";
static char path[sizeof(folder) + 8];

static int make_folder(void **state)
{
	(void)state;
	strcpy(folder + sizeof(folder) - 7, "XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/out", folder);
	return 0;
}

static int remove_folder(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(folder);
}

static void assert_holds(const char *wanted)
{
	char text[64] = "";
	FILE *file = fopen(path, "r");

	assert_non_null(file);
	assert_true(fread(text, 1, sizeof(text) - 1, file) > 0);
	fclose(file);
	assert_string_equal(text, wanted);
}

static int entries(void)
{
	DIR *directory = opendir(folder);
	int count = 0;

	while (readdir(directory))
		count++;
	closedir(directory);
	return count - 2;
}

static void put(const char *text)
{
	struct atomic_file atomic;

	assert_int_equal(atomic_file_begin(&atomic, path), 0);
	fputs(text, atomic.file);
	assert_int_equal(atomic_file_commit(&atomic), 0);
}

static void a_committed_file_is_in_place_alone(void **state)
{
	(void)state;
	put("one");
	put("two");
	assert_holds("two");
	assert_int_equal(entries(), 1);
}

static void an_aborted_file_leaves_what_was_there(void **state)
{
	struct atomic_file atomic;

	(void)state;
	put("one");
	assert_int_equal(atomic_file_begin(&atomic, path), 0);
	fputs("half of", atomic.file);
	fflush(atomic.file);
	assert_holds("one");
	atomic_file_abort(&atomic);
	atomic_file_abort(&atomic);
	assert_holds("one");
	assert_int_equal(entries(), 1);
}

static void a_new_file_has_the_rights_that_open_would_give(void **state)
{
	mode_t before = umask(027);
	struct stat status;

	(void)state;
	put("x");
	umask(before);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0640);
}

static void what_is_no_regular_file_is_not_replaced(void **state)
{
	struct atomic_file atomic;

	(void)state;
	assert_int_equal(atomic_file_begin(&atomic, "/dev/null"), -EEXIST);
	assert_int_equal(atomic_file_begin(&atomic, folder), -EEXIST);
	assert_int_equal(atomic_file_begin(&atomic, "/nowhere/at/all"), -ENOENT);
	atomic_file_abort(&atomic);
}

int main(void)
{
#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)
	const struct CMUnitTest tests[] = {
		IN_FOLDER(a_committed_file_is_in_place_alone),
		IN_FOLDER(an_aborted_file_leaves_what_was_there),
		IN_FOLDER(a_new_file_has_the_rights_that_open_would_give),
		IN_FOLDER(what_is_no_regular_file_is_not_replaced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
