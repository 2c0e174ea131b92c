/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file of a fuzzer's bytes. The first chooses: 0, the rest is a file as it stands; else it is
 * messages, put into a member behind a sound header, so that gzip's CRC does not keep the fuzzer out.
 */
#ifndef FUZZ_CDICT_FILE_H
#define FUZZ_CDICT_FILE_H

#include "capture/histogram.h"
#include "cdict/cdict.h"
#include "cdict/cdict_member.h"
#include "cdict/cdict_pack.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define FUZZ_PATH_BYTES 64

static inline void fuzz_write(int fd, const void *bytes, size_t length)
{
	if (write(fd, bytes, length) != (ssize_t)length)
		abort();
}

static inline void fuzz_write_member(int fd, const void *bytes, size_t length)
{
	struct cdict_member member;

	if (cdict_member_init(&member) || cdict_member_add(&member, bytes, length) ||
	    cdict_member_finish(&member))
		abort();
	fuzz_write(fd, member.bytes, member.size);
	cdict_member_free(&member);
}

static inline void fuzz_write_header(int fd)
{
	static const struct capture_header header = { .version = CAPTURE_VERSION,
						      .bucket_ns = 10000000,
						      .steps_per_octave = HISTOGRAM_STEPS,
						      .first_bin = HISTOGRAM_FIRST_BIN,
						      .last_bin = HISTOGRAM_LAST_BIN };
	struct cdict_pack pack;

	cdict_pack_init(&pack);
	cdict_pack_header(&pack, &header);
	fuzz_write_member(fd, pack.buffer.data, pack.buffer.size);
	cdict_pack_free(&pack);
}

/* Gives the file's number, which is to be closed, and its path. `size` is not 0. */
static inline int fuzz_cdict_file(const uint8_t *data, size_t size, char path[FUZZ_PATH_BYTES])
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	if (fd < 0)
		abort();
	if (data[0]) {
		fuzz_write_header(fd);
		fuzz_write_member(fd, data + 1, size - 1);
	} else {
		fuzz_write(fd, data + 1, size - 1);
	}
	snprintf(path, FUZZ_PATH_BYTES, "/proc/self/fd/%d", fd);
	return fd;
}

#endif
