/* SPDX-License-Identifier: Apache-2.0 */
#include "base/program_path.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* 0 when this can be run, else -errno. */
static int try_path(const char *path)
{
	struct stat status;

	if (stat(path, &status))
		return -errno;
	if (S_ISDIR(status.st_mode))
		return -EISDIR;
	return faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) ? -errno : 0;
}

/* What is there and cannot be run is remembered, while the search goes on. */
static int find_in_path(const char *name, char path[PATH_MAX])
{
	const char *folder = getenv("PATH");
	int result = -ENOENT;

	if (!folder)
		folder = "/usr/local/bin:/usr/bin:/bin";
	for (;;) {
		int length = (int)strcspn(folder, ":");
		int error;

		snprintf(path, PATH_MAX, "%.*s%s%s", length, folder, length ? "/" : "", name);
		error = try_path(path);
		if (!error)
			return 0;
		if (error == -EACCES)
			result = error;
		if (!folder[length])
			return result;
		folder += length + 1;
	}
}

int program_path_find(const char *name, char path[PATH_MAX])
{
	if (!*name)
		return -ENOENT;
	if (!strchr(name, '/'))
		return find_in_path(name, path);
	if (strlen(name) >= PATH_MAX)
		return -ENAMETOOLONG;
	strcpy(path, name);
	return try_path(path);
}
