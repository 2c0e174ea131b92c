/* SPDX-License-Identifier: Apache-2.0 */
/* Finds and opens a file, and reads its header. */
#include "cdict/cdict_open.h"

#include "cdict/cdict_inflate.h"
#include "cdict/cdict_message.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

__attribute__((format(printf, 3, 4))) static int tell(char message[CDICT_MESSAGE_BYTES], int err,
						      const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(message, CDICT_MESSAGE_BYTES, format, arguments);
	va_end(arguments);
	return err;
}

/* Opens path + suffix; a name that opens is kept. */
static int try_name(struct cdict_reader *reader, const char *path, const char *suffix)
{
	char *name;
	int fd;

	if (asprintf(&name, "%s%s", path, suffix) < 0)
		return -ENOMEM;
	fd = open(name, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		int err = -errno;

		free(name);
		return err;
	}
	reader->fd = fd;
	reader->path = name;
	return 0;
}

static bool exists(const char *path, const char *suffix)
{
	struct stat status;
	char name[4096];

	return snprintf(name, sizeof(name), "%s%s", path, suffix) < (int)sizeof(name) &&
	       stat(name, &status) == 0;
}

static int find_file(struct cdict_reader *reader, const char *path,
		     char message[CDICT_MESSAGE_BYTES])
{
	struct stat status;
	int err = try_name(reader, path, "");

	if (err == -ENOENT)
		err = try_name(reader, path, ".cdict");
	if (err == -ENOENT && (exists(path, ".part") || exists(path, ".cdict.part")))
		return tell(message, err,
			    "'%s' is not there yet, but '%s%s' is: a recording that is under way "
			    "or was killed; it can be read by that name",
			    path, path, exists(path, ".part") ? ".part" : ".cdict.part");
	if (err)
		return tell(message, err, "cannot open '%s': %s", path, strerror(-err));
	if (fstat(reader->fd, &status) || !S_ISREG(status.st_mode))
		return tell(message, -EBADMSG, "'%s' is not a regular file", path);
	return 0;
}

/* Says what a file is that is no gzip; only by its first bytes. */
static int check_magic(const struct cdict_reader *reader, char message[CDICT_MESSAGE_BYTES])
{
	unsigned char first[8] = { 0 };
	ssize_t count = pread(reader->fd, first, sizeof(first), 0);

	if (count < 0)
		return tell(message, -errno, "cannot read '%s': %s", reader->path, strerror(errno));
	if (count == 0)
		return tell(message, -EBADMSG, "'%s' is empty: nothing was recorded", reader->path);
	if (first[0] == 0x1f && first[1] == 0x8b)
		return 0;
	if (first[0] == 0x78)
		return tell(message, -EBADMSG, "'%s' is a cdict of the old format (version 1)",
			    reader->path);
	if (memcmp(first, "PERFILE2", 8) == 0)
		return tell(message, -EBADMSG, "'%s' is a recording of perf, not a cdict",
			    reader->path);
	return tell(message, -EBADMSG, "'%s' is not a cdict: it begins with bytes %02x %02x",
		    reader->path, first[0], first[1]);
}

static int parse_header(struct cdict_reader *reader, const struct cdict_inflate *members,
			char text[CDICT_MESSAGE_BYTES])
{
	struct cdict_scan scan = { members->member.bytes,
				   members->member.bytes + members->member.size, NULL };
	struct cdict_message message;
	struct cdict_fault fault;
	int err;

	if (!cdict_message_read(&scan, &message) || message.kind != CDICT_MESSAGE_HEADER)
		return tell(text, -EBADMSG, "'%s' is not a cdict: it does not begin with a header",
			    reader->path);
	err = cdict_ends_header(message.body, message.body_bytes, &reader->texts, &reader->header,
				&fault);
	if (err == -EBADMSG)
		return tell(text, err, "'%s': header: %s%s%s", reader->path,
			    fault.field ? fault.field : "", fault.field ? ": " : "", fault.fault);
	return err;
}

static int read_header(struct cdict_reader *reader, char message[CDICT_MESSAGE_BYTES])
{
	struct cdict_inflate members;
	int err = cdict_inflate_init(&members, reader->fd);

	if (err)
		return err;
	err = cdict_inflate_next(&members);
	if (err > 0)
		err = parse_header(reader, &members, message);
	else if (err == 0 || err == -EBADMSG)
		err = tell(message, -EBADMSG, "'%s' is cut or damaged within its header: %s",
			   reader->path, err ? members.fault : "there is none");
	cdict_inflate_free(&members);
	return err;
}

static int open_reader(int fd, const char *path, struct cdict_reader **result,
		       char message[CDICT_MESSAGE_BYTES])
{
	struct cdict_reader *reader = calloc(1, sizeof(*reader));
	int err;

	message[0] = '\0';
	if (!reader) {
		if (fd >= 0)
			close(fd);
		return tell(message, -ENOMEM, "not enough memory to read '%s'", path);
	}
	reader->fd = fd;
	err = cdict_texts_init(&reader->texts);
	if (!err && fd >= 0)
		err = (reader->path = strdup(path)) ? 0 : -ENOMEM;
	else if (!err)
		err = find_file(reader, path, message);
	if (!err)
		err = check_magic(reader, message);
	if (!err)
		err = read_header(reader, message);
	if (err) {
		cdict_reader_free(reader);
		if (!message[0])
			tell(message, err, "cannot read '%s': %s", path, strerror(-err));
		return err;
	}
	*result = reader;
	return 0;
}

int cdict_open(const char *path, struct cdict_reader **result, char message[CDICT_MESSAGE_BYTES])
{
	return open_reader(-1, path, result, message);
}

int cdict_open_fd(int fd, const char *name, struct cdict_reader **result,
		  char message[CDICT_MESSAGE_BYTES])
{
	return open_reader(fd, name, result, message);
}

void cdict_reader_free(struct cdict_reader *reader)
{
	if (!reader)
		return;
	if (reader->fd >= 0)
		close(reader->fd);
	free((void *)reader->header.cpus);
	free((void *)reader->end.proof);
	cdict_texts_free(&reader->texts);
	free(reader->path);
	free(reader);
}

const struct capture_header *cdict_header(const struct cdict_reader *reader)
{
	return &reader->header;
}

const char *cdict_path(const struct cdict_reader *reader)
{
	return reader->path;
}

const struct string_pool *cdict_strings(const struct cdict_reader *reader)
{
	return reader->texts.pool;
}
