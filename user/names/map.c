/* SPDX-License-Identifier: Apache-2.0 */
#include "names/map.h"

#include "base/array.h"
#include "base/number_map.h"
#include "base/string_pool.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_BYTES 4096

struct entry {
	uint64_t name; /* string ids */
	uint64_t vm;
	uint64_t vcpu;
};

struct names_map {
	struct string_pool *strings;
	struct number_map places; /* by tid */
	struct entry *entries;
	size_t count;
	size_t capacity;
};

struct names_map *names_map_new(void)
{
	struct names_map *map = calloc(1, sizeof(*map));

	if (!map)
		return NULL;
	map->strings = string_pool_new();
	if (!map->strings) {
		free(map);
		return NULL;
	}
	return map;
}

void names_map_free(struct names_map *map)
{
	if (!map)
		return;
	string_pool_free(map->strings);
	number_map_free(&map->places);
	free(map->entries);
	free(map);
}

size_t names_map_count(const struct names_map *map)
{
	return map->count;
}

uint32_t names_map_find(const struct names_map *map, uint64_t tid)
{
	return number_map_find(&map->places, tid);
}

struct task_name names_map_name(const struct names_map *map, uint32_t place)
{
	const struct entry *entry = &map->entries[place];

	return (struct task_name){
		.name = string_pool_text(map->strings, entry->name),
		.vm = string_pool_text(map->strings, entry->vm),
		.vcpu = entry->vcpu,
	};
}

static int add_place(struct names_map *map, uint64_t tid, uint32_t *place)
{
	if (ARRAY_RESERVE(map->entries, map->capacity, map->count + 1))
		return -ENOMEM;
	*place = (uint32_t)map->count;
	if (number_map_add(&map->places, tid, *place))
		return -ENOMEM;
	map->count++;
	return 0;
}

int names_map_add(struct names_map *map, const struct map_row *row, bool *again)
{
	uint64_t name = string_pool_add(map->strings, row->name);
	uint64_t vm = row->vm[0] ? string_pool_add(map->strings, row->vm) : STRING_NONE;
	uint32_t place = names_map_find(map, row->tid);

	*again = place != NUMBER_MAP_NONE;
	if (name == STRING_NONE || (vm == STRING_NONE && row->vm[0]))
		return -ENOMEM;
	if (!*again && add_place(map, row->tid, &place))
		return -ENOMEM;
	map->entries[place] = (struct entry){ .name = name, .vm = vm, .vcpu = row->vcpu };
	return 0;
}

/* ---- a file ---- */

struct reading {
	FILE *file;
	const char *path;
	size_t line;
	char text[LINE_BYTES];
	bool long_line; /* longer than text, or with a NUL in it */
};

/* False when there is no more. */
static bool read_line(struct reading *reading)
{
	size_t length = 0;
	int byte;

	reading->long_line = false;
	while ((byte = getc_unlocked(reading->file)) != EOF && byte != '\n') {
		reading->long_line |= !byte || length == LINE_BYTES - 1;
		if (!reading->long_line)
			reading->text[length++] = (char)byte;
	}
	if (length && reading->text[length - 1] == '\r')
		length--;
	reading->text[length] = '\0';
	reading->line++;
	return byte != EOF || length || reading->long_line;
}

/* Spreadsheets put U+FEFF first; in UTF-16 that tells what it is. */
static int skip_mark(struct reading *reading)
{
	const unsigned char *text = (const unsigned char *)reading->text;

	if (reading->line > 1)
		return 0;
	if ((text[0] == 0xff && text[1] == 0xfe) || (text[0] == 0xfe && text[1] == 0xff))
		return -EILSEQ;
	if (text[0] == 0xef && text[1] == 0xbb && text[2] == 0xbf)
		memmove(reading->text, reading->text + 3, strlen(reading->text + 3) + 1);
	return 0;
}

static int take_line(struct names_map *map, struct reading *reading, names_complain complain,
		     void *context)
{
	char why[MAP_ROW_WHY_BYTES] = "it is too long, or no text";
	enum map_row_kind kind = MAP_ROW_BAD;
	struct map_row row;
	bool again = false;
	int error = 0;

	if (!reading->long_line)
		kind = map_row_read(reading->text, false, &row, why);
	if (kind == MAP_ROW_BAD)
		complain(context, reading->path, reading->line, why);
	if (kind == MAP_ROW_NAME)
		error = names_map_add(map, &row, &again);
	if (again) {
		snprintf(why, sizeof(why), "the tid %llu was named before: this row counts",
			 (unsigned long long)row.tid);
		complain(context, reading->path, reading->line, why);
	}
	return error;
}

int names_map_read(struct names_map *map, const char *path, names_complain complain, void *context)
{
	struct reading *reading = calloc(1, sizeof(*reading));
	int error = 0;

	if (!reading)
		return -ENOMEM;
	reading->path = path;
	reading->file = fopen(path, "re");
	if (!reading->file)
		error = -errno;
	while (!error && read_line(reading)) {
		error = skip_mark(reading);
		if (!error)
			error = take_line(map, reading, complain, context);
	}
	if (!error && ferror(reading->file))
		error = -errno;
	if (reading->file)
		fclose(reading->file);
	free(reading);
	return error;
}
