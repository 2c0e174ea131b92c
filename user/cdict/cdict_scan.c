/* SPDX-License-Identifier: Apache-2.0 */
#include "cdict/cdict_scan.h"

#include "capture/table.h"

#include <string.h>

/* First bytes, as msgpack's specification names them. */
enum {
	FIXMAP = 0x80,
	FIXARRAY = 0x90,
	FIXSTR = 0xa0,
	NIL = 0xc0,
	NEVER_USED = 0xc1,
	FALSE = 0xc2,
	TRUE = 0xc3,
	BIN8 = 0xc4,
	EXT8 = 0xc7,
	FLOAT32 = 0xca,
	FLOAT64 = 0xcb,
	UINT8 = 0xcc,
	UINT64 = 0xcf,
	INT8 = 0xd0,
	INT64 = 0xd3,
	FIXEXT1 = 0xd4,
	FIXEXT16 = 0xd8,
	STR8 = 0xd9,
	STR32 = 0xdb,
	ARRAY16 = 0xdc,
	ARRAY32 = 0xdd,
	MAP16 = 0xde,
	MAP32 = 0xdf,
	NEGATIVE_FIXINT = 0xe0,
};

static bool fail(struct cdict_scan *scan, const char *fault)
{
	if (!scan->fault)
		scan->fault = fault;
	return false;
}

static size_t left(const struct cdict_scan *scan)
{
	return (size_t)(scan->end - scan->at);
}

/* A big-endian number of 1, 2, 4 or 8 bytes. */
static uint64_t load(const unsigned char *bytes, size_t width)
{
	uint64_t number = 0;

	for (size_t i = 0; i < width; i++)
		number = number << 8 | bytes[i];
	return number;
}

/* The number of `width` bytes behind the first byte; passes both. */
static bool take_number(struct cdict_scan *scan, size_t width, uint64_t *number)
{
	if (left(scan) < 1 + width)
		return fail(scan, "the message ends within a value");
	*number = load(scan->at + 1, width);
	scan->at += 1 + width;
	return true;
}

static bool take_bytes(struct cdict_scan *scan, uint64_t length)
{
	if (left(scan) < length)
		return fail(scan, "a value is longer than the rest of its message");
	scan->at += length;
	return true;
}

/* The first byte, not passed, or -1 at the end. */
static int peek(struct cdict_scan *scan)
{
	if (scan->fault)
		return -1;
	if (scan->at < scan->end)
		return *scan->at;
	fail(scan, "the message ends too early");
	return -1;
}

/* Every item is at least a byte long, so that a huge count without bytes is found at once. */
static bool take_count(struct cdict_scan *scan, uint64_t count, uint64_t values, size_t *result)
{
	if (values > left(scan))
		return fail(scan, "an array or map of more items than there are bytes left");
	*result = (size_t)count;
	return true;
}

bool cdict_scan_map(struct cdict_scan *scan, size_t *pairs)
{
	int first = peek(scan);
	uint64_t count;

	if (first < 0)
		return false;
	if (first >= FIXMAP && first < FIXARRAY) {
		scan->at++;
		return take_count(scan, first & 0x0f, 2 * (first & 0x0f), pairs);
	}
	if (first != MAP16 && first != MAP32)
		return fail(scan, "no map where one should be");
	return take_number(scan, first == MAP16 ? 2 : 4, &count) &&
	       take_count(scan, count, 2 * count, pairs);
}

bool cdict_scan_array(struct cdict_scan *scan, size_t *items)
{
	int first = peek(scan);
	uint64_t count;

	if (first < 0)
		return false;
	if (first >= FIXARRAY && first < FIXSTR) {
		scan->at++;
		return take_count(scan, first & 0x0f, first & 0x0f, items);
	}
	if (first != ARRAY16 && first != ARRAY32)
		return fail(scan, "no array where one should be");
	return take_number(scan, first == ARRAY16 ? 2 : 4, &count) &&
	       take_count(scan, count, count, items);
}

bool cdict_scan_string(struct cdict_scan *scan, const char **bytes, size_t *length)
{
	int first = peek(scan);
	uint64_t count;

	if (first < 0)
		return false;
	if (first >= FIXSTR && first < NIL) {
		count = first & 0x1f;
		scan->at++;
	} else if (first >= STR8 && first <= STR32) {
		if (!take_number(scan, 1u << (first - STR8), &count))
			return false;
	} else {
		return fail(scan, "no string where one should be");
	}
	*bytes = (const char *)scan->at;
	*length = (size_t)count;
	return take_bytes(scan, count);
}

bool cdict_scan_nil(struct cdict_scan *scan)
{
	if (peek(scan) != NIL)
		return false;
	scan->at++;
	return true;
}

static bool not_an_integer(struct cdict_scan *scan, int first)
{
	if (first >= NEGATIVE_FIXINT)
		return fail(scan, "a negative number");
	if (first == FLOAT32 || first == FLOAT64)
		return fail(scan, "a floating-point number where an integer should be");
	return fail(scan, "something else than an integer");
}

static bool scan_integer(struct cdict_scan *scan, uint64_t *value)
{
	int first = peek(scan);

	if (first < 0)
		return false;
	if (first < FIXMAP || first == NIL) {
		*value = first == NIL ? CAPTURE_NIL : (uint64_t)first;
		scan->at++;
		return true;
	}
	if (first < UINT8 || first > INT64)
		return not_an_integer(scan, first);
	if (!take_number(scan, 1u << (first & 3), value))
		return false;
	if (first >= INT8 && *value >> ((8u << (first & 3)) - 1))
		return fail(scan, "a negative number");
	if (*value == CAPTURE_NIL)
		return fail(scan, "a number beyond 2^64 - 2");
	return true;
}

#define LOAD(type, swap)                                                            \
	({                                                                          \
		type number_;                                                       \
		memcpy(&number_, at + 1, sizeof(number_));                          \
		at += 1 + sizeof(number_);                                          \
		__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? (uint64_t)swap(number_) \
							  : (uint64_t)number_;      \
	})

/* The usual forms, as long as the longest of them surely fits; returns how many there were. */
static size_t scan_usual_integers(struct cdict_scan *scan, uint64_t *values, size_t count)
{
	const unsigned char *at = scan->at;
	size_t done = 0;

	while (done < count && scan->end - at >= 9) {
		unsigned char first = *at;

		if (first < FIXMAP) {
			values[done] = first;
			at++;
		} else if (first == UINT8) {
			values[done] = at[1];
			at += 2;
		} else if (first == UINT8 + 1) {
			values[done] = LOAD(uint16_t, __builtin_bswap16);
		} else if (first == UINT8 + 2) {
			values[done] = LOAD(uint32_t, __builtin_bswap32);
		} else if (first == NIL) {
			values[done] = CAPTURE_NIL;
			at++;
		} else if (first == UINT64 && at[1] < 0xff) {
			values[done] = LOAD(uint64_t, __builtin_bswap64);
		} else {
			break;
		}
		done++;
	}
	scan->at = at;
	return done;
}

bool cdict_scan_integers(struct cdict_scan *scan, uint64_t *values, size_t count)
{
	size_t done = 0;

	while (done < count && !scan->fault) {
		done += scan_usual_integers(scan, values + done, count - done);
		if (done < count && scan_integer(scan, &values[done]))
			done++;
	}
	return !scan->fault;
}

/* Bytes of a value that is neither array nor map nor string, its first byte included. */
static size_t plain_bytes(int first)
{
	if (first < FIXMAP || first >= NEGATIVE_FIXINT)
		return 1;
	switch (first) {
	case NIL:
	case FALSE:
	case TRUE:
		return 1;
	case FLOAT32:
		return 5;
	case FLOAT64:
		return 9;
	default:
		break;
	}
	if (first >= UINT8 && first <= INT64)
		return 1 + ((size_t)1 << (first & 3));
	if (first >= FIXEXT1 && first <= FIXEXT16)
		return 2 + ((size_t)1 << (first - FIXEXT1));
	return 0;
}

/* bin and ext: a length of 1, 2 or 4 bytes, for ext a type, then the bytes. */
static bool skip_blob(struct cdict_scan *scan, int first)
{
	bool is_ext = first >= EXT8;
	uint64_t length;

	return take_number(scan, 1u << (first - (is_ext ? EXT8 : BIN8)), &length) &&
	       take_bytes(scan, length + (is_ext ? 1 : 0));
}

static bool skip_plain(struct cdict_scan *scan, int first)
{
	const char *bytes;
	size_t length = plain_bytes(first);

	if (length)
		return take_bytes(scan, length);
	if ((first >= FIXSTR && first < NIL) || (first >= STR8 && first <= STR32))
		return cdict_scan_string(scan, &bytes, &length);
	if (first >= BIN8 && first < FLOAT32)
		return skip_blob(scan, first);
	return fail(scan, "a byte that is no msgpack");
}

static bool is_map(int first)
{
	return (first >= FIXMAP && first < FIXARRAY) || first == MAP16 || first == MAP32;
}

static bool is_array(int first)
{
	return (first >= FIXARRAY && first < FIXSTR) || first == ARRAY16 || first == ARRAY32;
}

bool cdict_scan_skip(struct cdict_scan *scan)
{
	size_t pending[CDICT_DEPTH_MAX + 1] = { 1 }; /* values still to come, by depth */
	size_t depth = 0;

	for (;;) {
		int first;

		while (!pending[depth])
			if (!depth--)
				return true;
		first = peek(scan);
		if (first < 0)
			return false;
		pending[depth]--;
		if (!is_map(first) && !is_array(first)) {
			if (!skip_plain(scan, first))
				return false;
			continue;
		}
		if (depth == CDICT_DEPTH_MAX)
			return fail(scan, "arrays and maps too deep in each other");
		depth++;
		if (is_array(first) ? !cdict_scan_array(scan, &pending[depth])
				    : !cdict_scan_map(scan, &pending[depth]))
			return false;
		if (is_map(first))
			pending[depth] *= 2;
	}
}
