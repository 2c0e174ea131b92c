/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "out_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[PATH_MAX];

static int set_up(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/pftrace-unit-XXXXXX");
	if (!mkdtemp(folder) || chdir(folder) || mkdir("real", 0755) || mkdir("shared", 0755) ||
	    chmod("shared", 01777) || mkdir("shared/real", 0755))
		return -1;
	return 0;
}

static int tear_down(void **state)
{
	char command[PATH_MAX + 16];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	return chdir("/") || system(command);
}

/* Writes a file by the path that is given for this one; the error of finding its folder. */
static int try_path(const char *path)
{
	char *fixed;
	int fd, file;
	int error = out_folder_open(path, &fd, &fixed);

	if (error) {
		assert_null(fixed);
		assert_int_equal(fd, -1);
		return error;
	}
	file = open(fixed, O_CREAT | O_EXCL | O_WRONLY, 0644);
	assert_true(file >= 0);
	close(file);
	close(fd);
	free(fixed);
	return 0;
}

static void assert_is_there(const char *path)
{
	assert_int_equal(access(path, F_OK), 0);
}

static void plain_paths_name_the_same_file(void **state)
{
	char absolute[2 * PATH_MAX];

	(void)state;
	assert_int_equal(try_path("one"), 0);
	assert_is_there("one");
	assert_int_equal(try_path("real/two"), 0);
	assert_is_there("real/two");
	assert_int_equal(try_path("./real//..//real/three"), 0);
	assert_is_there("real/three");
	snprintf(absolute, sizeof(absolute), "%s/real/four", folder);
	assert_int_equal(try_path(absolute), 0);
	assert_is_there("real/four");
}

static void links_in_folders_of_ones_own_are_followed(void **state)
{
	char absolute[2 * PATH_MAX];

	(void)state;
	snprintf(absolute, sizeof(absolute), "%s/real", folder);
	assert_int_equal(symlink("real", "relative"), 0);
	assert_int_equal(symlink(absolute, "absolute"), 0);
	assert_int_equal(symlink("relative/../absolute", "chain"), 0);
	assert_int_equal(try_path("relative/five"), 0);
	assert_int_equal(try_path("absolute/six"), 0);
	assert_int_equal(try_path("chain/seven"), 0);
	assert_is_there("real/five");
	assert_is_there("real/six");
	assert_is_there("real/seven");
}

static void links_of_others_in_shared_folders_are_not_followed(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip_without("only root can make a link of another user's");
	assert_int_equal(symlink("real", "shared/trap"), 0);
	assert_int_equal(try_path("shared/trap/mine"), 0); /* our own link */
	assert_int_equal(lchown("shared/trap", 65534, 65534), 0);
	assert_int_equal(try_path("shared/trap/eight"), -ELOOP);
	assert_int_equal(try_path("shared/real/../trap/eight"), -ELOOP);
	assert_int_equal(symlink("shared/trap", "detour"), 0);
	assert_int_equal(try_path("detour/eight"), -ELOOP);
	assert_int_not_equal(access("shared/real/eight", F_OK), 0);
	assert_int_equal(chmod("shared", 0777), 0); /* without the sticky bit there is no rule */
	assert_int_equal(try_path("shared/trap/eight"), 0);
	assert_int_equal(chmod("shared", 01777), 0);
	assert_int_equal(chown("shared", 65534, 65534), 0); /* of the folder's owner */
	assert_int_equal(try_path("shared/trap/nine"), 0);
}

static void endless_links_and_what_is_not_there_are_refused(void **state)
{
	char *long_path = calloc(1, 2 * PATH_MAX);

	(void)state;
	assert_int_equal(symlink("loop", "loop"), 0);
	assert_int_equal(try_path("loop/x"), -ELOOP);
	assert_int_equal(try_path("nowhere/x"), -ENOENT);
	assert_int_equal(try_path("one/x"), -ENOENT);
	close(open("file", O_CREAT | O_WRONLY, 0644));
	assert_int_equal(try_path("file/x"), -ENOTDIR);
	memset(long_path, 'a', 2 * PATH_MAX - 1);
	assert_int_equal(try_path(long_path), -ENAMETOOLONG);
	free(long_path);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(plain_paths_name_the_same_file),
		TEST(links_in_folders_of_ones_own_are_followed),
		TEST(links_of_others_in_shared_folders_are_not_followed),
		TEST(endless_links_and_what_is_not_there_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
