/* SPDX-License-Identifier: Apache-2.0 */
/* What a file of a capture may take the place of, and what may happen to it meanwhile. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cdict/cdict_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static int enter_folder(void **state)
{
	static char folder[] = "/tmp/pftrace-unit-XXXXXX";

	*state = folder;
	return mkdtemp(folder) ? chdir(folder) : -1;
}

static int leave_folder(void **state)
{
	return chdir("/") || rmdir(*state);
}

static void make(const char *name)
{
	int fd = open(name, O_CREAT | O_WRONLY, 0644);

	assert_true(fd >= 0);
	close(fd);
}

static void assert_refused(const char *path, int error)
{
	struct cdict_file file;

	assert_int_equal(cdict_file_create(&file, path, 1), error);
	assert_int_not_equal(access("a.part", F_OK), 0);
}

static void a_folder_is_not_replaced(void **state)
{
	(void)state;
	assert_int_equal(mkdir("a", 0755), 0);
	assert_refused("a", -EISDIR);
	assert_refused("a/", -EISDIR);
	assert_int_equal(rmdir("a"), 0);
}

static void a_pipe_is_not_replaced(void **state)
{
	(void)state;
	assert_int_equal(mkfifo("a", 0644), 0);
	assert_refused("a", -ENOTSUP);
	assert_int_equal(unlink("a"), 0);
}

static void a_link_to_a_descriptor_is_not_replaced(void **state)
{
	(void)state;
	assert_int_equal(symlink("/proc/self/fd/1", "a"), 0);
	assert_int_equal(symlink("a", "b"), 0);
	assert_refused("a", -ENOTSUP);
	assert_refused("b", -ENOTSUP);
	assert_int_equal(unlink("a"), 0);
	assert_int_equal(unlink("b"), 0);
}

static void an_older_file_is_replaced(void **state)
{
	struct cdict_file file;
	struct stat status;

	(void)state;
	make("a");
	assert_int_equal(cdict_file_create(&file, "a", 1), 0);
	assert_int_equal(cdict_file_append_last(&file, "new", 3), 0);
	assert_int_equal(cdict_file_finish(&file), 0);
	assert_int_equal(stat("a", &status), 0);
	assert_int_equal(status.st_size, 3);
	assert_int_equal(unlink("a"), 0);
}

static void a_part_that_was_removed_is_said(void **state)
{
	struct cdict_file file;

	(void)state;
	assert_int_equal(cdict_file_create(&file, "a", 1), 0);
	assert_int_equal(unlink("a.part"), 0);
	assert_int_equal(cdict_file_finish(&file), -ESTALE);
	assert_int_not_equal(access("a", F_OK), 0);
}

static void a_part_of_somebody_else_is_left_alone(void **state)
{
	struct cdict_file file;

	(void)state;
	assert_int_equal(cdict_file_create(&file, "a", 1), 0);
	assert_int_equal(unlink("a.part"), 0);
	make("a.part");
	assert_int_equal(cdict_file_finish(&file), -ESTALE);
	assert_int_not_equal(access("a", F_OK), 0);
	assert_int_equal(unlink("a.part"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_folder_is_not_replaced),
		cmocka_unit_test(a_pipe_is_not_replaced),
		cmocka_unit_test(a_link_to_a_descriptor_is_not_replaced),
		cmocka_unit_test(an_older_file_is_replaced),
		cmocka_unit_test(a_part_that_was_removed_is_said),
		cmocka_unit_test(a_part_of_somebody_else_is_left_alone),
	};

	return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
