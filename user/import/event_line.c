/* SPDX-License-Identifier: Apache-2.0 */
#include "import/event_line.h"

#include "import/event_text.h"

#include <string.h>

#define TID_MAX (1u << 22)

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static const char *skip_blanks(const char *at, const char *end)
{
	while (at < end && is_blank(*at))
		at++;
	return at;
}

static const char *skip_word(const char *at, const char *end)
{
	while (at < end && !is_blank(*at))
		at++;
	return at;
}

/* "12.345678:" into ns. NULL when it is no time. */
static const char *parse_time(const char *at, const char *end, uint64_t *time_ns)
{
	uint64_t seconds, fraction = 0, unit = 1000000000;
	const char *dot = text_number(at, end, &seconds);

	if (!dot || dot == end || *dot != '.' || seconds > UINT64_MAX / 4 / 1000000000)
		return NULL;
	for (at = dot + 1; at < end && *at >= '0' && *at <= '9'; at++)
		if (unit > 1) {
			unit /= 10;
			fraction += unit * (uint64_t)(*at - '0');
		}
	if (at == end || *at != ':' || at == dot + 1)
		return NULL;
	*time_ns = seconds * 1000000000 + fraction;
	return at + 1;
}

/* What follows a CPU in brackets: perhaps a word of flags or two, and the time. */
static const char *find_time(const char *at, const char *end, uint64_t *time_ns)
{
	for (int words = 0; words < 3; words++) {
		const char *behind;

		at = skip_blanks(at, end);
		behind = parse_time(at, end, time_ns);
		if (behind || at == end || *at == '[') /* that one was in a name */
			return behind;
		at = skip_word(at, end);
	}
	return NULL;
}

/* "[001]" at `at`. */
static const char *parse_cpu(const char *at, const char *end, uint32_t *cpu)
{
	uint64_t number;

	at = text_number(at + 1, end, &number);
	if (!at || at == end || *at != ']' || number >= EVENT_LINE_CPUS)
		return NULL;
	*cpu = (uint32_t)number;
	return at + 1;
}

/* The digits that end at `end`; their start, or `end` when there are none. */
static const char *digits_before(const char *begin, const char *end)
{
	while (end > begin && end[-1] >= '0' && end[-1] <= '9')
		end--;
	return end;
}

static uint32_t tid_of(const char *at, const char *end)
{
	uint64_t number;

	if (!text_number(at, end, &number) || number >= TID_MAX)
		return EVENT_LINE_NONE;
	return (uint32_t)number;
}

static const char *trim(const char *begin, const char *end)
{
	while (end > begin && is_blank(end[-1]))
		end--;
	return end;
}

/* "comm-1234 (  1200)": the group in parentheses, which ftrace can add. */
static const char *take_group(const char *begin, const char *end, uint32_t *tgid)
{
	const char *open = end;

	if (end == begin || end[-1] != ')')
		return end;
	while (open > begin && *open != '(')
		open--;
	*tgid = tid_of(skip_blanks(open + 1, end), end - 1);
	return trim(begin, open);
}

/* What is left of "comm ", "comm-" or "comm 1200/", with blanks before it. */
static struct span comm_before(const char *begin, const char *number)
{
	begin = skip_blanks(begin, number);
	if (number > begin && number[-1] == '/') {
		const char *group = digits_before(begin, number - 1);

		if (group > begin && is_blank(group[-1]))
			number = group;
	} else if (number > begin && number[-1] == '-') {
		number--;
	}
	number = trim(begin, number);
	return (struct span){ begin, (size_t)(number - begin) };
}

/* "comm 1234", "comm 1200/1234", "comm-1234", "comm-1234 (1200)". */
static void parse_who(const char *begin, const char *end, struct event_line *event)
{
	const char *number;

	event->tgid = EVENT_LINE_NONE;
	end = take_group(begin, trim(begin, end), &event->tgid);
	number = digits_before(begin, end);
	event->tid = tid_of(number, end);
	event->comm = comm_before(begin, number);
	if (number > begin && number[-1] == '-' &&
	    (number - 1 == begin || is_blank(number[-2]) || number[-2] == '/'))
		event->tid = EVENT_LINE_NONE; /* perf's -1: gone already */
	if (number > begin && number[-1] == '/') {
		const char *group = digits_before(begin, number - 1);

		if (group > begin && is_blank(group[-1]))
			event->tgid = tid_of(group, number - 1);
	}
}

/* "sched:sched_switch: " or "sched_switch:   "; perf may put a number (the period) before it. */
static bool parse_name(const char *at, const char *end, struct event_line *event)
{
	const char *word_end, *name;

	for (;;) {
		at = skip_blanks(at, end);
		word_end = skip_word(at, end);
		if (at == end)
			return false;
		if (digits_before(at, word_end) != at)
			break;
		at = word_end;
	}
	event->text.at = skip_blanks(word_end, end);
	event->text.length = (size_t)(end - event->text.at);
	if (word_end[-1] == ':')
		word_end--;
	name = word_end;
	while (name > at && name[-1] != ':')
		name--;
	event->name = (struct span){ name, (size_t)(word_end - name) };
	return word_end > name;
}

bool event_line_parse(const char *line, size_t length, struct event_line *event)
{
	const char *end = line + length;
	const char *bracket = line;

	while ((bracket = memchr(bracket, '[', (size_t)(end - bracket)))) {
		const char *behind = parse_cpu(bracket, end, &event->cpu);

		if (behind && (bracket == line || is_blank(bracket[-1])))
			behind = find_time(behind, end, &event->time_ns);
		else
			behind = NULL;
		if (behind) {
			parse_who(line, bracket, event);
			return parse_name(behind, end, event);
		}
		bracket++;
	}
	return false;
}

bool event_line_lost(const char *line, size_t length, uint32_t *cpu, uint64_t *count)
{
	const char *end = line + length;
	const char *at = skip_blanks(line, end);
	struct text text = { at, end };
	uint64_t number;

	if (!text_skip(&text, "CPU:") || !text_take_number(&text, &number) ||
	    number >= EVENT_LINE_CPUS || !text_skip(&text, " ["))
		return false;
	*cpu = (uint32_t)number;
	if (!memmem(text.at, (size_t)(end - text.at), "EVENTS", 6))
		return false;
	text_skip(&text, "LOST ");
	if (!text_take_number(&text, count))
		*count = 1;
	return true;
}
