/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "capture/table.h"
#include "page/base64.h"
#include "page/block.h"
#include "page/template.h"

#include <errno.h>
#include <stdio.h>

static void assert_bytes(const struct page_block *block, const unsigned char *wanted, size_t count)
{
	assert_int_equal(block->error, 0);
	assert_int_equal(block->count, count);
	assert_memory_equal(block->bytes, wanted, count);
}

static void varints_have_seven_bits_a_byte(void **state)
{
	static const unsigned char wanted[] = { 0,    0x7f, 0x80, 1,	0xac, 2,    0xff, 0xff,
						0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1 };
	struct page_block block;

	(void)state;
	block_init(&block);
	block_varint(&block, 0);
	block_varint(&block, 127);
	block_varint(&block, 128);
	block_varint(&block, 300);
	block_varint(&block, UINT64_MAX);
	assert_bytes(&block, wanted, sizeof(wanted));
	block_free(&block);
}

static void nil_and_zero_are_two_things(void **state)
{
	static const unsigned char wanted[] = { 0, 1, 8 };
	struct page_block block;

	(void)state;
	block_init(&block);
	block_nullable(&block, CAPTURE_NIL);
	block_nullable(&block, 0);
	block_nullable(&block, 7);
	assert_bytes(&block, wanted, sizeof(wanted));
	block_free(&block);
}

static void cells_are_columns_of_groups(void **state)
{
	static const unsigned char wanted[] = {
		10, 10, 1, 0, 10, 50, /* column_ns, bucket_ns, first, coarsened, from, to */
		2,  3,		      /* groups, cells */
		1,  2,		      /* upper parts */
		1,  0,		      /* lower parts */
		2,  1,		      /* cells of each */
		0,  0,		      /* shifts */
		0,  3,	2,	      /* columns, as differences within the group */
		4,  5,	6,	      /* inner */
		7,  8,	9,	      /* value */
	};
	struct page_block block;
	struct raster raster;

	(void)state;
	block_init(&block);
	raster_init(&raster, 100, 4);
	assert_int_equal(raster_widen(&raster, 10, 10), 0);
	assert_int_equal(raster_add(&raster, 2 << 3, 30, 6, 9, 0), 0);
	assert_int_equal(raster_add(&raster, 1 << 3 | 1, 10, 4, 7, 0), 0);
	assert_int_equal(raster_add(&raster, 1 << 3 | 1, 40, 5, 8, 0), 0);
	assert_int_equal(raster_finish(&raster), 0);
	block_cells(&block, &raster, 3, 1, 1);
	assert_bytes(&block, wanted, sizeof(wanted));
	raster_free(&raster);
	block_free(&block);
}

static char *base64_of(const char *text, size_t length)
{
	char *out = NULL;
	size_t size = 0;
	FILE *file = open_memstream(&out, &size);

	base64_write((const unsigned char *)text, length, file);
	fclose(file);
	return out;
}

/* The examples of RFC 4648, section 10. */
static void base64_is_that_of_the_rfc(void **state)
{
	static const char *const examples[][2] = {
		{ "", "" },
		{ "f", "Zg==" },
		{ "fo", "Zm8=" },
		{ "foo", "Zm9v" },
		{ "foob", "Zm9vYg==" },
		{ "fooba", "Zm9vYmE=" },
		{ "foobar", "Zm9vYmFy" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		char *text = base64_of(examples[i][0], strlen(examples[i][0]));

		assert_string_equal(text, examples[i][1]);
		free(text);
	}
}

static void base64_of_many_bytes_has_no_seams(void **state)
{
	static char zeros[100000];
	char *text = base64_of(zeros, sizeof(zeros));

	(void)state;
	assert_int_equal(strlen(text), (sizeof(zeros) + 2) / 3 * 4);
	assert_int_equal(strspn(text, "A"), strlen(text) - 2);
	free(text);
}

static void nothing_of_a_block_is_markup(void **state)
{
	static const char hostile[] = "</script><script>alert(1)</script>";
	char *out = NULL;
	size_t size = 0;
	FILE *file = open_memstream(&out, &size);
	struct page_block block;

	(void)state;
	block_init(&block);
	block_bytes(&block, hostile, sizeof(hostile));
	assert_int_equal(block_write(&block, "data-x", file), 0);
	fclose(file);
	assert_ptr_equal(strstr(out, "<script"), out);
	assert_null(strstr(out + 1, "<script"));
	assert_null(strstr(out, "alert"));
	assert_string_equal(strstr(out, "</"), "</script>\n");
	free(out);
	block_free(&block);
}

static void the_template_has_its_place_and_its_licences(void **state)
{
	struct template_part parts[TEMPLATE_PARTS];
	struct template_part licences = template_licences();

	(void)state;
	assert_int_equal(template_parts(parts), 0);
	assert_non_null(memmem(parts[0].text, parts[0].length, "Content-Security-Policy", 23));
	assert_non_null(memmem(parts[2].text, parts[2].length, "</html>", 7));
	assert_non_null(memmem(parts[1].text, parts[1].length, "<script>", 8));
	assert_non_null(memmem(licences.text, licences.length, "d3-scale", 8));
}

static void a_full_disk_is_told(void **state)
{
	FILE *full = fopen("/dev/full", "w");
	struct page_block block;

	(void)state;
	assert_non_null(full);
	block_init(&block);
	for (uint64_t number = 1; number < 10000;
	     number++) /* that deflates to no less than a page */
		block_varint(&block, number * number * 2654435761u);
	assert_int_equal(block_write(&block, "x", full), -ENOSPC);
	block_free(&block);
	fclose(full);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(varints_have_seven_bits_a_byte),
		cmocka_unit_test(nil_and_zero_are_two_things),
		cmocka_unit_test(cells_are_columns_of_groups),
		cmocka_unit_test(base64_is_that_of_the_rfc),
		cmocka_unit_test(base64_of_many_bytes_has_no_seams),
		cmocka_unit_test(nothing_of_a_block_is_markup),
		cmocka_unit_test(a_full_disk_is_told),
		cmocka_unit_test(the_template_has_its_place_and_its_licences),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
