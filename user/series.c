/* SPDX-License-Identifier: Apache-2.0 */
#include "series.h"

#include "base/array.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ENDING ".cdict"
#define NUMBER_MAX 999999999 /* nine digits */

static char *without_ending(const char *path)
{
	size_t length = strlen(path), ending = strlen(ENDING);
	const char *name = strrchr(path, '/');

	name = name ? name + 1 : path;
	if (strlen(name) > ending && strcmp(path + length - ending, ENDING) == 0)
		length -= ending;
	return strndup(path, length);
}

/* The number in "NAME.0012.cdict" or "NAME.0012.cdict.part"; 0: it is none of ours. */
static uint32_t number_of(const char *file, const char *name)
{
	size_t length = strlen(name);
	unsigned long number;
	char *end;

	if (strncmp(file, name, length) != 0 || file[length] != '.' ||
	    !isdigit((unsigned char)file[length + 1]))
		return 0;
	number = strtoul(file + length + 1, &end, 10);
	if (number > NUMBER_MAX || strncmp(end, ENDING, strlen(ENDING)) != 0)
		return 0;
	end += strlen(ENDING);
	return *end == '\0' || strcmp(end, ".part") == 0 ? (uint32_t)number : 0;
}

/* Of a folder that cannot be read nothing is known: series_next() looks at each name. */
static uint32_t last_number(const char *stem)
{
	const char *name = strrchr(stem, '/');
	char *folder_path = strndup(stem, name ? (size_t)(name - stem + 1) : 0);
	DIR *folder = folder_path ? opendir(*folder_path ? folder_path : ".") : NULL;
	struct dirent *entry;
	uint32_t last = 0;

	free(folder_path);
	if (!folder)
		return 0;
	while ((entry = readdir(folder))) {
		uint32_t number = number_of(entry->d_name, name ? name + 1 : stem);

		if (number > last)
			last = number;
	}
	closedir(folder);
	return last;
}

int series_open(struct series *series, const char *path, const char *fixed_path, uint32_t keep)
{
	*series = (struct series){
		.stem = without_ending(fixed_path),
		.shown_stem = without_ending(path),
		.keep = keep,
	};
	if (!series->stem || !series->shown_stem) {
		series_close(series);
		return -ENOMEM;
	}
	series->number = last_number(series->stem);
	return 0;
}

void series_close(struct series *series)
{
	free(series->stem);
	free(series->shown_stem);
	free(series->files);
	*series = (struct series){ 0 };
}

static char *path_of(const char *stem, uint32_t number)
{
	char *path;

	return asprintf(&path, "%s.%04u" ENDING, stem, number) < 0 ? NULL : path;
}

static bool is_there(const char *path)
{
	char *part;
	bool there = access(path, F_OK) == 0;

	if (there || asprintf(&part, "%s.part", path) < 0)
		return there;
	there = access(part, F_OK) == 0;
	free(part);
	return there;
}

int series_next(struct series *series, struct series_name *name)
{
	do {
		free(name->path);
		name->path = path_of(series->stem, ++series->number);
	} while (name->path && is_there(name->path));
	name->number = series->number;
	name->shown = path_of(series->shown_stem, series->number);
	if (name->path && name->shown)
		return 0;
	series_name_free(name);
	return -ENOMEM;
}

void series_name_free(struct series_name *name)
{
	free(name->path);
	free(name->shown);
	*name = (struct series_name){ 0 };
}

static int note(struct series *series, const struct series_name *name)
{
	struct stat status;

	if (ARRAY_RESERVE(series->files, series->capacity, series->count + 1))
		return -ENOMEM;
	if (lstat(name->path, &status))
		return -errno;
	series->files[series->count++] = (struct series_file){ .number = name->number,
							       .device = status.st_dev,
							       .inode = status.st_ino };
	return 0;
}

static int remove_file(const struct series *series, const struct series_file *file)
{
	char *path = path_of(series->stem, file->number);
	struct stat status;
	int error = 0;

	if (!path)
		return -ENOMEM;
	if (lstat(path, &status) == 0 && status.st_dev == file->device &&
	    status.st_ino == file->inode && unlink(path))
		error = -errno;
	free(path);
	return error;
}

int series_finished(struct series *series, const struct series_name *name)
{
	int error = note(series, name), failed;
	size_t gone = 0;

	series->finished++;
	while (series->keep && series->count - gone > series->keep) {
		failed = remove_file(series, &series->files[gone++]);
		error = error ? error : failed;
	}
	series->count -= gone;
	memmove(series->files, series->files + gone, series->count * sizeof(*series->files));
	return error;
}
