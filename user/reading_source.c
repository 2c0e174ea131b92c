/* SPDX-License-Identifier: Apache-2.0 */
#include "reading_source.h"

#include "import/import.h"
#include "import_say.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

_Static_assert(IMPORT_MESSAGE_BYTES <= CDICT_MESSAGE_BYTES, "messages");

/* A file that a capture of ours cannot be. What is no file is a pipe with text. */
static bool is_foreign_file(const char *path)
{
	unsigned char first[2] = { 0 };
	struct stat status;
	ssize_t count;
	int fd;

	if (stat(path, &status) || S_ISDIR(status.st_mode))
		return false;
	if (!S_ISREG(status.st_mode))
		return true;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	count = read(fd, first, sizeof(first));
	close(fd);
	return count > 0 && !(first[0] == 0x1f && first[1] == 0x8b);
}

/* The name may lack its .cdict. */
static bool is_foreign(const char *path)
{
	bool foreign;
	char *name;

	if (strcmp(path, "-") == 0)
		return true;
	if (access(path, F_OK) == 0)
		return is_foreign_file(path);
	if (asprintf(&name, "%s.cdict", path) < 0)
		return false;
	foreign = is_foreign_file(name);
	free(name);
	return foreign;
}

/* ---- a recording ---- */

static int create(struct cdict_writer **writer, char message[CDICT_MESSAGE_BYTES])
{
	const char *folder = getenv("TMPDIR");
	int error;

	if (!folder || !folder[0])
		folder = "/tmp";
	error = cdict_create_unnamed(folder, writer);
	if (error)
		snprintf(message, CDICT_MESSAGE_BYTES,
			 "cannot make a temporary file in '%s': %s: set TMPDIR to another folder",
			 folder, strerror(-error));
	return error;
}

/* Reads it into `writer`; gives a file of the capture. */
static int convert(struct import *import, struct cdict_writer *writer, int *fd,
		   struct import_result *result, char message[CDICT_MESSAGE_BYTES])
{
	int error = import_read(import, cdict_writer_sink(writer), result, message);

	import_say_clear();
	*fd = -1;
	if (error) {
		if (!message[0])
			snprintf(message, CDICT_MESSAGE_BYTES,
				 "cannot write a temporary file: %s: set TMPDIR to another folder",
				 strerror(-error));
		cdict_close(writer);
		return error;
	}
	*fd = fcntl(cdict_writer_fd(writer), F_DUPFD_CLOEXEC, 3);
	error = *fd < 0 ? -errno : 0;
	cdict_close(writer);
	return error;
}

static int open_recording(const struct import_options *options, struct cdict_reader **reader,
			  char message[CDICT_MESSAGE_BYTES])
{
	struct import_result result;
	struct cdict_writer *writer;
	const char *name = options->path;
	struct import *import;
	int fd, error = import_open(options, &import, message);

	if (error)
		return error;
	error = create(&writer, message);
	if (!error)
		error = convert(import, writer, &fd, &result, message);
	import_free(import);
	if (error)
		return error;
	if (strcmp(name, "-") == 0)
		name = "stdin";
	import_say_left_out(name, &result, false);
	return cdict_open_fd(fd, name, reader, message);
}

int reading_source_open(const char *path, bool detail, struct cdict_reader **reader,
			char message[CDICT_MESSAGE_BYTES])
{
	const struct import_options options = {
		.path = path,
		.detail = detail,
		.progress = import_say_progress(),
	};
	int error;

	if (!is_foreign(path))
		return cdict_open(path, reader, message);
	message[0] = '\0';
	error = open_recording(&options, reader, message);
	if (error && !message[0])
		snprintf(message, CDICT_MESSAGE_BYTES, "cannot read '%s': %s", path,
			 strerror(-error));
	return error;
}
