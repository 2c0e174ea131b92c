/* SPDX-License-Identifier: Apache-2.0 */
#include "account/sort.h"

#include <stdbool.h>
#include <string.h>

#define DIGIT_BITS 8
#define DIGITS (1u << DIGIT_BITS)

/* Digit `shift / 8` of low (0..7) and high (8..15). */
static unsigned int digit(const struct sort_item *item, unsigned int number)
{
	uint64_t key = number < 8 ? item->low : item->high;

	return key >> (number % 8 * DIGIT_BITS) & (DIGITS - 1);
}

static void sort_by_digit(const struct sort_item *from, struct sort_item *to, size_t count,
			  unsigned int number)
{
	size_t places[DIGITS] = { 0 };
	size_t place = 0;

	for (size_t i = 0; i < count; i++)
		places[digit(&from[i], number)]++;
	for (unsigned int d = 0; d < DIGITS; d++) {
		size_t here = places[d];

		places[d] = place;
		place += here;
	}
	for (size_t i = 0; i < count; i++)
		to[places[digit(&from[i], number)]++] = from[i];
}

static bool is_sorted(const struct sort_item *items, size_t count)
{
	for (size_t i = 1; i < count; i++)
		if (items[i].high < items[i - 1].high ||
		    (items[i].high == items[i - 1].high && items[i].low < items[i - 1].low))
			return false;
	return true;
}

void sort_items(struct sort_item *items, struct sort_item *scratch, size_t count)
{
	struct sort_item *from = items, *to = scratch, *swap;
	uint64_t low = 0, high = 0; /* bits that are not the same in all */

	if (is_sorted(items, count))
		return;
	for (size_t i = 1; i < count; i++) {
		low |= items[i].low ^ items[0].low;
		high |= items[i].high ^ items[0].high;
	}
	for (unsigned int number = 0; number < 16; number++) {
		uint64_t bits = number < 8 ? low : high;

		if (!(bits >> (number % 8 * DIGIT_BITS) & (DIGITS - 1)))
			continue;
		sort_by_digit(from, to, count, number);
		swap = from;
		from = to;
		to = swap;
	}
	if (from != items)
		memcpy(items, from, count * sizeof(*items));
}
