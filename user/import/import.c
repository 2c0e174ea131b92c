/* SPDX-License-Identifier: Apache-2.0 */
#include "import/import.h"

#include "import/old_cdict.h"
#include "import/perf_cut.h"
#include "import/perf_file.h"
#include "import/source.h"
#include "import/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FIRST_BYTES 4096
#define TAIL_BYTES 65536
#define STDIN_WORDS "standard input"

struct import {
	struct import_options options;
	char *path; /* as it was found, perhaps with .cdict */
	enum import_kind kind;
	bool is_file; /* and no pipe or terminal */
	int fd;	      /* until source has it; -1 */
	struct source source;
	struct perf_file *perf; /* a perf.data that needs no perf; else NULL */
	struct facts facts;
	struct capture_cpu cpus[EVENT_LINE_CPUS];
};

__attribute__((format(printf, 3, 4))) static int tell(char message[IMPORT_MESSAGE_BYTES], int error,
						      const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(message, IMPORT_MESSAGE_BYTES, format, arguments);
	va_end(arguments);
	return error;
}

const char *import_kind_word(enum import_kind kind)
{
	static const char *const words[] = { "perf.data", "trace.dat", "text of events",
					     "perfwhiz cdict" };

	return words[kind];
}

/* ---- opening ---- */

static int try_name(struct import *import, const char *suffix)
{
	free(import->path);
	if (asprintf(&import->path, "%s%s", import->options.path, suffix) < 0) {
		import->path = NULL;
		return -ENOMEM;
	}
	import->fd = open(import->path, O_RDONLY | O_CLOEXEC);
	return import->fd < 0 ? -errno : 0;
}

static bool is_stdin(const struct import *import)
{
	return strcmp(import->path, STDIN_WORDS) == 0;
}

static int open_file(struct import *import)
{
	int error;

	if (strcmp(import->options.path, "-") == 0) {
		import->path = strdup(STDIN_WORDS);
		import->fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
		return !import->path ? -ENOMEM : import->fd < 0 ? -errno : 0;
	}
	error = try_name(import, "");
	return error == -ENOENT ? try_name(import, ".cdict") : error;
}

static int open_path(struct import *import, char message[IMPORT_MESSAGE_BYTES])
{
	struct stat status;
	int error = open_file(import);

	if (error)
		return tell(message, error, "cannot open '%s': %s", import->options.path,
			    strerror(-error));
	import->options.path = import->path;
	if (fstat(import->fd, &status))
		return -errno;
	if (S_ISDIR(status.st_mode))
		return tell(message, -EISDIR, "'%s' is a folder", import->path);
	import->is_file = S_ISREG(status.st_mode);
	return 0;
}

/* ---- what it is ---- */

static bool begins(const struct source *source, const char *bytes, size_t length)
{
	return source->end >= length && memcmp(source->bytes, bytes, length) == 0;
}

/* zlib's two bytes (RFC 1950): a multiple of 31. "x^" as text is not meant. */
static bool is_zlib(const struct source *source)
{
	const unsigned char *first = (const unsigned char *)source->bytes;

	return source->end >= 2 && first[0] == 0x78 && (first[0] << 8 | first[1]) % 31 == 0;
}

/* Whoever hands a capture to a pipe imports nothing. */
static int tell_gzip(const struct import *import, char message[IMPORT_MESSAGE_BYTES])
{
	if (is_stdin(import) || !import->is_file)
		return tell(message, -EBADMSG,
			    "'%s' is gzip: a capture of pftrace is read more than once, so not "
			    "from a pipe: give its file's name; unpack anything else first",
			    import->path);
	return tell(message, -EBADMSG,
		    "'%s' is gzip: a capture of pftrace needs no import; unpack anything else "
		    "first",
		    import->path);
}

static int find_kind(struct import *import, char message[IMPORT_MESSAGE_BYTES])
{
	const struct source *source = &import->source;
	const char *path = import->path;

	if (!source->end)
		return tell(message, -EBADMSG, "'%s' is empty", path);
	if (begins(source, "PERFILE", 7) || begins(source, "PERFFILE", 8) ||
	    begins(source, "2ELIFREP", 8)) {
		import->kind = IMPORT_PERF_DATA;
	} else if (begins(source, "\x17\x08\x44tracing", 10)) {
		import->kind = IMPORT_TRACE_DAT;
	} else if (is_zlib(source)) {
		import->kind = IMPORT_OLD_CDICT;
	} else if (begins(source, "\x1f\x8b", 2)) {
		return tell_gzip(import, message);
	} else if (memchr(source->bytes, '\0',
			  source->end < FIRST_BYTES ? source->end : FIRST_BYTES)) {
		return tell(message, -EBADMSG,
			    "'%s' is neither perf.data, trace.dat, a cdict nor text: it begins "
			    "with bytes %02x %02x",
			    path, (unsigned char)source->bytes[0],
			    source->end > 1 ? (unsigned char)source->bytes[1] : 0u);
	} else {
		import->kind = IMPORT_TEXT;
	}
	return 0;
}

/* ---- perf.data and trace.dat: another program reads them ---- */

/*
 * Fields by name, so that neither perf's defaults nor its version matter. Without a word about
 * guests perf script leaves out, silently, every event whose interrupted code was a guest's; the
 * file of symbols is never looked at.
 */
static int spawn_perf(struct import *import)
{
	char *const argv[] = { "perf",
			       "script",
			       "--force",
			       "--ns",
			       "--header",
			       "--show-lost-events",
			       "--guestkallsyms=/dev/null",
			       "-F",
			       "comm,tid,pid,cpu,time,event,trace",
			       "-i",
			       import->path,
			       NULL };

	return source_spawn(&import->source, argv);
}

static int spawn_trace_cmd(struct import *import)
{
	char *const argv[] = { "trace-cmd", "report", "-t", "-i", import->path, NULL };

	return source_spawn(&import->source, argv);
}

/* What installing the program would not help is told first. */
static int no_program(const struct import *import, const char *tool,
		      char message[IMPORT_MESSAGE_BYTES])
{
	bool perf = import->kind == IMPORT_PERF_DATA;
	char words[256];

	if (perf && perf_cut_tell(import->path, words, sizeof(words)))
		return tell(message, -EBADMSG, "'%s' %s", import->path, words);
	return tell(message, -ENOENT,
		    "'%s' is a %s, and %s, which reads it, is not installed: install it, "
		    "or import the text of '%s' from where it is",
		    import->path, import_kind_word(import->kind), tool,
		    perf ? "perf script" : "trace-cmd report");
}

static int spawn(struct import *import, char message[IMPORT_MESSAGE_BYTES])
{
	bool perf = import->kind == IMPORT_PERF_DATA;
	const char *tool = perf ? "perf" : "trace-cmd";
	int error;

	if (is_stdin(import))
		return tell(message, -EBADMSG,
			    "%s on standard input cannot be read: give it as a file",
			    import_kind_word(import->kind));
	source_close(&import->source);
	error = perf ? spawn_perf(import) : spawn_trace_cmd(import);
	if (error == -ENOENT)
		return no_program(import, tool, message);
	if (error)
		return tell(message, error, "cannot start %s: %s", tool, strerror(-error));
	return source_peek(&import->source);
}

/* ---- text ---- */

static int no_events(struct import *import, char message[IMPORT_MESSAGE_BYTES])
{
	char words[256];

	if (import->kind == IMPORT_TEXT)
		return tell(message, -EBADMSG,
			    "'%s' is text, but no event is in its first megabyte: neither perf "
			    "script nor trace-cmd report wrote it",
			    import->path);
	if (import->source.at_end && source_wait(&import->source, words, sizeof(words))) {
		if (import->kind == IMPORT_PERF_DATA &&
		    perf_cut_tell(import->path, words, sizeof(words)))
			return tell(message, -EBADMSG, "'%s' %s", import->path, words);
		return tell(message, -EBADMSG, "'%s': %s could not read it: %s", import->path,
			    import->kind == IMPORT_PERF_DATA ? "perf" : "trace-cmd", words);
	}
	return tell(message, -EBADMSG, "'%s' has no event with a CPU and a time: record sched:*",
		    import->path);
}

/* The time of the last event in a file of text. */
static void look_at_tail(struct import *import)
{
	struct facts *tail;
	struct stat status;
	char *bytes;
	ssize_t count;

	if (fstat(import->source.fd, &status) || status.st_size <= SOURCE_BYTES)
		return;
	tail = calloc(1, sizeof(*tail));
	bytes = malloc(TAIL_BYTES);
	count = tail && bytes
			? pread(import->source.fd, bytes, TAIL_BYTES, status.st_size - TAIL_BYTES)
			: 0;
	if (count > 0)
		facts_read(tail, bytes, (size_t)count);
	if (tail && tail->has_events && tail->last_ns > import->facts.last_ns)
		import->facts.last_ns = tail->last_ns;
	free(tail);
	free(bytes);
}

static int look_at_text(struct import *import, char message[IMPORT_MESSAGE_BYTES])
{
	struct facts *facts = &import->facts;

	facts_read(facts, import->source.bytes, import->source.end);
	if (!facts->has_events)
		return no_events(import, message);
	if (import->kind == IMPORT_TEXT && import->is_file)
		look_at_tail(import);
	if (!facts->duration_ns && facts->last_ns > facts->first_ns)
		facts->duration_ns = facts->last_ns - facts->first_ns;
	return 0;
}

/* Ten times faster than what perf script prints; what it cannot read is perf script's. */
static int open_perf_file(struct import *import)
{
	int error;

	import->perf = malloc(sizeof(*import->perf));
	if (!import->perf)
		return -ENOMEM;
	error = perf_file_open(import->perf, import->source.fd, &import->facts);
	if (!error)
		return 0;
	free(import->perf);
	import->perf = NULL;
	return error == -ENOTSUP ? 0 : error;
}

int import_open(const struct import_options *options, struct import **result,
		char message[IMPORT_MESSAGE_BYTES])
{
	struct import *import = calloc(1, sizeof(*import));
	int error;

	message[0] = '\0';
	if (!import)
		return tell(message, -ENOMEM, "not enough memory to import '%s'", options->path);
	import->options = *options;
	import->fd = -1;
	import->facts.isa = EXIT_ISAS;
	import->source = (struct source){ .fd = -1, .words_fd = -1 };
	error = open_path(import, message);
	if (!error) {
		error = source_init(&import->source, import->fd);
		import->fd = -1;
	}
	if (!error)
		error = source_peek(&import->source);
	if (!error)
		error = find_kind(import, message);
	if (!error && import->kind == IMPORT_PERF_DATA)
		error = open_perf_file(import);
	if (!error && !import->perf &&
	    (import->kind == IMPORT_PERF_DATA || import->kind == IMPORT_TRACE_DAT))
		error = spawn(import, message);
	if (!error && !import->perf && import->kind != IMPORT_OLD_CDICT)
		error = look_at_text(import, message);
	if (error && !message[0])
		tell(message, error, "cannot read '%s': %s", options->path, strerror(-error));
	if (error) {
		import_free(import);
		return error;
	}
	*result = import;
	return 0;
}

void import_free(struct import *import)
{
	if (!import)
		return;
	if (import->fd >= 0)
		close(import->fd);
	if (import->perf)
		perf_file_close(import->perf);
	free(import->perf);
	source_close(&import->source);
	free(import->path);
	free(import);
}

static int read_text(struct import *import, struct capture_sink *sink, struct import_result *result,
		     char message[IMPORT_MESSAGE_BYTES])
{
	const struct stream_input input = { &import->source, import->perf };
	struct capture_header header;

	facts_header(&import->facts, import->cpus, &header);
	header.bucket_ns = import->options.bucket_ns ? import->options.bucket_ns
						     : facts_bucket_ns(import->facts.duration_ns);
	if (import->options.detail)
		header.recorded.words[header.recorded.count++] = "detail";
	return stream_read(&input, &import->facts, &header, &import->options, sink, result,
			   message);
}

int import_read(struct import *import, struct capture_sink *sink, struct import_result *result,
		char message[IMPORT_MESSAGE_BYTES])
{
	message[0] = '\0';
	*result = (struct import_result){ .kind = import->kind };
	if (import->kind == IMPORT_OLD_CDICT)
		return old_cdict_read(import->source.fd, &import->options, sink, result, message);
	return read_text(import, sink, result, message);
}
