/* SPDX-License-Identifier: Apache-2.0 */
#include "base/atomic_file.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SUFFIX ".part"

static void forget(struct atomic_file *atomic)
{
	free(atomic->path);
	free(atomic->temporary);
	memset(atomic, 0, sizeof(*atomic));
}

/* mkstemp gives a file to its owner alone; others get what a plain open would have given them. */
static int open_temporary(struct atomic_file *atomic)
{
	mode_t mask = umask(0);
	int fd;
	int error = 0;

	umask(mask);
	fd = mkstemps(atomic->temporary, (int)strlen(SUFFIX));
	if (fd < 0)
		return -errno;
	if (fchmod(fd, 0666 & ~mask))
		error = -errno;
	atomic->file = error ? NULL : fdopen(fd, "w");
	if (!atomic->file) {
		error = error ? error : -errno;
		close(fd);
		unlink(atomic->temporary);
	}
	return error;
}

/* A rename would put a file in the place of a device or a folder. */
static bool may_replace(const char *path)
{
	struct stat status;

	return stat(path, &status) || S_ISREG(status.st_mode);
}

int atomic_file_begin(struct atomic_file *atomic, const char *path)
{
	int error = -ENOMEM;

	memset(atomic, 0, sizeof(*atomic));
	if (!may_replace(path))
		return -EEXIST;
	atomic->path = strdup(path);
	if (!atomic->path || asprintf(&atomic->temporary, "%s.XXXXXX" SUFFIX, path) < 0) {
		atomic->temporary = NULL;
		goto out;
	}
	error = open_temporary(atomic);
out:
	if (error)
		forget(atomic);
	return error;
}

int atomic_file_commit(struct atomic_file *atomic)
{
	int error = ferror(atomic->file) ? -EIO : 0;

	if (fclose(atomic->file) && !error)
		error = -errno;
	if (!error && rename(atomic->temporary, atomic->path))
		error = -errno;
	if (error)
		unlink(atomic->temporary);
	forget(atomic);
	return error;
}

void atomic_file_abort(struct atomic_file *atomic)
{
	if (!atomic->file)
		return;
	fclose(atomic->file);
	unlink(atomic->temporary);
	forget(atomic);
}
