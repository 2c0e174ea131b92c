/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What takes lines of perf script and trace-cmd report apart, under libFuzzer. All that it gives
 * must lie within the line, and numbers within their bounds.
 */
#include "import/event_line.h"
#include "import/event_text.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_span(const char *line, size_t length, struct span span)
{
	if (span.at < line || span.at > line + length ||
	    span.length > (size_t)(line + length - span.at))
		abort();
}

static void check_task(const char *line, size_t length, const struct text_task *task)
{
	check_span(line, length, task->comm);
	if (task->tid >= 1u << 22)
		abort();
}

static void check_texts(const char *line, size_t length, struct span text)
{
	struct text_switch change;
	struct text_task one, two;
	uint64_t number;

	if (text_switch(text, &change)) {
		check_task(line, length, &change.prev);
		check_task(line, length, &change.next);
	}
	if (text_task(text, &one))
		check_task(line, length, &one);
	if (text_fork(text, &one, &two)) {
		check_task(line, length, &one);
		check_task(line, length, &two);
	}
	text_field(text, " runtime=", &number);
}

static void take_line(const char *line, size_t length)
{
	struct event_line event;
	uint64_t count;
	uint32_t cpu;

	if (event_line_lost(line, length, &cpu, &count) && cpu >= EVENT_LINE_CPUS)
		abort();
	check_texts(line, length, (struct span){ line, length });
	if (!event_line_parse(line, length, &event))
		return;
	if (event.cpu >= EVENT_LINE_CPUS)
		abort();
	check_span(line, length, event.name);
	check_span(line, length, event.text);
	check_texts(line, length, event.text);
}

/* A copy of exactly its length, so that a byte too far is noticed. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *line = malloc(size ? size : 1);

	if (!line)
		abort();
	if (size)
		memcpy(line, data, size);
	take_line(line, size);
	free(line);
	return 0;
}
