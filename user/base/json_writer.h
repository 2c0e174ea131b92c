/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON into a FILE, without building it first. Commas come by themselves; calls must nest rightly.
 * Errors stick: write all of it, then ask json_error() once.
 */
#ifndef BASE_JSON_WRITER_H
#define BASE_JSON_WRITER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define JSON_DEPTH_MAX 63

struct json_writer {
	FILE *file; /* borrowed */
	unsigned int depth;
	uint64_t filled; /* a bit a depth: something stands there, so a comma comes next */
	uint64_t lined;	 /* a bit a depth: each element begins a line */
	bool after_key;
	int error;
};

/* `file` is borrowed and only this thread may use it meanwhile (it is not locked). */
void json_begin(struct json_writer *json, FILE *file);

void json_begin_object(struct json_writer *json);
void json_end_object(struct json_writer *json);
void json_begin_array(struct json_writer *json);
void json_end_array(struct json_writer *json);
/* Elements of the array or object begun last each get a line of their own. */
void json_lines(struct json_writer *json);

void json_key(struct json_writer *json, const char *key);

void json_u64(struct json_writer *json, uint64_t value);  /* all 64 bits, exactly */
void json_double(struct json_writer *json, double value); /* null when not finite */
void json_bool(struct json_writer *json, bool value);
void json_null(struct json_writer *json);
/* Control bytes and quotes are escaped, bytes that are no UTF-8 become U+FFFD; NULL is null. */
void json_string(struct json_writer *json, const char *text);

/* Ends the last line. Returns 0, or the first error as -errno (-EINVAL: nested wrongly). */
int json_end(struct json_writer *json);
int json_error(const struct json_writer *json);

#endif
