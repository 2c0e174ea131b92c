/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes of a file that may say anything, read within their bounds. */
#ifndef IMPORT_PERF_BYTES_H
#define IMPORT_PERF_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct perf_bytes {
	const unsigned char *at;
	const unsigned char *end;
};

static inline bool perf_bytes_skip(struct perf_bytes *bytes, uint64_t count)
{
	if (count > (uint64_t)(bytes->end - bytes->at))
		return false;
	bytes->at += count;
	return true;
}

static inline bool perf_bytes_u32(struct perf_bytes *bytes, uint32_t *value)
{
	if (bytes->end - bytes->at < 4)
		return false;
	memcpy(value, bytes->at, 4);
	bytes->at += 4;
	return true;
}

static inline bool perf_bytes_u64(struct perf_bytes *bytes, uint64_t *value)
{
	if (bytes->end - bytes->at < 8)
		return false;
	memcpy(value, bytes->at, 8);
	bytes->at += 8;
	return true;
}

/* A text ended by NUL: its length, without. */
static inline bool perf_bytes_text(struct perf_bytes *bytes, const char **text, size_t *length)
{
	const unsigned char *nul = memchr(bytes->at, '\0', (size_t)(bytes->end - bytes->at));

	if (!nul)
		return false;
	*text = (const char *)bytes->at;
	*length = (size_t)(nul - bytes->at);
	bytes->at = nul + 1;
	return true;
}

/* `count` bytes by themselves. */
static inline bool perf_bytes_part(struct perf_bytes *bytes, uint64_t count,
				   struct perf_bytes *part)
{
	part->at = bytes->at;
	if (!perf_bytes_skip(bytes, count))
		return false;
	part->end = bytes->at;
	return true;
}

#endif
