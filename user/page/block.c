/* SPDX-License-Identifier: Apache-2.0 */
#include "page/block.h"

#include "base/array.h"
#include "capture/table.h"
#include "page/base64.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* Blocks beyond this are deflated faster and a little (some 8 %) less well. */
#define BLOCK_LARGE_BYTES ((size_t)2 << 20)

void block_init(struct page_block *block)
{
	memset(block, 0, sizeof(*block));
}

void block_free(struct page_block *block)
{
	free(block->bytes);
	block_init(block);
}

void block_bytes(struct page_block *block, const void *bytes, size_t count)
{
	if (!block->error && block->count + count > block->capacity)
		block->error = ARRAY_RESERVE(block->bytes, block->capacity, block->count + count);
	if (block->error || count == 0)
		return;
	memcpy(block->bytes + block->count, bytes, count);
	block->count += count;
}

void block_varint(struct page_block *block, uint64_t value)
{
	unsigned char bytes[10];
	size_t count = 0;

	while (value >= 0x80) {
		bytes[count++] = (unsigned char)(value | 0x80);
		value >>= 7;
	}
	bytes[count++] = (unsigned char)value;
	block_bytes(block, bytes, count);
}

void block_nullable(struct page_block *block, uint64_t value)
{
	block_varint(block, value == CAPTURE_NIL ? 0 : value + 1);
}

/* True where a group begins. */
static int begins_group(const struct cells *cells, size_t i)
{
	return i == 0 ||
	       cells_group(cells, &cells->items[i]) != cells_group(cells, &cells->items[i - 1]);
}

static size_t next_group(const struct cells *cells, size_t i)
{
	do
		i++;
	while (i < cells->count && !begins_group(cells, i));
	return i;
}

static void put_groups(struct page_block *block, const struct cells *cells, unsigned int lower_bits)
{
	uint64_t lower_mask = ((uint64_t)1 << lower_bits) - 1;

	for (size_t i = 0; i < cells->count; i = next_group(cells, i))
		block_varint(block, cells_group(cells, &cells->items[i]) >> lower_bits);
	for (size_t i = 0; i < cells->count; i = next_group(cells, i))
		block_varint(block, cells_group(cells, &cells->items[i]) & lower_mask);
	for (size_t i = 0, next; i < cells->count; i = next) {
		next = next_group(cells, i);
		block_varint(block, next - i);
	}
}

static void put_columns(struct page_block *block, const struct cells *cells)
{
	uint64_t before = 0;

	for (size_t i = 0; i < cells->count; i++) {
		uint64_t column = cells_column(cells, &cells->items[i]);

		if (begins_group(cells, i))
			before = 0;
		block_varint(block, column - before);
		before = column;
	}
}

void block_cells(struct page_block *block, const struct cells *cells, unsigned int lower_bits,
		 int with_inner, int values)
{
	size_t groups = 0;
	int any = cells->count > 0;

	for (size_t i = 0; i < cells->count; i = next_group(cells, i))
		groups++;
	block_varint(block, cells->grid_ns);
	block_varint(block, cells->bucket_ns);
	block_varint(block, cells->first_column);
	block_varint(block, cells->coarsened);
	block_varint(block, any ? cells->from_ns : 0);
	block_varint(block, any ? cells->to_ns : 0);
	block_varint(block, groups);
	block_varint(block, cells->count);
	put_groups(block, cells, lower_bits);
	put_columns(block, cells);
	for (size_t i = 0; i < cells->count && with_inner; i++)
		block_varint(block, cells_inner(cells, &cells->items[i]));
	for (int value = 0; value < values; value++)
		for (size_t i = 0; i < cells->count; i++)
			block_varint(block, cells->items[i].values[value]);
}

int block_write(const struct page_block *block, const char *id, FILE *file)
{
	uLongf bytes = compressBound(block->count);
	unsigned char *deflated;
	int error = block->error;

	if (error)
		return error;
	deflated = malloc(bytes);
	if (!deflated)
		return -ENOMEM;
	if (compress2(deflated, &bytes, block->count ? block->bytes : (const Bytef *)"",
		      block->count, block->count > BLOCK_LARGE_BYTES ? 3 : 9) != Z_OK)
		error = -ENOMEM;
	if (!error) {
		fprintf(file, "<script type=\"application/octet-stream\" id=\"%s\">", id);
		base64_write(deflated, bytes, file);
		fputs("</script>\n", file);
		error = ferror(file) ? -EIO : 0;
	}
	free(deflated);
	return error;
}
