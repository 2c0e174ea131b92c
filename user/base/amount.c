/* SPDX-License-Identifier: Apache-2.0 */
#include "base/amount.h"

#include "base/array.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct {
	const char *word;
	uint64_t each;
	bool bytes;
} units[] = {
	{ "ns", 1, false },
	{ "us", 1000, false },
	{ "ms", 1000000, false },
	{ "s", 1000000000, false },
	{ "min", 60000000000, false },
	{ "m", 60000000000, false },
	{ "h", 3600000000000, false },
	{ "d", 86400000000000, false },
	{ "kB", 1000, true },
	{ "MB", 1000000, true },
	{ "GB", 1000000000, true },
	{ "TB", 1000000000000, true },
	{ "KiB", 1ULL << 10, true },
	{ "MiB", 1ULL << 20, true },
	{ "GiB", 1ULL << 30, true },
	{ "TiB", 1ULL << 40, true },
};

/* Digits, and perhaps a point and more of them; whatever the locale, and without signs. */
static const char *skip_number(const char *text)
{
	size_t whole = strspn(text, "0123456789");
	const char *rest = text + whole;

	if (*rest == '.')
		rest += 1 + strspn(rest + 1, "0123456789");
	return whole ? rest : text;
}

int amount_parse(const char *text, uint64_t *amount, bool *bytes)
{
	const char *unit = skip_number(text), *point = strchr(text, '.');
	double number = (double)strtoull(text, NULL, 10), part = 1;

	if (unit == text)
		return -EINVAL;
	for (const char *digit = point ? point + 1 : unit; digit < unit; digit++)
		number += (*digit - '0') * (part /= 10);
	for (size_t i = 0; i < ARRAY_LENGTH(units); i++) {
		if (strcasecmp(unit, units[i].word) != 0)
			continue;
		if (number * (double)units[i].each >= (double)INT64_MAX)
			return -ERANGE;
		*amount = (uint64_t)(number * (double)units[i].each + 0.5);
		*bytes = units[i].bytes;
		return 0;
	}
	return -EINVAL;
}

const char *amount_of_bytes(char text[AMOUNT_BYTES], uint64_t bytes)
{
	static const char *const words[] = { "B", "KB", "MB", "GB", "TB" };
	double value = (double)bytes;
	size_t word = 0;

	for (; value >= 1000 && word + 1 < ARRAY_LENGTH(words); word++)
		value /= 1000;
	snprintf(text, AMOUNT_BYTES, word ? "%.1f %s" : "%.0f %s", value, words[word]);
	return text;
}
