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

/* ---- by one number ---- */

#define KEY_DIGIT_BITS 11
#define FEW_DIGIT_BITS 8 /* tables cost, too */
#define KEY_DIGITS_MAX 8
#define FEW_KEYS 2048
#define VERY_FEW_KEYS 32

/* A window of bits that begins where keys differ: most are the same in all. */
struct key_digit {
	unsigned int shift;
	unsigned int bits;
	uint32_t places[1u << KEY_DIGIT_BITS];
};

static void insert_keys(struct sort_key *keys, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		struct sort_key key = keys[i];
		size_t to = i;

		for (; to && keys[to - 1].key > key.key; to--)
			keys[to] = keys[to - 1];
		keys[to] = key;
	}
}

static unsigned int value_of(const struct key_digit *digit, uint64_t key)
{
	return (unsigned int)(key >> digit->shift) & ((1u << digit->bits) - 1);
}

static size_t choose_digits(const struct sort_key *keys, size_t count, struct key_digit *digits)
{
	unsigned int bits = count < FEW_KEYS ? FEW_DIGIT_BITS : KEY_DIGIT_BITS;
	uint64_t differing = 0;
	size_t chosen = 0;

	for (size_t i = 1; i < count; i++)
		differing |= keys[i].key ^ keys[0].key;
	while (differing) {
		struct key_digit *digit = &digits[chosen++];
		unsigned int left;

		digit->shift = (unsigned int)__builtin_ctzll(differing);
		left = 64 - (unsigned int)__builtin_clzll(differing) - digit->shift;
		digit->bits = left < bits ? left : bits;
		memset(digit->places, 0, sizeof(*digit->places) << digit->bits);
		differing = left == digit->bits
				    ? 0
				    : differing >> (digit->shift + digit->bits)
							   << (digit->shift + digit->bits);
	}
	return chosen;
}

/* How many keys have each value, for all digits in one go. */
static void count_values(const struct sort_key *keys, size_t count, struct key_digit *digits,
			 size_t chosen)
{
	for (size_t i = 0; i < count; i++)
		for (size_t d = 0; d < chosen; d++)
			digits[d].places[value_of(&digits[d], keys[i].key)]++;
}

static void scatter(struct key_digit *digit, const struct sort_key *from, struct sort_key *to,
		    size_t count)
{
	uint32_t place = 0;

	for (unsigned int value = 0; value < 1u << digit->bits; value++) {
		uint32_t here = digit->places[value];

		digit->places[value] = place;
		place += here;
	}
	for (size_t i = 0; i < count; i++)
		to[digit->places[value_of(digit, from[i].key)]++] = from[i];
}

void sort_keys(struct sort_key *keys, struct sort_key *scratch, size_t count)
{
	struct key_digit digits[KEY_DIGITS_MAX];
	struct sort_key *from = keys, *to = scratch, *swap;
	size_t chosen;

	if (count <= VERY_FEW_KEYS) {
		insert_keys(keys, count);
		return;
	}
	chosen = choose_digits(keys, count, digits);
	count_values(keys, count, digits, chosen);
	for (size_t d = 0; d < chosen; d++) {
		scatter(&digits[d], from, to, count);
		swap = from;
		from = to;
		to = swap;
	}
	if (from != keys)
		memcpy(keys, from, count * sizeof(*keys));
}
