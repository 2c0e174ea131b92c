/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A disk that fills up: a small tmpfs in a mount namespace of the test's own, where it may mount
 * one (as root), else the tests are skipped.
 */
#include "unit.h"

#include "base/string_pool.h"
#include "cdict/cdict_file.h"
#include "cdict_sample.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <unistd.h>

#define FOLDER_BYTES "1m"

static const char disk_needs[] = "a small tmpfs needs root, and / to be a mount point";

static int mount_small_disk(void **state)
{
	static char folder[] = "/tmp/pftrace-test-XXXXXX";

	*state = NULL;
	if (!mkdtemp(folder))
		return -1;
	if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("none", folder, "tmpfs", 0, "size=" FOLDER_BYTES)) {
		print_message("cannot mount a tmpfs: %s\n", strerror(errno));
		rmdir(folder);
		return 0;
	}
	*state = folder;
	return 0;
}

static int unmount(void **state)
{
	if (*state) {
		umount2(*state, MNT_DETACH);
		rmdir(*state);
	}
	return 0;
}

/* Somebody else writes until nothing is left. */
static void fill(const char *folder)
{
	static const char zeros[4096];
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "%s/other", folder);
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
	assert_true(fd >= 0);
	while (write(fd, zeros, sizeof(zeros)) > 0)
		;
	assert_int_equal(errno, ENOSPC);
	close(fd);
}

static void remove_other(const char *folder)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/other", folder);
	unlink(path);
}

/* Rows that deflate cannot make smaller, and a flush. */
static int push_noise(struct capture_sink *sink, struct string_pool *strings, size_t count)
{
	static uint64_t noise = 88172645463325252u;
	struct sample_rows rows;
	int err;

	sample_rows_init(&rows, CAPTURE_CPUS, strings);
	for (size_t i = 0; i < count; i++) {
		noise ^= noise << 13;
		noise ^= noise >> 7;
		noise ^= noise << 17;
		sample_rows_add(&rows);
		sample_rows_set(&rows, CPUS_CPU, i % 4);
		sample_rows_set(&rows, CPUS_AT_NS, noise >> 1);
		sample_rows_set(&rows, CPUS_ONLINE, 1);
	}
	err = sample_rows_push(&rows, sink);
	return err ? err : sink->flush(sink, 1000);
}

/* The recording that found its disk full is closed as cdict(5) says, and read back. */
static void close_and_read(const char *folder, struct cdict_writer *writer, size_t rows)
{
	struct capture_end end = *sample_end();
	struct sample_file file = { 0 };
	struct collect found;

	end.cut = true;
	end.cause = "disk full";
	assert_int_equal(cdict_cut_back(writer), 0);
	assert_int_equal(cdict_writer_sink(writer)->end(cdict_writer_sink(writer), &end), 0);
	assert_int_equal(cdict_close(writer), 0);
	snprintf(file.path, sizeof(file.path), "%s/a", folder);
	sample_file_collect(&file, CDICT_ALL_TABLES, &found);
	assert_int_equal(found.tables[CAPTURE_CPUS].rows, rows);
	assert_int_equal(found.ends, 1);
	assert_true(found.end.cut);
	assert_false(file.summary.whole);
	assert_non_null(strstr(file.summary.cut, "disk full"));
	collect_free(&found);
	cdict_reader_free(file.reader);
	unlink(file.path);
	remove_other(folder);
}

static struct cdict_writer *create(const char *folder)
{
	struct cdict_writer *writer;
	char path[64];

	snprintf(path, sizeof(path), "%s/a", folder);
	assert_int_equal(cdict_create(path, &writer), 0);
	assert_int_equal(
		cdict_writer_sink(writer)->header(cdict_writer_sink(writer), sample_header()), 0);
	return writer;
}

static void a_recording_that_fills_the_disk_is_closed_with_its_cause(void **state)
{
	struct string_pool *strings = string_pool_new();
	struct cdict_writer *writer;
	size_t members = 0;
	int err = 0;

	if (!*state)
		skip_without(disk_needs);
	writer = create(*state);
	while (!err && members < 1000) {
		err = push_noise(cdict_writer_sink(writer), strings, 1000);
		members += err ? 0 : 1;
	}
	assert_int_equal(err, -ENOSPC);
	assert_true(members > 50);
	fill(*state);
	close_and_read(*state, writer, members * 1000);
	string_pool_free(strings);
}

static void somebody_else_may_fill_the_disk(void **state)
{
	struct string_pool *strings = string_pool_new();
	struct cdict_writer *writer;

	if (!*state)
		skip_without(disk_needs);
	writer = create(*state);
	assert_int_equal(push_noise(cdict_writer_sink(writer), strings, 10), 0);
	fill(*state);
	assert_int_equal(push_noise(cdict_writer_sink(writer), strings, 20000), -ENOSPC);
	/* it stays so until the cut back */
	assert_int_equal(push_noise(cdict_writer_sink(writer), strings, 1), -ENOSPC);
	fill(*state);
	close_and_read(*state, writer, 10);
	string_pool_free(strings);
}

static void without_room_for_an_end_nothing_is_begun(void **state)
{
	struct cdict_writer *writer;
	char path[64];

	if (!*state)
		skip_without(disk_needs);
	fill(*state);
	snprintf(path, sizeof(path), "%s/a", (char *)*state);
	assert_int_equal(cdict_create(path, &writer), -ENOSPC);
	strcat(path, ".part");
	assert_int_not_equal(access(path, F_OK), 0);
	remove_other(*state);
}

/* As on a file system that takes no reservations: the last member is given up for the end. */
static void without_reservations_the_last_member_makes_room(void **state)
{
	static const char bytes[100000];
	struct cdict_file file;
	char path[64];

	if (!*state)
		skip_without(disk_needs);
	snprintf(path, sizeof(path), "%s/a", (char *)*state);
	assert_int_equal(cdict_file_create(&file, path, 1), 0);
	file.reserves = false;
	assert_int_equal(cdict_file_append(&file, bytes, 10, 5000), 0);
	assert_int_equal(cdict_file_append(&file, bytes, 20000, 5000), 0);
	fill(*state);
	assert_int_equal(cdict_file_append(&file, bytes, sizeof(bytes), 5000), -ENOSPC);
	assert_true(cdict_file_cut_back(&file));
	assert_int_equal(file.end, 10);
	fill(*state);
	assert_int_equal(cdict_file_append_last(&file, bytes, 5000), 0);
	assert_int_equal(cdict_file_finish(&file), 0);
	assert_int_equal(access(path, F_OK), 0);
	unlink(path);
	remove_other(*state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_recording_that_fills_the_disk_is_closed_with_its_cause),
		cmocka_unit_test(somebody_else_may_fill_the_disk),
		cmocka_unit_test(without_reservations_the_last_member_makes_room),
		cmocka_unit_test(without_room_for_an_end_nothing_is_begun),
	};

	return cmocka_run_group_tests(tests, mount_small_disk, unmount);
}
