/* SPDX-License-Identifier: Apache-2.0 */
#include "out_option.h"

#include "base/log.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The file that a command opens when it is given this: its name may lack .cdict. */
static bool find_input(const char *path, struct stat *status)
{
	char *name;
	bool found;

	if (strcmp(path, "-") == 0)
		return fstat(STDIN_FILENO, status) == 0;
	if (stat(path, status) == 0)
		return true;
	if (asprintf(&name, "%s.cdict", path) < 0)
		return false;
	found = stat(name, status) == 0;
	free(name);
	return found;
}

static int spare(const char *out, const struct stat *out_status, const char *path)
{
	struct stat status;

	if (!find_input(path, &status) || status.st_dev != out_status->st_dev ||
	    status.st_ino != out_status->st_ino)
		return 0;
	log_error("'%s' is to be written, but is '%s', which is read: give another --out", out,
		  path);
	return -EINVAL;
}

int out_option_check(const char *out, const char *const *paths, size_t path_count,
		     const struct map_option *maps)
{
	struct stat status;
	int error = 0;

	if (out && !*out) {
		log_error("--out is empty: give the name of a file");
		return -EINVAL;
	}
	if (out && strcmp(out, "-") == 0) {
		log_error("--out '-' is not standard output: give the name of a file (./- for one "
			  "of that name)");
		return -EINVAL;
	}
	if (!out || stat(out, &status) || !S_ISREG(status.st_mode))
		return 0;
	for (size_t i = 0; i < path_count && !error; i++)
		error = spare(out, &status, paths[i]);
	for (size_t i = 0; maps && i < maps->count && !error; i++)
		error = spare(out, &status, maps->files[i]);
	return error;
}

void out_option_say_not_created(const char *out, int error)
{
	if (error == -EEXIST)
		log_error("'%s.part' is left over from a capture that did not end: look at it with "
			  "pftrace info, then move it away or remove it",
			  out);
	else if (error == -EISDIR)
		log_error("--out '%s' is a folder: give the name of a file in it", out);
	else if (error == -ENOTSUP)
		log_error("--out '%s' is a pipe or a device: a capture is finished by a rename, "
			  "so give the name of a file",
			  out);
	else
		log_error("cannot create '%s.part': %s", out, strerror(-error));
}
