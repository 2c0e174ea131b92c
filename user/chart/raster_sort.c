/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/raster_sort.h"

#include <string.h>

/*
 * A radix sort from the lowest digit to the highest. Digits are windows of 11 bits that begin where
 * keys differ: most bits of a key are the same in all cells, and are skipped.
 */
#define DIGIT_BITS 11
#define DIGIT_VALUES (1u << DIGIT_BITS)
#define DIGITS_MAX 6

struct digit {
	unsigned int shift;
	uint32_t counts[DIGIT_VALUES];
};

static uint64_t differing_bits(const struct raster_cell *items, size_t count)
{
	uint64_t bits = 0;

	for (size_t i = 1; i < count; i++)
		bits |= items[i].key ^ items[0].key;
	return bits;
}

static size_t choose_digits(uint64_t bits, struct digit digits[DIGITS_MAX])
{
	size_t count = 0;

	while (bits) {
		unsigned int shift = (unsigned int)__builtin_ctzll(bits);

		memset(&digits[count], 0, sizeof(digits[count]));
		digits[count++].shift = shift;
		bits = shift + DIGIT_BITS >= 64
			       ? 0
			       : bits >> (shift + DIGIT_BITS) << (shift + DIGIT_BITS);
	}
	return count;
}

static unsigned int value_of(const struct digit *digit, uint64_t key)
{
	return (unsigned int)(key >> digit->shift) & (DIGIT_VALUES - 1);
}

static void scatter(const struct digit *digit, const struct raster_cell *from, size_t count,
		    struct raster_cell *to)
{
	uint32_t place[DIGIT_VALUES];
	uint32_t next = 0;

	for (unsigned int value = 0; value < DIGIT_VALUES; value++) {
		place[value] = next;
		next += digit->counts[value];
	}
	for (size_t i = 0; i < count; i++)
		to[place[value_of(digit, from[i].key)]++] = from[i];
}

void raster_sort(struct raster_cell *items, size_t count, struct raster_cell *scratch,
		 unsigned int lowest_bit)
{
	struct digit digits[DIGITS_MAX];
	uint64_t bits = differing_bits(items, count) >> lowest_bit << lowest_bit;
	size_t digit_count = choose_digits(bits, digits);
	struct raster_cell *from = items;
	struct raster_cell *to = scratch;

	for (size_t i = 0; i < count; i++)
		for (size_t digit = 0; digit < digit_count; digit++)
			digits[digit].counts[value_of(&digits[digit], items[i].key)]++;
	for (size_t digit = 0; digit < digit_count; digit++) {
		struct raster_cell *swap = from;

		scatter(&digits[digit], from, count, to);
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
