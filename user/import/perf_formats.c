/* SPDX-License-Identifier: Apache-2.0 */
#include "import/perf_formats.h"

#include "import/event_text.h"
#include "import/perf_events.h"

/* ---- one format, as /sys/kernel/tracing/events/sched/sched_switch/format has it ---- */

/* The line's number behind "offset:" and the like. */
static bool take_number(struct text *line, const char *word, uint32_t *number)
{
	struct span before;
	uint64_t value;

	if (!text_until(line, word, &before) || !text_take_number(line, &value) ||
	    value > UINT16_MAX)
		return false;
	*number = (uint32_t)value;
	return true;
}

/* "field:char prev_comm[16];" : is it this one? */
static bool is_named(struct span declaration, const char *name)
{
	const char *end = declaration.at + declaration.length;
	const char *bracket = memchr(declaration.at, '[', declaration.length);
	size_t length = strlen(name);

	if (bracket && bracket + 1 < end && bracket[1] != ']')
		end = bracket;
	return (size_t)(end - declaration.at) > length && end[-(ptrdiff_t)length - 1] == ' ' &&
	       memcmp(end - length, name, length) == 0;
}

static bool find_field(struct span format, const char *name, struct perf_field *field)
{
	struct text text = { format.at, format.at + format.length };
	struct span before, line;

	while (text_until(&text, "\tfield:", &before) && text_until(&text, "\n", &line)) {
		struct text rest = { line.at, line.at + line.length };
		struct span declaration;

		if (!text_until(&rest, ";", &declaration) || !is_named(declaration, name))
			continue;
		field->elsewhere =
			declaration.length > 10 && memcmp(declaration.at, "__data_loc", 10) == 0;
		return take_number(&rest, "offset:", &field->offset) &&
		       take_number(&rest, "size:", &field->size);
	}
	return false;
}

static bool find_fields(struct perf_event_format *event, struct span format)
{
	const char *const *names = perf_events_fields(event->kind);

	for (size_t i = 0; i < PERF_FIELDS && names[i]; i++)
		if (!find_field(format, names[i], &event->fields[i]))
			return false;
	return true;
}

/* "name: sched_switch\nID: 372\nformat:..." */
static bool take_format(struct perf_file *file, struct perf_bytes bytes)
{
	struct span format = { (const char *)bytes.at, (size_t)(bytes.end - bytes.at) };
	struct text text = { format.at, format.at + format.length };
	struct perf_event_format *event;
	struct span before;
	uint64_t id;

	if (file->event_count == PERF_EVENTS)
		return false;
	event = &file->events[file->event_count];
	if (!text_skip(&text, "name: ") || !text_until(&text, "\n", &event->name) ||
	    !text_until(&text, "ID: ", &before) || !text_take_number(&text, &id) || id > UINT16_MAX)
		return false;
	event->kind = perf_events_kind(event->name);
	file->place_of[id] = (uint8_t)++file->event_count;
	if (event->kind == PERF_EVENTS_TEXT_ONLY)
		return false;
	return event->kind < 0 || find_fields(event, format);
}

/* ---- all of them ---- */

/* A name, and what follows of a length of 64 bits. */
static bool skip_named(struct perf_bytes *data, const char *wanted)
{
	const char *name;
	size_t length;
	uint64_t size;

	return perf_bytes_text(data, &name, &length) && strcmp(name, wanted) == 0 &&
	       perf_bytes_u64(data, &size) && perf_bytes_skip(data, size);
}

/* ftrace's own formats have no use here; those of a system have. */
static bool take_formats(struct perf_file *file, struct perf_bytes *data, bool used)
{
	uint32_t count;

	if (!perf_bytes_u32(data, &count))
		return false;
	while (count--) {
		struct perf_bytes format;
		uint64_t size;

		if (!perf_bytes_u64(data, &size) || !perf_bytes_part(data, size, &format) ||
		    (used && !take_format(file, format)))
			return false;
	}
	return true;
}

static bool take_systems(struct perf_file *file, struct perf_bytes *data)
{
	uint32_t count;
	const char *name;
	size_t length;

	if (!perf_bytes_u32(data, &count))
		return false;
	while (count--)
		if (!perf_bytes_text(data, &name, &length) || !take_formats(file, data, true))
			return false;
	return true;
}

bool perf_formats_read(struct perf_file *file, struct perf_bytes data)
{
	static const char magic[] = "\x17\x08\x44tracing";
	const char *version;
	size_t length;

	if ((size_t)(data.end - data.at) < sizeof(magic) - 1 ||
	    memcmp(data.at, magic, sizeof(magic) - 1) != 0)
		return false;
	data.at += sizeof(magic) - 1;
	/* the order of bytes, the size of a long, the size of a page */
	if (!perf_bytes_text(&data, &version, &length) || data.at == data.end || *data.at != 0 ||
	    !perf_bytes_skip(&data, 1 + 1 + 4))
		return false;
	return skip_named(&data, "header_page") && skip_named(&data, "header_event") &&
	       take_formats(file, &data, false) && take_systems(file, &data);
}
