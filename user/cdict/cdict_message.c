/* SPDX-License-Identifier: Apache-2.0 */
#include "cdict/cdict_message.h"

#include "base/array.h"
#include "capture/table.h"

#include <errno.h>
#include <string.h>

/* Longer than the name of any table or key that is known. */
#define NAME_BYTES 32

/* A name as a C string, "" for one that is too long to be known. */
static bool read_name(struct cdict_scan *scan, char name[NAME_BYTES])
{
	const char *bytes;
	size_t length;

	name[0] = '\0';
	if (!cdict_scan_string(scan, &bytes, &length))
		return false;
	if (length < NAME_BYTES) {
		memcpy(name, bytes, length);
		name[length] = '\0';
	}
	return true;
}

static bool read_table(struct cdict_scan *scan, struct cdict_message *message)
{
	char name[NAME_BYTES];

	if (!read_name(scan, name))
		return false;
	message->table = capture_table_find(name);
	return true;
}

static bool read_columns(struct cdict_scan *scan, struct cdict_message *message, bool is_last)
{
	message->kind = CDICT_MESSAGE_ROWS;
	message->columns = *scan;
	message->columns_last = is_last;
	return is_last || cdict_scan_skip(scan);
}

static bool read_body(struct cdict_scan *scan, struct cdict_message *message, const char *key)
{
	static const struct {
		const char *key;
		enum cdict_message_kind kind;
	} kinds[] = {
		{ "header", CDICT_MESSAGE_HEADER },
		{ "index", CDICT_MESSAGE_INDEX },
		{ "end", CDICT_MESSAGE_END },
	};
	const unsigned char *body = scan->at;

	if (!cdict_scan_skip(scan))
		return false;
	for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++) {
		if (strcmp(kinds[i].key, key) != 0)
			continue;
		message->kind = kinds[i].kind;
		message->body = body;
		message->body_bytes = (size_t)(scan->at - body);
	}
	return true;
}

bool cdict_message_read(struct cdict_scan *scan, struct cdict_message *message)
{
	size_t pairs;

	*message = (struct cdict_message){ .table = -ENOENT };
	if (!cdict_scan_map(scan, &pairs))
		return false;
	while (pairs--) {
		char key[NAME_BYTES];
		bool fine;

		if (!read_name(scan, key))
			return false;
		if (strcmp(key, "table") == 0)
			fine = read_table(scan, message);
		else if (strcmp(key, "bucket_ns") == 0)
			fine = cdict_scan_integers(scan, &message->bucket_ns, 1);
		else if (strcmp(key, "base_ns") == 0)
			fine = cdict_scan_integers(scan, &message->base_ns, 1);
		else if (strcmp(key, "columns") == 0)
			fine = read_columns(scan, message, pairs == 0);
		else
			fine = read_body(scan, message, key);
		if (!fine)
			return false;
	}
	return true;
}
