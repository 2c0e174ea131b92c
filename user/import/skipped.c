/* SPDX-License-Identifier: Apache-2.0 */
#include "import/skipped.h"

#include "base/clean.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void copy_name(char name[SKIPPED_NAME_BYTES], const char *from, size_t length)
{
	if (length > SKIPPED_NAME_BYTES - 1)
		length = SKIPPED_NAME_BYTES - 1;
	memcpy(name, from, length);
	name[length] = '\0';
	clean_text(name, length);
}

void skipped_add(struct skipped *skipped, const char *from, size_t length)
{
	char name[SKIPPED_NAME_BYTES];

	copy_name(name, from, length);
	for (size_t i = 0; i < skipped->names; i++)
		if (strcmp(skipped->items[i].name, name) == 0) {
			skipped->items[i].count++;
			return;
		}
	if (skipped->names == SKIPPED_NAMES) {
		skipped->others++;
		return;
	}
	memcpy(skipped->items[skipped->names].name, name, sizeof(name));
	skipped->items[skipped->names++].count = 1;
}

static int by_count(const void *a, const void *b)
{
	const struct skipped_name *x = a, *y = b;

	return x->count < y->count ? 1 : x->count > y->count ? -1 : 0;
}

void skipped_text(const struct skipped *skipped, char *text, size_t text_bytes)
{
	struct skipped sorted = *skipped;
	size_t length = 0;

	text[0] = '\0';
	qsort(sorted.items, sorted.names, sizeof(sorted.items[0]), by_count);
	for (size_t i = 0; i < sorted.names && length + SKIPPED_NAME_BYTES + 64 < text_bytes; i++)
		length += (size_t)snprintf(text + length, text_bytes - length, "%s%llu %s",
					   i ? ", " : "", (unsigned long long)sorted.items[i].count,
					   sorted.items[i].name);
	if (skipped->others)
		snprintf(text + length, text_bytes - length, ", %llu others",
			 (unsigned long long)skipped->others);
}
