/* SPDX-License-Identifier: Apache-2.0 */
/* A file that lost its end, or a bit: what comes back is right, or the file is refused. */
#include "unit.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_cut_anywhere_gives_what_was_whole),
		cmocka_unit_test(a_byte_changed_anywhere_is_found_or_harmless),
		cmocka_unit_test(a_member_that_is_gone_is_missed),
		cmocka_unit_test(zeros_behind_the_end_are_padding_and_other_bytes_are_not),
	};

	return cmocka_run_group_tests(tests, make_sound, free_sound);
}
