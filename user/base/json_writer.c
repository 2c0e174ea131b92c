/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json_writer.h"

#include "base/number.h"
#include "base/utf8.h"

#include <errno.h>
#include <math.h>
#include <string.h>

static void fail(struct json_writer *json, int error)
{
	if (!json->error)
		json->error = error ? -error : -EIO;
}

static void put(struct json_writer *json, const char *bytes, size_t length)
{
	errno = 0;
	if (!json->error && fwrite_unlocked(bytes, 1, length, json->file) != length)
		fail(json, errno);
}

static void put_byte(struct json_writer *json, char byte)
{
	errno = 0;
	if (!json->error && putc_unlocked((unsigned char)byte, json->file) == EOF)
		fail(json, errno);
}

/* What goes before an element: a comma when it is not the first, and a line of its own. */
static void before(struct json_writer *json)
{
	uint64_t bit = 1ULL << json->depth;

	if (json->after_key) {
		json->after_key = false;
		return;
	}
	if (json->filled & bit)
		put_byte(json, ',');
	if (json->lined & bit)
		put_byte(json, '\n');
	json->filled |= bit;
}

static void begin(struct json_writer *json, char bracket)
{
	before(json);
	put_byte(json, bracket);
	if (json->depth == JSON_DEPTH_MAX) {
		fail(json, EINVAL);
		return;
	}
	json->depth++;
	json->filled &= ~(1ULL << json->depth);
	json->lined &= ~(1ULL << json->depth);
}

static void end(struct json_writer *json, char bracket)
{
	if (!json->depth || json->after_key) {
		fail(json, EINVAL);
		return;
	}
	if (json->lined & json->filled & (1ULL << json->depth))
		put_byte(json, '\n');
	json->depth--;
	put_byte(json, bracket);
}

void json_begin(struct json_writer *json, FILE *file)
{
	memset(json, 0, sizeof(*json));
	json->file = file;
}

void json_begin_object(struct json_writer *json)
{
	begin(json, '{');
}

void json_end_object(struct json_writer *json)
{
	end(json, '}');
}

void json_begin_array(struct json_writer *json)
{
	begin(json, '[');
}

void json_end_array(struct json_writer *json)
{
	end(json, ']');
}

void json_lines(struct json_writer *json)
{
	json->lined |= 1ULL << json->depth;
}

static void put_escaped(struct json_writer *json, unsigned char byte)
{
	static const char hex[] = "0123456789abcdef";
	char escape[] = { '\\', 'u', '0', '0', hex[byte >> 4], hex[byte & 15] };

	if (byte == '"' || byte == '\\') {
		put_byte(json, '\\');
		put_byte(json, (char)byte);
	} else {
		put(json, escape, sizeof(escape));
	}
}

static bool is_plain(unsigned char byte)
{
	return byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\';
}

static void put_quoted(struct json_writer *json, const char *text)
{
	put_byte(json, '"');
	while (*text) {
		size_t plain = 0;

		while (is_plain((unsigned char)text[plain]))
			plain++;
		put(json, text, plain);
		text += plain;
		if ((unsigned char)*text >= 0x80) {
			size_t length = utf8_length(text);

			if (length)
				put(json, text, length);
			else
				put(json, "\xef\xbf\xbd", 3);
			text += length ? length : 1;
		} else if (*text) {
			put_escaped(json, (unsigned char)*text++);
		}
	}
	put_byte(json, '"');
}

void json_key(struct json_writer *json, const char *key)
{
	if (json->after_key)
		fail(json, EINVAL);
	before(json);
	put_quoted(json, key);
	put_byte(json, ':');
	json->after_key = true;
}

void json_u64(struct json_writer *json, uint64_t value)
{
	char digits[NUMBER_BYTES];

	before(json);
	put(json, digits, number_format(digits, value));
}

void json_double(struct json_writer *json, double value)
{
	char text[32];

	if (!isfinite(value)) {
		json_null(json);
		return;
	}
	before(json);
	put(json, text, (size_t)snprintf(text, sizeof(text), "%.9g", value));
}

void json_bool(struct json_writer *json, bool value)
{
	before(json);
	put(json, value ? "true" : "false", value ? 4 : 5);
}

void json_null(struct json_writer *json)
{
	before(json);
	put(json, "null", 4);
}

void json_string(struct json_writer *json, const char *text)
{
	if (!text) {
		json_null(json);
		return;
	}
	before(json);
	put_quoted(json, text);
}

int json_end(struct json_writer *json)
{
	if (json->depth || json->after_key)
		fail(json, EINVAL);
	put_byte(json, '\n');
	return json->error;
}

int json_error(const struct json_writer *json)
{
	return json->error;
}
