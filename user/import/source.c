/* SPDX-License-Identifier: Apache-2.0 */
#include "import/source.h"

#include "base/clean.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

int source_init(struct source *source, int fd)
{
	*source = (struct source){ .fd = fd, .words_fd = -1 };
	source->bytes = malloc(SOURCE_BYTES);
	return source->bytes ? 0 : -ENOMEM;
}

/* ---- a program that writes ---- */

static int spawn(struct source *source, char *const argv[], int out)
{
	posix_spawn_file_actions_t actions;
	int error = posix_spawn_file_actions_init(&actions);

	if (error)
		return -error;
	error = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	if (!error)
		error = posix_spawn_file_actions_adddup2(&actions, out, 1);
	if (!error)
		error = posix_spawn_file_actions_adddup2(&actions, source->words_fd, 2);
	if (!error)
		error = posix_spawnp(&source->child, argv[0], &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (error)
		source->child = 0;
	return -error;
}

int source_spawn(struct source *source, char *const argv[])
{
	int ends[2];
	int error;

	if (pipe2(ends, O_CLOEXEC))
		return -errno;
	error = source_init(source, ends[0]);
	fcntl(ends[0], F_SETPIPE_SZ, 1 << 20); /* fewer turns; refused where a user has too many */
	if (!error) {
		source->words_fd = memfd_create("words", MFD_CLOEXEC);
		error = source->words_fd < 0 ? -errno : spawn(source, argv, ends[1]);
	}
	close(ends[1]);
	if (error)
		source_close(source);
	return error;
}

/* It is for perf's own command line. */
static void drop_hint(char *line)
{
	char *hint = strstr(line, " (rerun with -v");

	if (hint)
		*hint = '\0';
}

/* The last line that is not empty. */
static void last_words(int fd, char *words, size_t words_bytes)
{
	char tail[1024];
	off_t size = lseek(fd, 0, SEEK_END);
	off_t from = size > (off_t)sizeof(tail) - 1 ? size - (off_t)sizeof(tail) + 1 : 0;
	ssize_t count = pread(fd, tail, sizeof(tail) - 1, from);
	char *line;

	words[0] = '\0';
	if (count <= 0)
		return;
	while (count && (tail[count - 1] == '\n' || tail[count - 1] == ' '))
		count--;
	tail[count] = '\0';
	line = strrchr(tail, '\n');
	line = line ? line + 1 : tail;
	clean_text(line, strlen(line));
	drop_hint(line);
	snprintf(words, words_bytes, "%s", line);
}

int source_wait(struct source *source, char *words, size_t words_bytes)
{
	int status;

	words[0] = '\0';
	if (!source->child)
		return 0;
	while (waitpid(source->child, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	source->child = 0;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	last_words(source->words_fd, words, words_bytes);
	return -EIO;
}

void source_close(struct source *source)
{
	if (source->fd >= 0)
		close(source->fd);
	if (source->child) {
		kill(source->child, SIGTERM);
		waitpid(source->child, NULL, 0);
	}
	if (source->words_fd >= 0)
		close(source->words_fd);
	free(source->bytes);
	*source = (struct source){ .fd = -1, .words_fd = -1 };
}

/* ---- bytes and lines ---- */

static int read_more(struct source *source)
{
	ssize_t count;

	do {
		count = read(source->fd, source->bytes + source->end, SOURCE_BYTES - source->end);
	} while (count < 0 && errno == EINTR);
	if (count < 0)
		return -errno;
	if (count == 0)
		source->at_end = true;
	source->end += (size_t)count;
	source->bytes_read += (uint64_t)count;
	return 0;
}

static void make_room(struct source *source)
{
	memmove(source->bytes, source->bytes + source->begin, source->end - source->begin);
	source->end -= source->begin;
	source->begin = 0;
}

int source_peek(struct source *source)
{
	int error = 0;

	make_room(source);
	while (!error && !source->at_end && source->end < SOURCE_BYTES)
		error = read_more(source);
	return error;
}

/* Drops what is there of a line that never ends, up to its end. */
static int skip_long_line(struct source *source)
{
	int error = 0;

	source->long_lines++;
	while (!error && !source->at_end) {
		const char *newline = memchr(source->bytes, '\n', source->end);

		if (newline) {
			source->begin = (size_t)(newline - source->bytes) + 1;
			return 0;
		}
		source->begin = source->end = 0;
		error = read_more(source);
	}
	source->begin = source->end;
	return error;
}

static int take(struct source *source, size_t length, size_t skip, const char **line,
		size_t *line_length)
{
	*line = source->bytes + source->begin;
	*line_length = length && (*line)[length - 1] == '\r' ? length - 1 : length;
	source->begin += length + skip;
	return 1;
}

int source_line(struct source *source, const char **line, size_t *length)
{
	size_t searched = 0;
	int error = 0;

	while (!error) {
		const char *from = source->bytes + source->begin + searched;
		size_t left = source->end - source->begin - searched;
		const char *newline = left ? memchr(from, '\n', left) : NULL;

		if (newline)
			return take(source, searched + (size_t)(newline - from), 1, line, length);
		searched += left;
		if (source->at_end)
			return searched ? take(source, searched, 0, line, length) : 0;
		if (source->begin)
			make_room(source);
		if (source->end == SOURCE_BYTES) {
			error = skip_long_line(source);
			searched = 0;
		} else {
			error = read_more(source);
		}
	}
	return error;
}
