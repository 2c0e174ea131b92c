/* SPDX-License-Identifier: Apache-2.0 */
/* Files with right CRCs that somebody made to do harm, and files of later versions. */
#include "unit.h"

#include "cdict_raw.h"
#include "cdict_sample.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

/* A header, a task 0, then these bytes as a member; the result of reading it. */
static int read_message(const void *bytes, size_t length, struct collect *found,
			struct cdict_summary *summary, char message[CDICT_MESSAGE_BYTES])
{
	const uint64_t task = 0;
	msgpack_sbuffer tasks;
	struct raw_file file;
	int err;

	raw_create(&file);
	raw_header(&file);
	msgpack_sbuffer_init(&tasks);
	raw_table(&tasks, "tasks", 1);
	raw_integers(&tasks, "task", &task, 1);
	raw_member(&file, tasks.data, tasks.size);
	msgpack_sbuffer_destroy(&tasks);
	raw_member(&file, bytes, length);
	err = raw_read(&file, found, summary, message);
	raw_free(&file);
	return err;
}

/* The message must be refused, in words that contain these. */
static void assert_refused(const void *bytes, size_t length, const char *words)
{
	char message[CDICT_MESSAGE_BYTES];
	struct cdict_summary summary;
	struct collect found;

	assert_int_equal(read_message(bytes, length, &found, &summary, message), -EBADMSG);
	if (!strstr(message, words))
		fail_msg("'%s' is not in: %s", words, message);
	assert_non_null(strstr(message, "offset"));
	for (int table = CAPTURE_TASKS + 1; table < CAPTURE_TABLES; table++)
		assert_int_equal(found.tables[table].rows, 0);
	collect_free(&found);
}

#define assert_bytes_refused(words, bytes) assert_refused(bytes, sizeof(bytes) - 1, words)

static void what_is_no_message_is_refused(void **state)
{
	char deep[100];

	(void)state;
	assert_bytes_refused("no map", "\x01");
	assert_bytes_refused("no map", "\x93\x01\x02\x03");
	assert_bytes_refused("no string", "\x81\x01\x02");
	assert_bytes_refused("no msgpack", "\x81\xa1x\xc1");
	assert_bytes_refused("more items than", "\x82\xa1x");
	assert_bytes_refused("more items than", "\x81\xa1x\xdd\xff\xff\xff\xff");
	assert_bytes_refused("more items than", "\x81\xa1x\xdf\xff\xff\xff\xff\xa1");
	assert_bytes_refused("longer than the rest", "\x81\xa1x\xdb\xff\xff\xff\xff");
	assert_bytes_refused("longer than the rest", "\x81\xa1x\xc6\xff\xff\xff\xff");
	assert_bytes_refused("longer than the rest", "\x81\xa1x\xc9\xff\xff\xff\xff\x01");
	assert_bytes_refused("within a value", "\x81\xa1x\xdb\xff\xff");
	memset(deep, 0x91, sizeof(deep));
	memcpy(deep, "\x81\xa1x", 3);
	assert_refused(deep, sizeof(deep), "too deep");
}

/* A message of one table with one wrong column. */
static void refuse_column(const char *table, const char *column, const void *values, size_t bytes,
			  const char *words)
{
	static const char *const keys[] = { "bucket", "task", "cpu", "bin" };
	const uint64_t fine[] = { 0, 0, 0, 100 };
	msgpack_sbuffer buffer;
	size_t columns = 1;

	for (size_t i = 0; i < 4; i++)
		columns += strcmp(keys[i], column) != 0;
	msgpack_sbuffer_init(&buffer);
	raw_table(&buffer, table, columns + 1);
	for (size_t i = 0; i < 4; i++)
		if (strcmp(keys[i], column) != 0)
			raw_integers(&buffer, keys[i], &fine[i], 1);
	raw_texts(&buffer, "kind", strcmp(table, "tasks") == 0 ? "task" : "run", 1);
	raw_key(&buffer, column);
	msgpack_sbuffer_write(&buffer, values, bytes);
	assert_refused(buffer.data, buffer.size, words);
	msgpack_sbuffer_destroy(&buffer);
}

#define REFUSE(table, column, words, bytes) \
	refuse_column(table, column, bytes, sizeof(bytes) - 1, words)

/* A task that is nil must follow from a row of the same core. */
static void refuse_switches(const uint64_t *cpus, const uint64_t *tasks, const uint64_t *nexts)
{
	static const uint64_t at[] = { 0, 1 };
	msgpack_sbuffer buffer;

	msgpack_sbuffer_init(&buffer);
	raw_table(&buffer, "switches", 4);
	raw_integers(&buffer, "at_ns", at, 2);
	raw_integers(&buffer, "cpu", cpus, 2);
	raw_integers(&buffer, "task", tasks, 2);
	raw_integers(&buffer, "next", nexts, 2);
	assert_refused(buffer.data, buffer.size, "switches.task: nil where no row before");
	msgpack_sbuffer_destroy(&buffer);
}

static void a_task_that_follows_from_nothing_is_refused(void **state)
{
	static const uint64_t one_core[] = { 0, 0 }, two_cores[] = { 0, 1 };
	static const uint64_t known[] = { 0, 0 };

	(void)state;
	refuse_switches(one_core, (const uint64_t[]){ CAPTURE_NIL, 0 }, known);
	refuse_switches(two_cores, (const uint64_t[]){ 0, CAPTURE_NIL }, known);
	refuse_switches(one_core, (const uint64_t[]){ 0, CAPTURE_NIL },
			(const uint64_t[]){ CAPTURE_NIL, 0 });
}

static void values_that_cannot_be_are_refused(void **state)
{
	(void)state;
	REFUSE("samples", "run_ns", "samples.run_ns: a negative", "\x91\xff");
	REFUSE("samples", "run_ns", "negative", "\x91\xd0\x80");
	REFUSE("samples", "run_ns", "negative", "\x91\xd3\xff\xff\xff\xff\xff\xff\xff\xff");
	REFUSE("samples", "run_ns", "floating", "\x91\xca\x00\x00\x00\x00");
	REFUSE("samples", "run_ns", "floating", "\x91\xcb\x00\x00\x00\x00\x00\x00\x00\x00");
	REFUSE("samples", "run_ns", "else than an integer", "\x91\xc3");
	REFUSE("samples", "run_ns", "else than an integer", "\x91\xa1x");
	REFUSE("samples", "run_ns", "beyond 2^64", "\x91\xcf\xff\xff\xff\xff\xff\xff\xff\xff");
	REFUSE("samples", "run_ns", "different lengths", "\x92\x01\x02");
	REFUSE("samples", "unknown", "different lengths", "\x92\x01\x02");
	REFUSE("samples", "run_ns", "no array", "\x01");
	REFUSE("samples", "task", "samples.task: a task that has had no row", "\x91\x01");
	REFUSE("samples", "task", "a task that has had no row", "\x91\xc0");
	REFUSE("samples", "cpu", "CPU that cannot be", "\x91\xce\x00\x01\x00\x00");
	REFUSE("samples", "cpu", "CPU that cannot be", "\x91\xc0");
	REFUSE("samples", "bucket", "beyond all time", "\x91\xcf\x7f\xff\xff\xff\xff\xff\xff\xff");
	REFUSE("samples", "bucket", "beyond all time", "\x91\xc0");
	REFUSE("cells", "bin", "beyond the ends", "\x91\x01");
	REFUSE("cells", "bin", "beyond the ends", "\x91\xcd\x7f\xff");
	REFUSE("tasks", "task", "too large", "\x91\xce\x7f\xff\xff\xff");
}

static void kinds_that_do_not_exist_are_refused(void **state)
{
	const uint64_t zero = 0, bin = 100;
	msgpack_sbuffer buffer;

	(void)state;
	msgpack_sbuffer_init(&buffer);
	raw_table(&buffer, "cells", 4);
	raw_integers(&buffer, "bucket", &zero, 1);
	raw_integers(&buffer, "task", &zero, 1);
	raw_integers(&buffer, "bin", &bin, 1);
	raw_texts(&buffer, "kind", "kthread", 1);
	assert_refused(buffer.data, buffer.size, "cells.kind: a kind that does not exist");
	msgpack_sbuffer_destroy(&buffer);
}

static void a_missing_key_is_refused_and_other_columns_become_nil(void **state)
{
	const uint64_t zero = 0;
	char message[CDICT_MESSAGE_BYTES];
	struct cdict_summary summary;
	msgpack_sbuffer buffer;
	struct collect found;

	(void)state;
	msgpack_sbuffer_init(&buffer);
	raw_table(&buffer, "samples", 2);
	raw_integers(&buffer, "bucket", &zero, 1);
	raw_integers(&buffer, "cpu", &zero, 1);
	assert_refused(buffer.data, buffer.size, "samples.task: the column is missing");
	msgpack_sbuffer_clear(&buffer);
	raw_table(&buffer, "samples", 3);
	raw_integers(&buffer, "task", &zero, 1);
	raw_integers(&buffer, "cpu", &zero, 1);
	raw_integers(&buffer, "bucket", &zero, 1);
	assert_int_equal(read_message(buffer.data, buffer.size, &found, &summary, message), 0);
	assert_int_equal(found.tables[CAPTURE_SAMPLES].rows, 1);
	assert_true(collect_value(&found, CAPTURE_SAMPLES, SAMPLES_RUN_NS, 0) == CAPTURE_NIL);
	assert_int_equal(collect_value(&found, CAPTURE_SAMPLES, SAMPLES_CPU, 0), 0);
	collect_free(&found);
	msgpack_sbuffer_destroy(&buffer);
}

/* What a later version may add: a message, a table, a column, all passed over. */
static void what_is_not_known_is_skipped(void **state)
{
	const uint64_t values[] = { 0, 0, 0 };
	char message[CDICT_MESSAGE_BYTES];
	struct cdict_summary summary;
	msgpack_sbuffer buffer;
	struct collect found;

	(void)state;
	msgpack_sbuffer_init(&buffer);
	msgpack_sbuffer_write(&buffer, "\x81\xa5hello\x82\x01\x93\xc3\xcb", 12);
	msgpack_sbuffer_write(&buffer, "12345678\xd6\x01zzzz\x02\xc4\x01z", 18);
	raw_table(&buffer, "weather", 1);
	raw_integers(&buffer, "rain", values, 3);
	raw_table(&buffer, "samples", 4);
	raw_integers(&buffer, "bucket", values, 3);
	raw_integers(&buffer, "task", values, 3);
	raw_texts(&buffer, "mood", "fine", 3);
	raw_integers(&buffer, "cpu", values, 3);
	if (read_message(buffer.data, buffer.size, &found, &summary, message))
		fail_msg("%s", message);
	assert_int_equal(found.tables[CAPTURE_SAMPLES].rows, 3);
	assert_int_equal(summary.rows[CAPTURE_SAMPLES], 3);
	collect_free(&found);
	msgpack_sbuffer_destroy(&buffer);
}

static void columns_may_come_before_their_table(void **state)
{
	static const char bytes[] = "\x83\xa7"
				    "columns\x83\xa6"
				    "bucket\x91\x05\xa4"
				    "task\x91\x00\xa3"
				    "cpu\x91\x01\xa5"
				    "table\xa7samples\xa9"
				    "bucket_ns\xcd\x03\xe8";
	char message[CDICT_MESSAGE_BYTES];
	struct cdict_summary summary;
	struct collect found;

	(void)state;
	if (read_message(bytes, sizeof(bytes) - 1, &found, &summary, message))
		fail_msg("%s", message);
	assert_int_equal(collect_value(&found, CAPTURE_SAMPLES, SAMPLES_BUCKET, 0), 5);
	assert_int_equal(found.tables[CAPTURE_SAMPLES].bucket_ns[0], 1000);
	assert_int_equal(summary.last_at_ns, 6000);
	collect_free(&found);
}

static void too_many_rows_in_a_message_are_refused(void **state)
{
	uint64_t *values = calloc(CAPTURE_BATCH_ROWS + 1, sizeof(*values));
	msgpack_sbuffer buffer;

	(void)state;
	msgpack_sbuffer_init(&buffer);
	raw_table(&buffer, "losses", 2);
	raw_integers(&buffer, "at_ns", values, CAPTURE_BATCH_ROWS + 1);
	raw_texts(&buffer, "cause", "late", CAPTURE_BATCH_ROWS + 1);
	assert_refused(buffer.data, buffer.size, "more than 65536 rows");
	msgpack_sbuffer_destroy(&buffer);
	free(values);
}

static void a_table_with_buckets_needs_their_length(void **state)
{
	(void)state;
	assert_bytes_refused("bucket_ns", "\x82\xa5table\xa5"
					  "cells\xa7"
					  "columns\x80");
	assert_bytes_refused("bucket_ns", "\x83\xa5table\xa5"
					  "cells\xa9"
					  "bucket_ns\x00\xa7"
					  "columns\x80");
}

static void too_much_text_is_refused(void **state)
{
	char message[CDICT_MESSAGE_BYTES];
	char *text = calloc(1, 60000);
	struct cdict_summary summary;
	struct collect found;
	struct raw_file file;
	int err;

	(void)state;
	raw_create(&file);
	raw_header(&file);
	memset(text, 'x', 59999);
	for (uint64_t i = 0; i < 1200; i++) { /* 68 MiB, each text another */
		msgpack_sbuffer buffer;

		msgpack_sbuffer_init(&buffer);
		snprintf(text + 10, 10, "%09" PRIu64, i);
		text[19] = 'x';
		raw_table(&buffer, "tasks", 2);
		raw_integers(&buffer, "task", &i, 1);
		raw_texts(&buffer, "comm", text, 1);
		raw_member(&file, buffer.data, buffer.size);
		msgpack_sbuffer_destroy(&buffer);
	}
	err = raw_read(&file, &found, &summary, message);
	assert_int_equal(err, -EBADMSG);
	assert_non_null(strstr(message, "too much text"));
	collect_free(&found);
	raw_free(&file);
	free(text);
}

static void a_stream_that_inflates_without_end_is_stopped(void **state)
{
	const size_t length = (64 << 20) + 1;
	char *zeros = calloc(1, length);
	char message[CDICT_MESSAGE_BYTES];
	struct cdict_summary summary;
	struct collect found;
	struct raw_file file;

	(void)state;
	raw_create(&file);
	raw_header(&file);
	raw_member(&file, zeros, length);
	assert_int_equal(raw_read(&file, &found, &summary, message), 0);
	assert_false(summary.whole);
	assert_non_null(strstr(summary.cut, "inflates to more than 64 MiB"));
	collect_free(&found);
	raw_free(&file);
	free(zeros);
}

static void assert_not_opened(const void *bytes, size_t length, bool as_member, const char *words)
{
	char message[CDICT_MESSAGE_BYTES];
	struct cdict_summary summary;
	struct collect found;
	struct raw_file file;

	raw_create(&file);
	(as_member ? raw_member : raw_bytes)(&file, bytes, length);
	assert_int_equal(raw_read(&file, &found, &summary, message), -EBADMSG);
	assert_non_null(strstr(message, file.path));
	if (!strstr(message, words))
		fail_msg("'%s' is not in: %s", words, message);
	collect_free(&found);
	raw_free(&file);
}

static void other_files_are_named_for_what_they_are(void **state)
{
	(void)state;
	assert_not_opened("", 0, false, "empty");
	assert_not_opened("PERFILE2xxxx", 12, false, "recording of perf");
	assert_not_opened("\x78\x9c\x01", 3, false, "old format");
	assert_not_opened("hello", 5, false, "not a cdict");
	assert_not_opened("\x1f\x8b", 2, false, "ends within");
	assert_not_opened("hello", 5, true, "does not begin with a header");
	assert_not_opened("\x81\xa6header\x80", 9, true, "format: not 'cdict'");
	assert_not_opened("\x81\xa6header\x82\xa6"
			  "format\xa5"
			  "cdict\xa7version\x03",
			  31, true, "newer pftrace");
	assert_not_opened("\x81\xa6header\x82\xa6"
			  "format\xa5"
			  "cdict\xa7version\x02",
			  31, true, "bucket_ns: no length");
}

static void a_second_header_and_rows_after_the_end_are_refused(void **state)
{
	(void)state;
	assert_bytes_refused("a second one", "\x81\xa6header\x80");
	assert_bytes_refused("comes after the end", "\x81\xa3"
						    "end\x81\xab"
						    "duration_ns\x00\x81\xa1x\x01");
	assert_bytes_refused("verdict: not a string", "\x81\xa3"
						      "end\x82\xab"
						      "duration_ns\x00\xa7verdict\x05");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_no_message_is_refused),
		cmocka_unit_test(a_task_that_follows_from_nothing_is_refused),
		cmocka_unit_test(values_that_cannot_be_are_refused),
		cmocka_unit_test(kinds_that_do_not_exist_are_refused),
		cmocka_unit_test(a_missing_key_is_refused_and_other_columns_become_nil),
		cmocka_unit_test(what_is_not_known_is_skipped),
		cmocka_unit_test(columns_may_come_before_their_table),
		cmocka_unit_test(too_many_rows_in_a_message_are_refused),
		cmocka_unit_test(a_table_with_buckets_needs_their_length),
		cmocka_unit_test(too_much_text_is_refused),
		cmocka_unit_test(a_stream_that_inflates_without_end_is_stopped),
		cmocka_unit_test(other_files_are_named_for_what_they_are),
		cmocka_unit_test(a_second_header_and_rows_after_the_end_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
