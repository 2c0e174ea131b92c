/* SPDX-License-Identifier: Apache-2.0 */
#include "import/stream.h"

#include "account/account.h"
#include "base/string_pool.h"
#include "import/events.h"
#include "import/follow.h"
#include "import/perf_events.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define NS_PER_S 1000000000ULL
#define FLUSH_INTERVAL_NS NS_PER_S
#define ROWS_PER_S_MAX 50000
/* Such a leap between two events is no pause, but damage or two recordings in one. */
#define LEAP_MAX_NS (24 * 3600 * NS_PER_S)
#define PROGRESS_EVENTS 65536
/* Every CPU has a row in each bucket, however little happens: such a file was made up to be slow. */
#define SPLITS_PER_EVENT 256
#define SPLITS_MAX 4000000

struct stream {
	struct source *source;
	const struct import_options *options;
	struct account *account;
	struct string_pool *strings;
	struct follow *follow;
	struct events events;
	uint64_t zero_ns;
	uint64_t at_ns; /* the latest event */
	uint64_t flushed_ns;
};

static int set_up(struct stream *stream, const struct facts *facts,
		  const struct capture_header *header, struct capture_sink *sink)
{
	bool has_switches = facts_has_switches(facts);
	struct account_options options = {
		.cpu_count = EVENT_LINE_CPUS,
		.bucket_ns = header->bucket_ns,
		.rows_per_s_max = stream->options->bucket_ns ? 0 : ROWS_PER_S_MAX,
		.wait_offered = has_switches,
		.wait_apart = true,
		.kvm = true,
		.sched_recorded = has_switches,
		.detail = stream->options->detail,
		.splits_max = SPLITS_MAX,
	};

	stream->strings = string_pool_new();
	if (stream->strings)
		stream->account = account_new(&options, sink, stream->strings);
	if (stream->account)
		stream->follow = follow_new(stream->account, has_switches);
	stream->events.follow = stream->follow;
	stream->events.isa = facts->isa;
	return stream->follow ? 0 : -ENOMEM;
}

static void tear_down(struct stream *stream)
{
	follow_free(stream->follow);
	account_free(stream->account);
	string_pool_free(stream->strings);
}

static int refuse_leap(const struct stream *stream, uint64_t at_ns,
		       char message[IMPORT_MESSAGE_BYTES])
{
	snprintf(
		message, IMPORT_MESSAGE_BYTES,
		"'%s': the time leaps from %.6f s to %.6f s: that is more than one recording, or a "
		"damaged one",
		stream->options->path, (double)(stream->zero_ns + stream->at_ns) / 1e9,
		(double)(stream->zero_ns + at_ns) / 1e9);
	return -EBADMSG;
}

/* Brings the time forward to an event's. */
static int advance(struct stream *stream, uint64_t time_ns, char message[IMPORT_MESSAGE_BYTES])
{
	uint64_t at_ns = time_ns > stream->zero_ns ? time_ns - stream->zero_ns : 0;

	if (at_ns > stream->at_ns + LEAP_MAX_NS)
		return refuse_leap(stream, at_ns, message);
	account_allow(stream->account, SPLITS_PER_EVENT);
	if (at_ns > stream->at_ns)
		stream->at_ns = at_ns;
	if (stream->options->progress && stream->events.count % PROGRESS_EVENTS == 0)
		stream->options->progress(stream->options->context, stream->events.count,
					  stream->at_ns);
	if (stream->at_ns < stream->flushed_ns + FLUSH_INTERVAL_NS)
		return 0;
	stream->flushed_ns = stream->at_ns;
	return account_flush(stream->account, stream->at_ns);
}

static int take_event(struct stream *stream, const struct event_line *line,
		      char message[IMPORT_MESSAGE_BYTES])
{
	int error = advance(stream, line->time_ns, message);

	return error ? error : events_take(&stream->events, line, stream->at_ns);
}

static int take_line(struct stream *stream, const char *line, size_t length,
		     char message[IMPORT_MESSAGE_BYTES])
{
	struct event_line event;
	uint64_t count;
	uint32_t cpu;

	if (length && line[0] == '#')
		return 0;
	if (event_line_parse(line, length, &event))
		return take_event(stream, &event, message);
	if (event_line_lost(line, length, &cpu, &count))
		return follow_lost(stream->follow, cpu, count);
	return 0; /* a call chain, an empty line, a warning */
}

static int read_lines(struct stream *stream, char message[IMPORT_MESSAGE_BYTES])
{
	const char *line;
	size_t length;
	int more, error = 0;

	while (!error && (more = source_line(stream->source, &line, &length)) != 0)
		error = more < 0 ? more : take_line(stream, line, length, message);
	return error;
}

/* ---- perf.data itself ---- */

struct perf_reading {
	struct stream *stream;
	char *message;
};

static int take_sample(void *context, const struct perf_sample *sample)
{
	const struct perf_reading *reading = context;
	struct stream *stream = reading->stream;
	int error = advance(stream, sample->time_ns, reading->message);

	return error ? error : perf_events_take(&stream->events, sample, stream->at_ns);
}

static int read_perf_file(struct stream *stream, const struct perf_file *file,
			  char message[IMPORT_MESSAGE_BYTES])
{
	struct perf_reading reading = { stream, message };
	const char *fault = NULL;
	int error = perf_file_read(file, take_sample, &reading, &fault);

	if (fault && !message[0])
		snprintf(message, IMPORT_MESSAGE_BYTES, "'%s': %s", stream->options->path, fault);
	return error;
}

static void fill_result(const struct stream *stream, struct import_result *result)
{
	struct account_counters counters;

	account_counters(stream->account, &counters);
	result->events = stream->events.count;
	result->switches = counters.switches;
	result->tasks = counters.tasks;
	result->duration_ns = stream->at_ns;
	result->kvm_exits = counters.kvm_exits;
	result->unreadable = stream->events.unreadable;
	result->lost = counters.losses[LOSS_IMPORT];
	result->missed = counters.losses[LOSS_MISSED_SWITCH];
	result->reordered = counters.losses[LOSS_REORDERED];
	skipped_text(&stream->events.skipped, result->skipped, sizeof(result->skipped));
}

static int finish(struct stream *stream, struct import_result *result)
{
	struct capture_end end = capture_end_unknown(); /* its cost, above all */
	int error = follow_end(stream->follow);

	end.duration_ns = stream->at_ns;
	end.cause = "end of the recording";
	if (!error)
		error = account_end(stream->account, &end, false, false);
	fill_result(stream, result);
	return error;
}

/* Who ran at a CPU's first event would seem to run to the end. KVM's events alone are accounted for
   without switches. */
static bool tells_of_nobody(const struct stream *stream, const struct facts *facts)
{
	struct account_counters counters;

	account_counters(stream->account, &counters);
	return facts_has_switches(facts) && !facts->has_switches && !counters.switches;
}

int stream_read(const struct stream_input *input, const struct facts *facts,
		const struct capture_header *header, const struct import_options *options,
		struct capture_sink *sink, struct import_result *result,
		char message[IMPORT_MESSAGE_BYTES])
{
	struct stream stream = { .source = input->source,
				 .options = options,
				 .zero_ns = facts->first_ns };
	char words[256];
	int error = set_up(&stream, facts, header, sink);

	if (!error)
		error = sink->header(sink, header);
	if (!error && input->perf)
		error = read_perf_file(&stream, input->perf, message);
	else if (!error)
		error = read_lines(&stream, message);
	if (!error && !input->perf && source_wait(input->source, words, sizeof(words))) {
		snprintf(message, IMPORT_MESSAGE_BYTES, "'%s': its reader failed: %s",
			 options->path, words);
		error = -EBADMSG;
	}
	if (!error && tells_of_nobody(&stream, facts)) {
		snprintf(message, IMPORT_MESSAGE_BYTES,
			 "'%s' has no sched_switch, which tells who ran: record sched:*",
			 options->path);
		error = -EBADMSG;
	}
	if (!error)
		error = finish(&stream, result);
	if (error == -EOVERFLOW && !message[0])
		snprintf(message, IMPORT_MESSAGE_BYTES,
			 "'%s': so few events in so long a time, and so many buckets of %.0f ms: "
			 "choose longer ones with --bucket, or the recording is damaged",
			 options->path, (double)header->bucket_ns / 1e6);
	tear_down(&stream);
	return error;
}
