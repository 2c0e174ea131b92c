/* SPDX-License-Identifier: Apache-2.0 */
#include "import/facts.h"

#include "base/clean.h"
#include "capture/histogram.h"
#include "import/event_text.h"
#include "import/kvm_text.h"

#include <stdio.h>
#include <string.h>

#define NS_PER_MS 1000000ULL
#define NS_PER_S (1000 * NS_PER_MS)

/* "# hostname : value" of perf script --header: the value, or nothing. */
static bool header_value(const char *line, size_t length, const char *key, struct span *value)
{
	struct text text = { line, line + length };
	struct span before;

	if (!text_skip(&text, "# ") || !text_skip(&text, key) || !text_until(&text, ": ", &before))
		return false;
	for (size_t i = 0; i < before.length; i++)
		if (before.at[i] != ' ')
			return false;
	*value = (struct span){ text.at, (size_t)(text.end - text.at) };
	return true;
}

static void copy(char *to, size_t to_bytes, struct span from)
{
	size_t length = from.length < to_bytes - 1 ? from.length : to_bytes - 1;

	memcpy(to, from.at, length);
	to[length] = '\0';
	clean_text(to, length);
}

static void mark_cpus(struct facts *facts, uint64_t count)
{
	for (uint64_t i = 0; i < count && i < EVENT_LINE_CPUS; i++)
		facts->cpus[i] = true;
}

/* "2013.250 ms" */
static void take_duration(struct facts *facts, struct span value)
{
	struct text text = { value.at, value.at + value.length };
	uint64_t ms;

	if (text_take_number(&text, &ms) && ms < 1000ULL * 3600 * 24 * 366)
		facts->duration_ns = ms * NS_PER_MS;
}

static bool is_event(struct span name, const char *word)
{
	return name.length == strlen(word) && memcmp(name.at, word, name.length) == 0;
}

static void mark_event(struct facts *facts, struct span name)
{
	facts->has_switches |= is_event(name, "sched_switch");
	facts->has_kvm |= is_event(name, "kvm_exit") || is_event(name, "kvm_entry");
}

/* "name = sched:sched_switch, , id = ..." */
static void take_event(struct facts *facts, struct span value)
{
	struct text text = { value.at, value.at + value.length };
	struct span subsystem, name;

	if (!text_skip(&text, "name = ") || !text_until(&text, ":", &subsystem) ||
	    !text_until(&text, ",", &name))
		return;
	mark_event(facts, name);
}

static void take_isa(struct facts *facts, struct span words)
{
	enum exit_isa isa = kvm_text_isa(words);

	if (isa != EXIT_ISAS)
		facts->isa = isa;
}

static void take_arch(struct facts *facts, struct span value)
{
	copy(facts->arch, sizeof(facts->arch), value);
	take_isa(facts, value);
}

static void read_comment(struct facts *facts, const char *line, size_t length)
{
	struct span value;
	uint64_t count;

	if (header_value(line, length, "hostname", &value))
		copy(facts->host, sizeof(facts->host), value);
	else if (header_value(line, length, "os release", &value))
		copy(facts->kernel, sizeof(facts->kernel), value);
	else if (header_value(line, length, "arch", &value))
		take_arch(facts, value);
	else if (header_value(line, length, "cpuid", &value))
		take_isa(facts, value);
	else if (header_value(line, length, "event", &value))
		take_event(facts, value);
	else if (header_value(line, length, "sample duration", &value))
		take_duration(facts, value);
	else if (header_value(line, length, "nrcpus online", &value) &&
		 text_number(value.at, value.at + value.length, &count))
		mark_cpus(facts, count);
}

static void read_line(struct facts *facts, const char *line, size_t length)
{
	struct text text = { line, line + length };
	struct event_line event;
	uint64_t count;

	if (length && line[0] == '#') {
		read_comment(facts, line, length);
	} else if (text_skip(&text, "cpus=") && text_take_number(&text, &count)) {
		mark_cpus(facts, count); /* trace-cmd report's first line */
	} else if (event_line_parse(line, length, &event)) {
		if (!facts->has_events)
			facts->first_ns = event.time_ns;
		facts->has_events = true;
		if (facts->last_ns < event.time_ns)
			facts->last_ns = event.time_ns;
		facts->cpus[event.cpu] = true;
		mark_event(facts, event.name);
	}
}

void facts_read(struct facts *facts, const char *text, size_t length)
{
	const char *end = text + length;

	while (text < end) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));

		if (!newline)
			newline = end;
		read_line(facts, text, (size_t)(newline - text));
		text = newline + 1;
	}
}

bool facts_has_switches(const struct facts *facts)
{
	return facts->has_switches || !facts->has_kvm;
}

static const char *or_null(const char *text)
{
	return text[0] ? text : NULL;
}

void facts_header(const struct facts *facts, struct capture_cpu *cpus,
		  struct capture_header *header)
{
	*header = (struct capture_header){
		.version = CAPTURE_VERSION,
		.program_version = PFTRACE_VERSION,
		.host = or_null(facts->host),
		.kernel = or_null(facts->kernel),
		.arch = or_null(facts->arch),
		.cpus = cpus,
		.realtime_ns = CAPTURE_NIL,
		.monotonic_ns = facts->has_events ? facts->first_ns : CAPTURE_NIL,
		.steps_per_octave = HISTOGRAM_STEPS,
		.first_bin = HISTOGRAM_FIRST_BIN,
		.last_bin = HISTOGRAM_LAST_BIN,
		.not_offered = { 1, { "cgroup" } },
	};
	if (facts_has_switches(facts))
		header->recorded.words[header->recorded.count++] = "sched";
	if (facts->has_kvm)
		header->recorded.words[header->recorded.count++] = "kvm";
	for (uint32_t cpu = 0; cpu < EVENT_LINE_CPUS; cpu++)
		if (facts->cpus[cpu])
			cpus[header->cpu_count++] = (struct capture_cpu){ .cpu = cpu, .core = cpu };
}

uint64_t facts_bucket_ns(uint64_t duration_ns)
{
	if (duration_ns > 600 * NS_PER_S)
		return 1000 * NS_PER_MS;
	return duration_ns > 60 * NS_PER_S ? 100 * NS_PER_MS : 10 * NS_PER_MS;
}
