/* SPDX-License-Identifier: Apache-2.0 */
#include "base/open_name.h"

#include <ctype.h>
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINKS_MAX 40 /* as the kernel has it: path_resolution(7) */
#define PROC "/proc/"

/* The folder where the path's last name really lies; false when there is none. */
static bool find_folder(const char *path, char folder[PATH_MAX])
{
	char *copy = strdup(path);
	bool found = copy && realpath(dirname(copy), folder);

	free(copy);
	return found;
}

static const char *last_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* Goes on to what the link of this name says; false when it is no link. */
static bool follow(char path[PATH_MAX], const char *folder)
{
	char target[PATH_MAX];
	ssize_t length = readlink(path, target, sizeof(target) - 1);

	if (length <= 0)
		return false;
	target[length] = '\0';
	if (target[0] == '/')
		strcpy(path, target);
	else if (snprintf(path, PATH_MAX, "%s/%s", folder, target) >= PATH_MAX)
		return false;
	return true;
}

static int number_in(const char *folder, const char *name)
{
	char own[PATH_MAX], *rest;
	unsigned long number = strtoul(name, &rest, 10);

	if (!realpath("/proc/self/fd", own) || strcmp(own, folder) != 0 ||
	    !isdigit((unsigned char)*name) || *rest || number > INT_MAX)
		return -ENOTSUP;
	return (int)number;
}

int open_name_find(const char *path)
{
	char at[PATH_MAX], folder[PATH_MAX];

	if (strlen(path) >= sizeof(at))
		return -ENOENT;
	strcpy(at, path);
	for (int links = 0; links < LINKS_MAX && find_folder(at, folder); links++) {
		if (strncmp(folder, PROC, strlen(PROC)) == 0)
			return number_in(folder, last_name(at));
		if (!follow(at, folder))
			break;
	}
	return -ENOENT;
}
