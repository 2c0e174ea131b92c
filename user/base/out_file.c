/* SPDX-License-Identifier: Apache-2.0 */
#include "base/out_file.h"

#include "base/open_name.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUFFER_BYTES (256 * 1024)

/* Where the file really lies: through a symbolic link, the link stays. */
static char *real_path(const char *path)
{
	char *real = realpath(path, NULL);

	return real ? real : strdup(path);
}

static char *name_temporary(const char *path)
{
	char *name;

	return asprintf(&name, "%s.%ld.tmp", path, (long)getpid()) < 0 ? NULL : name;
}

/* O_TMPFILE: the kernel forgets the file when we die, whatever we die of. */
static int open_nameless(const char *path)
{
	char *copy = strdup(path);
	int fd = copy ? open(dirname(copy), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666) : -1;

	free(copy);
	return fd;
}

static int open_temporary(struct out_file *out)
{
	int fd = open_nameless(out->path);

	if (fd >= 0)
		return fd;
	out->temporary = name_temporary(out->path);
	if (!out->temporary)
		return -1;
	fd = open(out->temporary, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666);
	if (fd < 0) {
		free(out->temporary);
		out->temporary = NULL;
	}
	return fd;
}

static bool is_special(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && !S_ISREG(status.st_mode);
}

/* Whoever opened it may have written into it, and may do so again: behind what we write. */
static int open_open(struct out_file *out, int number)
{
	int fd = fcntl(number, F_DUPFD_CLOEXEC, 3);
	int error;

	if (fd < 0)
		return -errno;
	out->stream = fdopen(fd, "w");
	if (out->stream)
		return 0;
	error = -errno;
	close(fd);
	return error;
}

static int open_stream(struct out_file *out, const char *path)
{
	int fd = open_name_find(path);

	if (fd >= 0)
		return open_open(out, fd);
	if (fd == -ENOTSUP) {
		out->stream = fopen(path, "ae");
		return out->stream ? 0 : -errno;
	}
	if (is_special(path)) {
		out->stream = fopen(path, "we");
		return out->stream ? 0 : -errno;
	}
	out->path = real_path(path);
	if (!out->path)
		return -ENOMEM;
	fd = open_temporary(out);
	if (fd >= 0)
		out->stream = fdopen(fd, "w");
	return out->stream ? 0 : -errno;
}

int out_file_open(struct out_file *out, const char *path)
{
	int error = 0;

	*out = (struct out_file){ 0 };
	if (path)
		error = open_stream(out, path);
	else
		out->stream = stdout;
	if (error)
		out_file_drop(out);
	else
		setvbuf(out->stream, NULL, _IOFBF, BUFFER_BYTES);
	return error;
}

/* Gives a nameless file its temporary name: linkat(2) cannot replace, rename(2) can. */
static int name_it(struct out_file *out)
{
	char by_fd[64];

	if (out->temporary)
		return 0;
	out->temporary = name_temporary(out->path);
	if (!out->temporary)
		return -ENOMEM;
	snprintf(by_fd, sizeof(by_fd), "/proc/self/fd/%d", fileno(out->stream));
	if (linkat(AT_FDCWD, by_fd, AT_FDCWD, out->temporary, AT_SYMLINK_FOLLOW) == 0)
		return 0;
	free(out->temporary);
	out->temporary = NULL;
	return -errno;
}

static int close_stream(struct out_file *out)
{
	FILE *stream = out->stream;

	out->stream = NULL;
	return stream && fclose(stream) == EOF ? -errno : 0;
}

int out_file_keep(struct out_file *out)
{
	int error = fflush(out->stream) == EOF ? -errno : 0;

	if (!error && ferror(out->stream))
		error = -EIO;
	if (!error && out->path)
		error = name_it(out);
	if (!error && out->stream != stdout)
		error = close_stream(out);
	if (!error && out->path && rename(out->temporary, out->path))
		error = -errno;
	if (!error) {
		free(out->temporary);
		out->temporary = NULL;
	}
	out_file_drop(out);
	return error;
}

void out_file_drop(struct out_file *out)
{
	if (out->stream != stdout)
		close_stream(out);
	if (out->temporary)
		unlink(out->temporary);
	free(out->temporary);
	free(out->path);
	*out = (struct out_file){ 0 };
}
