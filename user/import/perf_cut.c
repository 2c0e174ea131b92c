/* SPDX-License-Identifier: Apache-2.0 */
#include "import/perf_cut.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAGIC "PERFILE2"
#define FLAG_WORDS 4
#define SECTION_BYTES 16 /* of the table of features: one for each flag */

struct section {
	uint64_t offset;
	uint64_t size;
};

/* struct perf_file_header (tools/perf/util/header.h). */
struct header {
	char magic[8];
	uint64_t size;
	uint64_t attr_size;
	struct section attrs;
	struct section data;
	struct section event_types;
	uint64_t flags[FLAG_WORDS];
};

/* Of another byte order, and what was written into a pipe, nothing is known. */
static bool is_known(const struct header *header, size_t bytes)
{
	return bytes >= offsetof(struct header, attr_size) &&
	       memcmp(header->magic, MAGIC, sizeof(header->magic)) == 0 &&
	       header->size == sizeof(*header);
}

/* Where its last part that the header tells of ends; 0: beyond all numbers. */
static uint64_t least_bytes(const struct header *header)
{
	uint64_t attrs_end, end;

	if (__builtin_add_overflow(header->attrs.offset, header->attrs.size, &attrs_end) ||
	    __builtin_add_overflow(header->data.offset, header->data.size, &end))
		return 0;
	for (int i = 0; i < FLAG_WORDS; i++)
		if (__builtin_add_overflow(
			    end, SECTION_BYTES * (uint64_t)__builtin_popcountll(header->flags[i]),
			    &end))
			return 0;
	return end > attrs_end ? end : attrs_end;
}

static bool tell(const struct header *header, size_t header_bytes, uint64_t file_bytes, char *words,
		 size_t words_bytes)
{
	uint64_t least = header_bytes < sizeof(*header) ? sizeof(*header) : least_bytes(header);

	if (header_bytes == sizeof(*header) && !header->data.size) {
		snprintf(words, words_bytes,
			 "was not finished: wait until its perf record ends; if that was killed, "
			 "record anew");
		return true;
	}
	if (file_bytes >= least)
		return false;
	snprintf(words, words_bytes,
		 "is cut: it has %" PRIu64 " bytes, and by its header %" PRIu64
		 " at least: copy it again",
		 file_bytes, least);
	return true;
}

bool perf_cut_tell(const char *path, char *words, size_t words_bytes)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct header header = { 0 };
	struct stat status;
	ssize_t bytes;
	bool told;

	if (fd < 0)
		return false;
	bytes = pread(fd, &header, sizeof(header), 0);
	told = bytes > 0 && fstat(fd, &status) == 0 && is_known(&header, (size_t)bytes) &&
	       tell(&header, (size_t)bytes, (uint64_t)status.st_size, words, words_bytes);
	close(fd);
	return told;
}
