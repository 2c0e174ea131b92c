/* SPDX-License-Identifier: Apache-2.0 */
/*
 * perf.data without perf: files of tracepoints, as `perf record -e 'sched:*'` writes them. Whatever
 * is other than that is left to perf script. (tools/perf/Documentation/perf.data-file-format.txt
 * of the kernel; the records: include/uapi/linux/perf_event.h.)
 */
#ifndef IMPORT_PERF_FILE_H
#define IMPORT_PERF_FILE_H

#include "import/facts.h"

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Which fields of an event are read, at most. */
#define PERF_FIELDS 5
#define PERF_EVENTS 255

struct perf_field {
	uint32_t offset;
	uint32_t size;
	bool elsewhere; /* __data_loc: offset and length of the text are there */
};

struct perf_event_format {
	struct span name;
	int kind; /* of perf_events.h; -1: not used */
	struct perf_field fields[PERF_FIELDS];
};

struct perf_file {
	const unsigned char *bytes; /* the whole file, mapped */
	size_t size;
	struct sigaction old; /* of SIGBUS, which comes when the file becomes shorter */
	size_t begin;	      /* of the records */
	size_t end;
	uint64_t sample_type;	 /* of all samples */
	uint8_t place_of[65536]; /* by a tracepoint's number: its place in events + 1 */
	struct perf_event_format events[PERF_EVENTS];
	size_t event_count;
};

/*
 * Maps the file at fd and reads what comes before the records; `facts` is filled in. 0, -ENOTSUP
 * for a file that is perf script's (nothing is held then), or -errno. Until it is closed, a file
 * that becomes shorter ends the process with a line on stderr and exit code 1.
 */
int perf_file_open(struct perf_file *file, int fd, struct facts *facts);
void perf_file_close(struct perf_file *file);

/* One sample, or a notice of losses. */
struct perf_sample {
	uint64_t time_ns;
	uint32_t cpu;
	uint32_t tid;
	uint32_t tgid;
	const struct perf_event_format *event; /* NULL: `lost` events were lost */
	const unsigned char *raw;
	size_t raw_size;
	uint64_t lost;
};

/*
 * Calls take() for each sample in the order of time. Its error, -ENOMEM, or -EBADMSG and *fault when
 * the file is damaged.
 */
int perf_file_read(const struct perf_file *file,
		   int (*take)(void *context, const struct perf_sample *sample), void *context,
		   const char **fault);

#endif
