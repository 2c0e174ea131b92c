/* SPDX-License-Identifier: Apache-2.0 */
#include "page/block.h"

#include "base/array.h"
#include "base/stream.h"
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

#define VARINT_BYTES_MAX 10

void block_varint(struct page_block *block, uint64_t value)
{
	unsigned char *to;

	if (!block->error && block->count + VARINT_BYTES_MAX > block->capacity)
		block->error = ARRAY_RESERVE(block->bytes, block->capacity,
					     block->count + VARINT_BYTES_MAX);
	if (block->error)
		return;
	to = block->bytes + block->count;
	while (value >= 0x80) {
		*to++ = (unsigned char)(value | 0x80);
		value >>= 7;
	}
	*to++ = (unsigned char)value;
	block->count = (size_t)(to - block->bytes);
}

void block_nullable(struct page_block *block, uint64_t value)
{
	block_varint(block, value == CAPTURE_NIL ? 0 : value + 1);
}

/* Where each group begins, and behind them all where the last one ends. */
struct groups {
	size_t *begins;
	size_t count;
	size_t capacity;
};

static int find_groups(const struct raster *raster, struct groups *groups)
{
	for (size_t i = 0; i < raster->count; i++) {
		if (i && raster_group(raster, &raster->items[i]) ==
				 raster_group(raster, &raster->items[i - 1]))
			continue;
		if (ARRAY_RESERVE(groups->begins, groups->capacity, groups->count + 2))
			return -ENOMEM;
		groups->begins[groups->count++] = i;
		groups->begins[groups->count] = raster->count;
	}
	return 0;
}

static uint64_t group_at(const struct raster *raster, const struct groups *groups, size_t i)
{
	return raster_group(raster, &raster->items[groups->begins[i]]);
}

static void put_groups(struct page_block *block, const struct raster *raster,
		       const struct groups *groups, unsigned int lower_bits)
{
	uint64_t lower_mask = ((uint64_t)1 << lower_bits) - 1;

	for (size_t i = 0; i < groups->count; i++)
		block_varint(block, group_at(raster, groups, i) >> lower_bits);
	for (size_t i = 0; i < groups->count; i++)
		block_varint(block, group_at(raster, groups, i) & lower_mask);
	for (size_t i = 0; i < groups->count; i++)
		block_varint(block, groups->begins[i + 1] - groups->begins[i]);
	for (size_t i = 0; i < groups->count; i++)
		block_varint(block, raster_shift(raster, group_at(raster, groups, i)));
}

static void put_columns(struct page_block *block, const struct raster *raster,
			const struct groups *groups)
{
	for (size_t group = 0; group < groups->count; group++) {
		uint64_t before = 0;

		for (size_t i = groups->begins[group]; i < groups->begins[group + 1]; i++) {
			uint64_t column = raster_column(raster, &raster->items[i]);

			block_varint(block, column - before);
			before = column;
		}
	}
}

void block_cells(struct page_block *block, const struct raster *raster, unsigned int lower_bits,
		 int with_inner, int values)
{
	struct groups groups = { 0 };
	int any = raster->count > 0;

	if (!block->error)
		block->error = find_groups(raster, &groups);
	if (block->error)
		groups.count = 0;
	block_varint(block, raster->column_ns);
	block_varint(block, raster->bucket_ns);
	block_varint(block, raster->first_column);
	block_varint(block, raster->coarsened);
	block_varint(block, any ? raster->from_ns : 0);
	block_varint(block, any ? raster->to_ns : 0);
	block_varint(block, groups.count);
	block_varint(block, raster->count);
	put_groups(block, raster, &groups, lower_bits);
	put_columns(block, raster, &groups);
	free(groups.begins);
	for (size_t i = 0; i < raster->count && with_inner; i++)
		block_varint(block, raster_inner(raster, &raster->items[i]));
	for (int value = 0; value < values; value++)
		for (size_t i = 0; i < raster->count; i++)
			block_varint(block, raster->items[i].values[value]);
}

int block_deflate(struct page_block *block)
{
	uLongf bytes = compressBound(block->count);
	unsigned char *deflated;

	if (block->error || block->deflated)
		return block->error;
	deflated = malloc(bytes);
	if (!deflated ||
	    compress2(deflated, &bytes, block->count ? block->bytes : (const Bytef *)"",
		      block->count, block->count > BLOCK_LARGE_BYTES ? 3 : 9) != Z_OK) {
		free(deflated);
		block->error = -ENOMEM;
		return block->error;
	}
	free(block->bytes);
	*block = (struct page_block){
		.bytes = deflated, .count = bytes, .capacity = bytes, .deflated = true
	};
	return 0;
}

int block_write(struct page_block *block, const char *id, FILE *file)
{
	int error = block_deflate(block);

	if (error)
		return error;
	fprintf(file, "<script type=\"application/octet-stream\" id=\"%s\">", id);
	base64_write(block->bytes, block->count, file);
	fputs("</script>\n", file);
	return stream_error(file);
}
