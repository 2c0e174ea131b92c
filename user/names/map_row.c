/* SPDX-License-Identifier: Apache-2.0 */
#include "names/map_row.h"

#include "base/array.h"
#include "base/clean.h"
#include "base/options.h"
#include "names/csv_line.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define TID_MAX (1u << 22) /* PID_MAX_LIMIT of 64-bit kernels */

enum field { TID, INSTANCE, TYPE, UUID, GROUP_TYPE, GROUP_ID, TASK_NAME, FIELDS };

__attribute__((format(printf, 2, 3))) static enum map_row_kind bad(char *why, const char *format,
								   ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(why, MAP_ROW_WHY_BYTES, format, arguments);
	va_end(arguments);
	return MAP_ROW_BAD;
}

/* What people call the first column. */
static bool is_heading(const char *field)
{
	static const char *const words[] = { "tid", "<tid>", "pid", "<pid>", "thread", "uuid" };

	for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
		if (strcasecmp(field, words[i]) == 0)
			return true;
	return false;
}

static bool read_tid(const char *text, uint64_t *tid)
{
	*tid = strtoull(text, NULL, 10);
	return options_is_number(text) && *tid && *tid <= TID_MAX;
}

static void read_uuid(const char *text, struct map_row *row)
{
	row->is_uuid = true;
	for (size_t i = 0; i < NAMES_UUID_BYTES; i++)
		row->uuid[i] = (char)tolower((unsigned char)text[i]);
}

/* "Firewall.05", or "Firewall" without a group-id. False when that is too long. */
static bool put_group(char *to, const char *name, const char *group_id)
{
	int length;

	if (*group_id)
		length = snprintf(to, NAMES_NAME_BYTES, "%s.%02llu", name,
				  strtoull(group_id, NULL, 10));
	else
		length = snprintf(to, NAMES_NAME_BYTES, "%s", name);
	return length < NAMES_NAME_BYTES;
}

static enum map_row_kind take_long(const struct csv_line *line, struct map_row *row, char *why)
{
	const char *name = line->fields[TASK_NAME], *id = line->fields[GROUP_ID];
	const char *type = line->fields[TYPE];
	int length;

	if (!*name)
		return bad(why, "the task-name, field 7, is empty");
	if (*id && (!options_is_number(id) || strlen(id) > 9))
		return bad(why, "the group-id '%.40s', field 6, is no number", id);
	if (!put_group(row->vm, name, id))
		return bad(why, "the name is longer than %d bytes", NAMES_NAME_BYTES - 1);
	length = snprintf(row->name, sizeof(row->name), *type ? "%s.%s" : "%s", row->vm, type);
	if (length >= NAMES_NAME_BYTES)
		return bad(why, "the name is longer than %d bytes", NAMES_NAME_BYTES - 1);
	row->vcpu = task_name_vcpu(type);
	if (!task_name_is_vm_part(type))
		row->vm[0] = '\0';
	return MAP_ROW_NAME;
}

static enum map_row_kind take_short(const struct csv_line *line, struct map_row *row, char *why)
{
	if (!*line->fields[1])
		return bad(why, "the name is empty");
	if (strlen(line->fields[1]) >= NAMES_NAME_BYTES)
		return bad(why, "the name is longer than %d bytes", NAMES_NAME_BYTES - 1);
	strcpy(row->name, line->fields[1]);
	return MAP_ROW_NAME;
}

static enum map_row_kind take_fields(const struct csv_line *line, bool takes_uuids,
				     struct map_row *row, char *why)
{
	const char *first = line->fields[0];

	if (is_heading(first))
		return MAP_ROW_HEADING;
	if (line->count != FIELDS && line->count != 2)
		return bad(why,
			   "it has %zu fields; rows are tid,instance,type,uuid,group-type,group-id,"
			   "task-name or tid,name",
			   line->count);
	if (takes_uuids && line->count == 2 && task_name_is_uuid(first))
		read_uuid(first, row);
	else if (!read_tid(first, &row->tid))
		return bad(why, "'%.40s' is no tid", first);
	return line->count == 2 ? take_short(line, row, why) : take_long(line, row, why);
}

enum map_row_kind map_row_read(char *text, bool takes_uuids, struct map_row *row,
			       char why[MAP_ROW_WHY_BYTES])
{
	struct csv_line line;
	const char *wrong;

	*row = (struct map_row){ .vcpu = CAPTURE_NIL };
	text += strspn(text, " \t");
	if (!*text || *text == '#')
		return MAP_ROW_NOTHING;
	for (char *at = text; *at; at++) /* blanks like any others */
		*at = *at == '\t' ? ' ' : *at;
	if (!clean_is(text, strlen(text)))
		return bad(why, "it has control characters or is no UTF-8");
	wrong = csv_line_split(text, &line);
	if (wrong)
		return bad(why, "%s", wrong);
	return take_fields(&line, takes_uuids, row, why);
}
