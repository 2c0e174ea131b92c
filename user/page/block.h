/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A block of data in the page: varints and bytes, deflated, as base64 in a script element that no
 * browser runs. Nothing of it can be taken for markup, whatever the names are.
 */
#ifndef PAGE_BLOCK_H
#define PAGE_BLOCK_H

#include "chart/raster.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Errors stick; block_write returns the first. */
struct page_block {
	unsigned char *bytes;
	size_t count;
	size_t capacity;
	bool deflated;
	int error;
};

void block_init(struct page_block *block);
void block_free(struct page_block *block);

/* 7 bits a byte, lowest first, the high bit says that more follow. */
void block_varint(struct page_block *block, uint64_t value);
/* A value that may be CAPTURE_NIL: 0 is nil, else the value plus 1. */
void block_nullable(struct page_block *block, uint64_t value);
void block_bytes(struct page_block *block, const void *bytes, size_t count);

/*
 * Cells as columns: column_ns, bucket_ns, first_column, coarsened, from_ns, to_ns, groups, cells; the
 * groups' upper parts, lower parts (`lower_bits` of the group), numbers of cells and shifts (their
 * columns are column_ns << shift wide); then for all cells the column (difference within the group), inner (if `with_inner`), and `values` values.
 */
void block_cells(struct page_block *block, const struct raster *raster, unsigned int lower_bits,
		 int with_inner, int values);

/* Deflates what is in the block, to which nothing can be added then. 0 or -errno. */
int block_deflate(struct page_block *block);

/* Writes the block, deflated now if it is not yet, as an element with this id. 0 or -errno. */
int block_write(struct page_block *block, const char *id, FILE *file);

#endif
