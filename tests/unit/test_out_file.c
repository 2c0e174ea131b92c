/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "base/out_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

struct folder {
	char path[64];
	char file[96];
};

static int make(void **state)
{
	struct folder *folder = calloc(1, sizeof(*folder));

	strcpy(folder->path, "/tmp/pftrace-out-XXXXXX");
	assert_non_null(mkdtemp(folder->path));
	snprintf(folder->file, sizeof(folder->file), "%s/result", folder->path);
	*state = folder;
	return 0;
}

static int drop(void **state)
{
	struct folder *folder = *state;

	unlink(folder->file);
	assert_int_equal(rmdir(folder->path), 0); /* nothing else is left */
	free(folder);
	return 0;
}

static size_t files_in(const struct folder *folder)
{
	DIR *directory = opendir(folder->path);
	size_t count = 0;

	for (struct dirent *entry; (entry = readdir(directory));)
		count += entry->d_name[0] != '.';
	closedir(directory);
	return count;
}

static void assert_holds(const struct folder *folder, const char *wanted)
{
	FILE *file = fopen(folder->file, "r");
	char text[64] = "";

	assert_non_null(file);
	fread(text, 1, sizeof(text) - 1, file);
	fclose(file);
	assert_string_equal(text, wanted);
}

static void a_file_appears_when_it_is_kept(void **state)
{
	const struct folder *folder = *state;
	struct out_file out;

	assert_int_equal(out_file_open(&out, folder->file), 0);
	fputs("one", out.stream);
	assert_int_equal(access(folder->file, F_OK), -1);
	assert_int_equal(out_file_keep(&out), 0);
	assert_holds(folder, "one");
	assert_int_equal(files_in(folder), 1);
	out_file_drop(&out);
	assert_holds(folder, "one");
}

static void a_file_that_is_dropped_leaves_the_older_one(void **state)
{
	const struct folder *folder = *state;
	struct out_file out;

	assert_int_equal(out_file_open(&out, folder->file), 0);
	fputs("older", out.stream);
	assert_int_equal(out_file_keep(&out), 0);
	assert_int_equal(out_file_open(&out, folder->file), 0);
	fputs("newer", out.stream);
	out_file_drop(&out);
	assert_holds(folder, "older");
	assert_int_equal(files_in(folder), 1);
}

static void an_older_file_is_replaced(void **state)
{
	const struct folder *folder = *state;
	struct out_file out;

	for (int i = 0; i < 2; i++) {
		assert_int_equal(out_file_open(&out, folder->file), 0);
		fprintf(out.stream, "number %d", i);
		assert_int_equal(out_file_keep(&out), 0);
	}
	assert_holds(folder, "number 1");
}

static void a_file_that_cannot_be_put_in_place_leaves_nothing(void **state)
{
	const struct folder *folder = *state;
	struct out_file out;

	assert_int_equal(out_file_open(&out, folder->file), 0);
	fputs("text", out.stream);
	assert_int_equal(mkdir(folder->file, 0700), 0); /* in the way */
	assert_int_equal(out_file_keep(&out), -EISDIR);
	assert_int_equal(files_in(folder), 1);
	assert_int_equal(rmdir(folder->file), 0);
}

static void others_may_read_it_as_umask_says(void **state)
{
	const struct folder *folder = *state;
	mode_t before = umask(027);
	struct out_file out;
	struct stat status;

	assert_int_equal(out_file_open(&out, folder->file), 0);
	assert_int_equal(out_file_keep(&out), 0);
	umask(before);
	assert_int_equal(stat(folder->file, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0640);
}

static void a_missing_folder_is_an_error(void **state)
{
	struct out_file out;

	(void)state;
	assert_int_equal(out_file_open(&out, "/nonexistent/folder/file"), -ENOENT);
	out_file_drop(&out);
}

static void a_device_is_written_as_it_is(void **state)
{
	struct out_file out;
	struct stat status;

	(void)state;
	assert_int_equal(out_file_open(&out, "/dev/full"), 0);
	fputs("text", out.stream);
	assert_int_equal(out_file_keep(&out), -ENOSPC);
	assert_int_equal(stat("/dev/full", &status), 0);
	assert_true(S_ISCHR(status.st_mode));
}

/* The shell's { one; pftrace ... --out /dev/stdout; two; } > file: a link as /dev/stdout is one. */
static void what_is_open_is_written_on_and_its_name_stays(void **state)
{
	const struct folder *folder = *state;
	int fd = open(folder->file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	char link[128], other[128], name[64];
	struct out_file out;
	struct stat status;

	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	snprintf(link, sizeof(link), "%s/link", folder->path);
	snprintf(other, sizeof(other), "%s/other", folder->path);
	assert_int_equal(symlink(name, link), 0);
	assert_int_equal(symlink("link", other), 0);
	assert_int_equal(write(fd, "one ", 4), 4);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(out_file_open(&out, i ? other : name), 0);
		fprintf(out.stream, "%d ", i);
		assert_int_equal(out_file_keep(&out), 0);
	}
	assert_int_equal(write(fd, "two", 3), 3);
	assert_holds(folder, "one 0 1 two");
	/* of a file without a name nothing is left but the link */
	assert_int_equal(unlink(folder->file), 0);
	assert_int_equal(out_file_open(&out, other), 0);
	fputs("more", out.stream);
	assert_int_equal(out_file_keep(&out), 0);
	assert_int_equal(lseek(fd, 0, SEEK_CUR), strlen("one 0 1 twomore"));
	assert_int_equal(lstat(link, &status), 0);
	assert_true(S_ISLNK(status.st_mode));
	assert_int_equal(unlink(link), 0);
	assert_int_equal(unlink(other), 0);
	assert_int_equal(files_in(folder), 0);
	close(fd);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, make, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_file_appears_when_it_is_kept),
		TEST(a_file_that_is_dropped_leaves_the_older_one),
		TEST(an_older_file_is_replaced),
		TEST(a_file_that_cannot_be_put_in_place_leaves_nothing),
		TEST(others_may_read_it_as_umask_says),
		TEST(what_is_open_is_written_on_and_its_name_stays),
		cmocka_unit_test(a_missing_folder_is_an_error),
		cmocka_unit_test(a_device_is_written_as_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
