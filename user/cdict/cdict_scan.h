/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A walk over msgpack bytes (https://github.com/msgpack/msgpack/blob/master/spec.md) that takes no
 * memory: every length is held against what is left before it is believed. Tables' rows are read
 * by it alone; other messages are walked before msgpack-c may build objects of them.
 *
 * `fault` is sticky: after the first one every call returns false.
 */
#ifndef CDICT_CDICT_SCAN_H
#define CDICT_CDICT_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cdict_scan {
	const unsigned char *at;
	const unsigned char *end;
	const char *fault; /* what is wrong at `at`, or NULL */
};

/* Maps and arrays in each other, at most. */
#define CDICT_DEPTH_MAX 8

/* One value, whatever it is. */
bool cdict_scan_skip(struct cdict_scan *scan);

/* The head of a map or array: what follows are so many pairs or items. */
bool cdict_scan_map(struct cdict_scan *scan, size_t *pairs);
bool cdict_scan_array(struct cdict_scan *scan, size_t *items);

/* A string; the bytes are the message's own, as they stand there. */
bool cdict_scan_string(struct cdict_scan *scan, const char **bytes, size_t *length);

/* True when the next value is nil, which is then passed. */
bool cdict_scan_nil(struct cdict_scan *scan);

/* So many unsigned integers below 2^64 - 1; nil becomes CAPTURE_NIL. */
bool cdict_scan_integers(struct cdict_scan *scan, uint64_t *values, size_t count);

#endif
