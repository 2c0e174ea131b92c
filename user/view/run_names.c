/* SPDX-License-Identifier: Apache-2.0 */
#include "view/run_names.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static size_t length_without_ending(const char *name)
{
	static const char ending[] = ".cdict";
	size_t length = strlen(name), tail = sizeof(ending) - 1;

	return length > tail && strcmp(name + length - tail, ending) == 0 ? length - tail : length;
}

static const char *base_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

void run_names_free(char **names, size_t count)
{
	for (size_t i = 0; names && i < count; i++)
		free(names[i]);
	free(names);
}

/* Whole names: with folders when two files are called alike. */
static char **whole_names(const char *const *paths, size_t count, bool folders)
{
	char **names = calloc(count + 1, sizeof(*names));

	for (size_t i = 0; names && i < count; i++) {
		const char *name = folders ? paths[i] : base_of(paths[i]);

		names[i] = strndup(name, length_without_ending(name));
		if (!names[i]) {
			run_names_free(names, count);
			return NULL;
		}
	}
	return names;
}

static bool any_equal(char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		for (size_t other = 0; other < i; other++)
			if (strcmp(names[i], names[other]) == 0)
				return true;
	return false;
}

/* Where a name may be cut: not within a word, and never within a number. */
static bool is_border(char left, char right)
{
	unsigned char l = (unsigned char)left, r = (unsigned char)right;

	if (isdigit(l) && isdigit(r))
		return false;
	return !isalnum(l) || !isalnum(r) || isdigit(l) != isdigit(r) || (islower(l) && isupper(r));
}

static bool is_border_of_all(char *const *names, size_t count, size_t at, bool from_end)
{
	for (size_t i = 0; i < count; i++) {
		size_t place = from_end ? strlen(names[i]) - at : at;

		if (place && names[i][place] && !is_border(names[i][place - 1], names[i][place]))
			return false;
	}
	return true;
}

/* How much all begin with; a number at its end is kept. */
static size_t common_head(char *const *names, size_t count)
{
	size_t head = strlen(names[0]);

	for (size_t i = 1; i < count; i++) {
		size_t same = 0;

		while (same < head && names[i][same] == names[0][same])
			same++;
		head = same;
	}
	while (head && (isdigit((unsigned char)names[0][head - 1]) ||
			!is_border_of_all(names, count, head, false)))
		head--;
	return head;
}

/* How much all end with, behind the head; a number at its beginning is kept. */
static size_t common_tail(char *const *names, size_t count, size_t head)
{
	size_t length = strlen(names[0]), tail = length - head;

	for (size_t i = 1; i < count; i++) {
		size_t other = strlen(names[i]), same = 0;

		while (same < tail && same < other - head &&
		       names[i][other - same - 1] == names[0][length - same - 1])
			same++;
		tail = same;
	}
	while (tail && (isdigit((unsigned char)names[0][length - tail]) ||
			!is_border_of_all(names, count, tail, true)))
		tail--;
	return tail;
}

static void strip(char **names, size_t count)
{
	size_t head = common_head(names, count), tail = common_tail(names, count, head);

	for (size_t i = 0; i < count; i++)
		if (strlen(names[i]) <= head + tail)
			return;
	for (size_t i = 0; i < count; i++) {
		size_t length = strlen(names[i]) - head - tail;

		memmove(names[i], names[i] + head, length);
		names[i][length] = '\0';
	}
}

char **run_names_make(const char *const *paths, size_t count)
{
	char **names = whole_names(paths, count, false);

	if (names && any_equal(names, count)) {
		run_names_free(names, count);
		names = whole_names(paths, count, true);
	}
	if (names && count > 1 && !any_equal(names, count))
		strip(names, count);
	return names;
}
