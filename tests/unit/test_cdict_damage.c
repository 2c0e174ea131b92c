/* SPDX-License-Identifier: Apache-2.0 */
/* A file that lost its end, or a bit: what comes back is right, or the file is refused. */
#include "unit.h"

#include "base/string_pool.h"
#include "capture/histogram.h"
#include "cdict_raw.h"
#include "cdict_sample.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

struct sound {
	unsigned char *bytes;
	size_t size;
	struct collect rows; /* that are in it */
};

/* Three members of rows between header and end. */
static int make_sound(void **state)
{
	struct sound *sound = calloc(1, sizeof(*sound));
	struct sample_file sample;
	FILE *file;

	sample_file_create(&sample);
	collect_init(&sound->rows);
	for (uint64_t i = 1; i <= 3; i++) {
		sample_push_all_tables(sample.sink);
		sample_push_all_tables(&sound->rows.sink);
		assert_int_equal(sample.sink->flush(sample.sink, i * 1000), 0);
	}
	sample_file_end(&sample);
	file = fopen(sample.path, "rb");
	assert_non_null(file);
	sound->bytes = malloc(1 << 16);
	sound->size = fread(sound->bytes, 1, 1 << 16, file);
	assert_true(sound->size > 1000 && sound->size < 1 << 16);
	fclose(file);
	sample_file_free(&sample);
	*state = sound;
	return 0;
}

static int free_sound(void **state)
{
	struct sound *sound = *state;

	collect_free(&sound->rows);
	free(sound->bytes);
	free(sound);
	return 0;
}

/* Reads these bytes as a file. What is pushed must be right. */
static int read_bytes(const struct sound *sound, const unsigned char *bytes, size_t size,
		      struct cdict_summary *summary)
{
	char message[CDICT_MESSAGE_BYTES];
	struct collect found;
	struct raw_file file;
	int err;

	raw_create(&file);
	raw_bytes(&file, bytes, size);
	err = raw_read(&file, &found, summary, message);
	for (int table = 0; table < CAPTURE_TABLES; table++) {
		sample_assert_prefix(&found, &sound->rows, table);
		if (!err && summary->whole)
			assert_int_equal(found.tables[table].rows, sound->rows.tables[table].rows);
	}
	if (err)
		assert_non_null(strstr(message, file.path));
	if (!err && !summary->whole)
		assert_non_null(strstr(summary->cut, file.path));
	collect_free(&found);
	raw_free(&file);
	return err;
}

static void a_file_cut_anywhere_gives_what_was_whole(void **state)
{
	const struct sound *sound = *state;
	size_t most = 0;

	for (size_t size = 0; size < sound->size; size++) {
		struct cdict_summary summary;
		int err = read_bytes(sound, sound->bytes, size, &summary);

		assert_true(err == 0 || (err == -EBADMSG && most == 0));
		assert_false(summary.whole);
		assert_true(err || summary.rows[CAPTURE_CELLS] >= most);
		if (!err)
			most = summary.rows[CAPTURE_CELLS];
	}
	assert_int_equal(most, sound->rows.tables[CAPTURE_CELLS].rows);
}

static void a_byte_changed_anywhere_is_found_or_harmless(void **state)
{
	const struct sound *sound = *state;
	unsigned char *bytes = malloc(sound->size);
	size_t harmless = 0;

	for (size_t at = 0; at < sound->size; at++) {
		const unsigned char masks[] = { 1u << at % 8, 0xff, 0x80 };

		for (size_t i = 0; i < sizeof(masks); i++) {
			struct cdict_summary summary;
			int err;

			memcpy(bytes, sound->bytes, sound->size);
			bytes[at] ^= masks[i];
			err = read_bytes(sound, bytes, sound->size, &summary);
			assert_true(err == 0 || err == -EBADMSG);
			harmless += !err && summary.whole;
		}
	}
	/* gzip's own header has six bytes without a check, in five members */
	assert_true(harmless <= 5 * 8 * 3);
	free(bytes);
}

static void a_member_that_is_gone_is_missed(void **state)
{
	const struct sound *sound = *state;
	unsigned char *bytes = malloc(sound->size);
	struct cdict_summary summary;
	size_t first = 0, second = 0;

	for (size_t at = 1; at + 3 < sound->size && !second; at++) {
		if (memcmp(sound->bytes + at, "\x1f\x8b\x08", 3) != 0)
			continue;
		second = first ? at : 0;
		first = first ? first : at;
	}
	assert_true(second);
	memcpy(bytes, sound->bytes, first);
	memcpy(bytes + first, sound->bytes + second, sound->size - second);
	assert_int_equal(read_bytes(sound, bytes, sound->size - (second - first), &summary), 0);
	assert_false(summary.whole);
	assert_non_null(strstr(summary.cut, "its end tells of"));
	free(bytes);
}

static void zeros_behind_the_end_are_padding_and_other_bytes_are_not(void **state)
{
	const struct sound *sound = *state;
	unsigned char *bytes = calloc(1, sound->size + 100000);
	struct cdict_summary summary;

	memcpy(bytes, sound->bytes, sound->size);
	assert_int_equal(read_bytes(sound, bytes, sound->size + 100000, &summary), 0);
	assert_true(summary.whole);
	bytes[sound->size + 99999] = 1;
	assert_int_equal(read_bytes(sound, bytes, sound->size + 100000, &summary), 0);
	assert_false(summary.whole);
	bytes[sound->size] = 1;
	assert_int_equal(read_bytes(sound, bytes, sound->size + 1, &summary), 0);
	assert_false(summary.whole);
	free(bytes);
}

/* Members so large that the next one is inflated while they are read. */
#define LARGE_ROWS 20000
#define LARGE_MEMBERS 3

static void push_large(struct capture_sink *sink, uint64_t member)
{
	struct string_pool *strings = string_pool_new();
	struct sample_rows rows;

	sample_rows_init(&rows, CAPTURE_TASKS, strings);
	sample_rows_add(&rows);
	sample_rows_set(&rows, TASKS_TASK, 1);
	assert_int_equal(sample_rows_push(&rows, sink), 0);
	sample_rows_init(&rows, CAPTURE_CELLS, strings);
	for (uint64_t row = 0; row < LARGE_ROWS; row++) {
		sample_rows_add(&rows);
		sample_rows_set(&rows, CELLS_TASK, 1);
		sample_rows_set_text(&rows, CELLS_KIND, "run");
		sample_rows_set(&rows, CELLS_BUCKET, member);
		sample_rows_set(&rows, CELLS_BIN, HISTOGRAM_FIRST_BIN + row % 100);
		/* much to inflate: as good as random */
		sample_rows_set(&rows, CELLS_COUNT, (row * 0x9e3779b97f4a7c15ULL) >> 1);
	}
	assert_int_equal(sample_rows_push(&rows, sink), 0);
	string_pool_free(strings);
}

/* The whole file, and where its third member of rows begins and ends. */
static unsigned char *make_large(size_t *size, size_t *third, size_t *end_of_third)
{
	struct sample_file sample;
	unsigned char *bytes;
	FILE *file;

	sample_file_create(&sample);
	for (uint64_t member = 0; member < LARGE_MEMBERS; member++) {
		*third = cdict_writer_bytes(sample.writer);
		push_large(sample.sink, member);
		assert_int_equal(sample.sink->flush(sample.sink, (member + 1) * 1000), 0);
	}
	*end_of_third = cdict_writer_bytes(sample.writer);
	sample_file_end(&sample);
	bytes = malloc(8 << 20);
	file = fopen(sample.path, "rb");
	assert_non_null(file);
	*size = fread(bytes, 1, 8 << 20, file);
	fclose(file);
	sample_file_free(&sample);
	return bytes;
}

static uint64_t large_rows_of(const unsigned char *bytes, size_t size, bool whole)
{
	char message[CDICT_MESSAGE_BYTES];
	struct cdict_summary summary;
	struct collect found;
	struct raw_file file;

	raw_create(&file);
	raw_bytes(&file, bytes, size);
	assert_int_equal(raw_read(&file, &found, &summary, message), 0);
	assert_int_equal(summary.whole, whole);
	assert_int_equal(summary.rows[CAPTURE_CELLS], found.tables[CAPTURE_CELLS].rows);
	collect_free(&found);
	raw_free(&file);
	return summary.rows[CAPTURE_CELLS];
}

static void large_members_are_read_up_to_the_one_that_is_damaged(void **state)
{
	size_t size, third, end_of_third;
	unsigned char *bytes = make_large(&size, &third, &end_of_third);

	(void)state;
	assert_true(end_of_third - third > 100000);
	assert_int_equal(large_rows_of(bytes, size, true), 3 * LARGE_ROWS);
	assert_int_equal(large_rows_of(bytes, end_of_third, false), 3 * LARGE_ROWS);
	assert_int_equal(large_rows_of(bytes, end_of_third - 1, false), 2 * LARGE_ROWS);
	bytes[(third + end_of_third) / 2] ^= 0xff;
	assert_int_equal(large_rows_of(bytes, size, false), 2 * LARGE_ROWS);
	bytes[third / 4] ^= 0xff;
	assert_int_equal(large_rows_of(bytes, size, false), 0);
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(large_members_are_read_up_to_the_one_that_is_damaged),
		cmocka_unit_test(a_file_cut_anywhere_gives_what_was_whole),
		cmocka_unit_test(a_byte_changed_anywhere_is_found_or_harmless),
		cmocka_unit_test(a_member_that_is_gone_is_missed),
		cmocka_unit_test(zeros_behind_the_end_are_padding_and_other_bytes_are_not),
	};

	return cmocka_run_group_tests(tests, make_sound, free_sound);
}
