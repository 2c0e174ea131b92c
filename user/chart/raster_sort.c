/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/raster_sort.h"

#include <string.h>

#define DIGITS 8 /* of 8 bits each: a radix sort from the lowest to the highest */

static void count_digits(const struct raster_cell *items, size_t count, size_t counts[DIGITS][256])
{
	memset(counts, 0, DIGITS * sizeof(counts[0]));
	for (size_t i = 0; i < count; i++)
		for (int digit = 0; digit < DIGITS; digit++)
			counts[digit][items[i].key >> (8 * digit) & 0xff]++;
}

static void scatter(const struct raster_cell *from, size_t count, struct raster_cell *to, int digit,
		    const size_t counts[256])
{
	size_t place[256];
	size_t next = 0;

	for (int value = 0; value < 256; value++) {
		place[value] = next;
		next += counts[value];
	}
	for (size_t i = 0; i < count; i++)
		to[place[from[i].key >> (8 * digit) & 0xff]++] = from[i];
}

void raster_sort(struct raster_cell *items, size_t count, struct raster_cell *scratch)
{
	size_t counts[DIGITS][256];
	struct raster_cell *from = items;
	struct raster_cell *to = scratch;

	if (count == 0)
		return;
	count_digits(items, count, counts);
	for (int digit = 0; digit < DIGITS; digit++) {
		struct raster_cell *swap = from;

		/* all of one value: this digit says nothing about order */
		if (counts[digit][from[0].key >> (8 * digit) & 0xff] == count)
			continue;
		scatter(from, count, to, digit, counts[digit]);
		from = to;
		to = swap;
	}
	if (from != items)
		memcpy(items, from, count * sizeof(*items));
}

void raster_merge(const struct raster_cell *a, size_t a_count, const struct raster_cell *b,
		  size_t b_count, struct raster_cell *out)
{
	size_t i = 0;
	size_t j = 0;

	while (i < a_count && j < b_count)
		*out++ = a[i].key <= b[j].key ? a[i++] : b[j++];
	if (i < a_count)
		memcpy(out, a + i, (a_count - i) * sizeof(*out));
	if (j < b_count)
		memcpy(out, b + j, (b_count - j) * sizeof(*out));
}
