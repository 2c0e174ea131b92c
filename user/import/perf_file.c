/* SPDX-License-Identifier: Apache-2.0 */
/* The header of a perf.data, its attributes and features. */
#include "import/perf_file.h"

#include "base/clean.h"
#include "import/event_text.h"
#include "import/perf_formats.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAGIC "PERFILE2"
#define FLAG_WORDS 4

/* Features (enum in tools/perf/util/header.h). */
enum {
	FEATURE_TRACING_DATA = 1,
	FEATURE_HOSTNAME = 3,
	FEATURE_OSRELEASE = 4,
	FEATURE_ARCH = 6,
	FEATURE_NRCPUS = 7,
	FEATURE_AUXTRACE = 18,
	FEATURE_SAMPLE_TIME = 21,
	FEATURE_DIR_FORMAT = 24,
	FEATURE_COMPRESSED = 27,
	FEATURES,
};

struct section {
	uint64_t offset;
	uint64_t size;
};

struct header {
	uint64_t attr_size;
	struct section attrs;
	struct section data;
	uint64_t flags[FLAG_WORDS];
	struct section features[FEATURES];
};

static bool has(const struct header *header, int feature)
{
	return header->flags[0] >> feature & 1;
}

static bool part_of(const struct perf_file *file, struct section section, struct perf_bytes *part)
{
	struct perf_bytes all = { file->bytes, file->bytes + file->size };

	return perf_bytes_skip(&all, section.offset) && perf_bytes_part(&all, section.size, part);
}

static bool take_section(struct perf_bytes *bytes, struct section *section)
{
	return perf_bytes_u64(bytes, &section->offset) && perf_bytes_u64(bytes, &section->size);
}

/* struct perf_file_header, and the table of features behind the records. */
static bool read_header(const struct perf_file *file, struct header *header)
{
	struct perf_bytes bytes = { file->bytes, file->bytes + file->size };
	struct section event_types;
	uint64_t size;

	if (file->size < 8 || memcmp(file->bytes, MAGIC, 8) != 0)
		return false;
	bytes.at += 8;
	if (!perf_bytes_u64(&bytes, &size) || !perf_bytes_u64(&bytes, &header->attr_size) ||
	    !take_section(&bytes, &header->attrs) || !take_section(&bytes, &header->data) ||
	    !take_section(&bytes, &event_types))
		return false;
	for (int i = 0; i < FLAG_WORDS; i++)
		if (!perf_bytes_u64(&bytes, &header->flags[i]))
			return false;
	bytes.at = file->bytes;
	if (!perf_bytes_skip(&bytes, header->data.offset) ||
	    !perf_bytes_skip(&bytes, header->data.size))
		return false;
	for (int feature = 0; feature < FEATURES; feature++)
		if (has(header, feature) && !take_section(&bytes, &header->features[feature]))
			return false;
	return true;
}

/* ---- what was recorded ---- */

#define TYPES_READ                                                                      \
	(PERF_SAMPLE_IDENTIFIER | PERF_SAMPLE_IP | PERF_SAMPLE_TID | PERF_SAMPLE_TIME | \
	 PERF_SAMPLE_ADDR | PERF_SAMPLE_ID | PERF_SAMPLE_STREAM_ID | PERF_SAMPLE_CPU |  \
	 PERF_SAMPLE_PERIOD | PERF_SAMPLE_CALLCHAIN | PERF_SAMPLE_RAW)
#define TYPES_NEEDED (PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_CPU | PERF_SAMPLE_RAW)

/* Tracepoints of one form, and the event that perf adds for its own records. */
static bool take_attr(struct perf_file *file, struct perf_bytes bytes)
{
	struct perf_event_attr attr = { 0 };

	if (bytes.end - bytes.at < PERF_ATTR_SIZE_VER0)
		return false;
	memcpy(&attr, bytes.at, PERF_ATTR_SIZE_VER0);
	if (attr.type == PERF_TYPE_SOFTWARE && attr.config == PERF_COUNT_SW_DUMMY)
		return true;
	if (attr.type != PERF_TYPE_TRACEPOINT || !attr.sample_id_all ||
	    attr.sample_type & ~(uint64_t)TYPES_READ ||
	    (attr.sample_type & TYPES_NEEDED) != TYPES_NEEDED ||
	    (file->sample_type && file->sample_type != attr.sample_type))
		return false;
	file->sample_type = attr.sample_type;
	return true;
}

static bool read_attrs(struct perf_file *file, const struct header *header)
{
	struct perf_bytes attrs, attr;

	if (!header->attr_size || !part_of(file, header->attrs, &attrs))
		return false;
	while (attrs.at < attrs.end)
		if (!perf_bytes_part(&attrs, header->attr_size, &attr) || !take_attr(file, attr))
			return false;
	return file->sample_type;
}

/* ---- what perf tells of the machine ---- */

static bool read_text(const struct perf_file *file, const struct header *header, int feature,
		      char *text, size_t text_bytes)
{
	struct perf_bytes bytes;
	const char *found;
	uint32_t room;
	size_t length;

	if (!has(header, feature) || !part_of(file, header->features[feature], &bytes) ||
	    !perf_bytes_u32(&bytes, &room) || !perf_bytes_text(&bytes, &found, &length))
		return false;
	length = length < text_bytes - 1 ? length : text_bytes - 1;
	memcpy(text, found, length);
	text[length] = '\0';
	clean_text(text, length);
	return true;
}

/* Those that are online come behind those that there could be. */
static void read_cpus(const struct perf_file *file, const struct header *header,
		      struct facts *facts)
{
	struct perf_bytes bytes;
	uint32_t online, available;

	if (!has(header, FEATURE_NRCPUS) ||
	    !part_of(file, header->features[FEATURE_NRCPUS], &bytes) ||
	    !perf_bytes_u32(&bytes, &available) || !perf_bytes_u32(&bytes, &online))
		return;
	for (uint32_t cpu = 0; cpu < online && cpu < EVENT_LINE_CPUS; cpu++)
		facts->cpus[cpu] = true;
}

static bool read_times(const struct perf_file *file, const struct header *header,
		       struct facts *facts)
{
	struct perf_bytes bytes;

	if (!has(header, FEATURE_SAMPLE_TIME) ||
	    !part_of(file, header->features[FEATURE_SAMPLE_TIME], &bytes) ||
	    !perf_bytes_u64(&bytes, &facts->first_ns) || !perf_bytes_u64(&bytes, &facts->last_ns))
		return false;
	facts->duration_ns =
		facts->last_ns > facts->first_ns ? facts->last_ns - facts->first_ns : 0;
	facts->has_events = true;
	return facts->last_ns;
}

/* sched_switch tells states in another way before Linux 4.14. */
static bool is_recent(const char *release)
{
	uint64_t major = 0, minor = 0;
	const char *end = release + strlen(release);
	const char *dot = text_number(release, end, &major);

	if (dot && *dot == '.')
		text_number(dot + 1, end, &minor);
	return major > 4 || (major == 4 && minor >= 14);
}

static bool read_features(struct perf_file *file, const struct header *header, struct facts *facts)
{
	struct perf_bytes formats;

	if (has(header, FEATURE_AUXTRACE) || has(header, FEATURE_DIR_FORMAT) ||
	    has(header, FEATURE_COMPRESSED) || !has(header, FEATURE_TRACING_DATA) ||
	    !part_of(file, header->features[FEATURE_TRACING_DATA], &formats))
		return false;
	read_text(file, header, FEATURE_HOSTNAME, facts->host, sizeof(facts->host));
	read_text(file, header, FEATURE_ARCH, facts->arch, sizeof(facts->arch));
	read_cpus(file, header, facts);
	return read_text(file, header, FEATURE_OSRELEASE, facts->kernel, sizeof(facts->kernel)) &&
	       is_recent(facts->kernel) && read_times(file, header, facts) &&
	       perf_formats_read(file, formats);
}

/* ---- all together ---- */

/* Pages behind the end of a file raise SIGBUS (mmap(2)). Nothing but this is safe in a handler. */
static void say_shorter(int number)
{
	static const char words[] =
		"pftrace: error: the recording became shorter while it was read: wait until its "
		"recorder is done, and read it again (a .part that was begun can be removed)\n";

	(void)number;
	if (write(STDERR_FILENO, words, sizeof(words) - 1) < 0)
		_exit(1);
	_exit(1);
}

static void watch_length(struct perf_file *file)
{
	struct sigaction action = { .sa_handler = say_shorter };

	sigemptyset(&action.sa_mask);
	sigaction(SIGBUS, &action, &file->old);
}

static bool read_all(struct perf_file *file, struct facts *facts)
{
	struct header header = { 0 };
	struct perf_bytes data;

	if (__BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__ || !read_header(file, &header) ||
	    !read_attrs(file, &header) || !read_features(file, &header, facts) ||
	    !part_of(file, header.data, &data))
		return false;
	file->begin = header.data.offset;
	file->end = header.data.offset + header.data.size;
	return true;
}

int perf_file_open(struct perf_file *file, int fd, struct facts *facts)
{
	struct facts found = { .isa = facts->isa };
	struct stat status;
	void *bytes;

	memset(file, 0, sizeof(*file));
	if (fstat(fd, &status))
		return -errno;
	if (!S_ISREG(status.st_mode) || !status.st_size)
		return -ENOTSUP;
	bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_SHARED, fd, 0);
	if (bytes == MAP_FAILED)
		return -ENOTSUP;
	file->bytes = bytes;
	file->size = (size_t)status.st_size;
	watch_length(file);
	if (!read_all(file, &found)) {
		perf_file_close(file);
		return -ENOTSUP;
	}
	*facts = found;
	return 0;
}

void perf_file_close(struct perf_file *file)
{
	if (!file->bytes)
		return;
	munmap((void *)file->bytes, file->size);
	sigaction(SIGBUS, &file->old, NULL);
	file->bytes = NULL;
}
