/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pftrace record --flight-recorder: short parts, each a cdict in memory. The oldest are forgotten; on
 * demand those that are there are joined into a file, beside the recording.
 */
#include "cmd_record_internal.h"
#include "cmd_record_report.h"

#include "base/array.h"
#include "base/log.h"
#include "capture/joined.h"
#include "privilege.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PARTS 16 /* about so many are kept */
#define MEMORY_MAX (256ULL << 20)

/* ---- the grid of parts ---- */

/* The first length of buckets, doubled until it is a second: buckets never get longer than that. */
static uint64_t grid_of(uint64_t bucket_ns)
{
	while (bucket_ns < NS_PER_S)
		bucket_ns *= 2;
	return bucket_ns;
}

uint64_t record_flight_part_ns(const struct record *record)
{
	uint64_t grid_ns = record->parts.grid_ns;
	uint64_t steps = record->options->flight_ns / PARTS / grid_ns;

	return grid_ns * (steps ? steps : 1);
}

uint64_t record_flight_border(const struct record *record, uint64_t at_ns)
{
	uint64_t grid_ns = record->parts.grid_ns;

	return (at_ns + grid_ns - 1) / grid_ns * grid_ns;
}

/* ---- parts in memory ---- */

int record_flight_prepare(struct record *record)
{
	struct record_parts *parts = &record->parts;
	int error = cdict_create_in_memory(&record->writer);

	if (error) {
		log_error("cannot keep a recording in memory: %s", strerror(-error));
		return error;
	}
	if (!parts->grid_ns) {
		parts->grid_ns = grid_of(record_options_bucket_ns(record->options));
		watch_init(&parts->watch, record->options->when, record->options->when_count);
	}
	watch_begin_part(&parts->watch, cdict_writer_sink(record->writer));
	return 0;
}

static void forget_oldest(struct record_parts *parts)
{
	close(parts->segments[0].fd);
	parts->sums.file_bytes -= parts->segments[0].bytes;
	memmove(parts->segments, parts->segments + 1,
		--parts->segment_count * sizeof(*parts->segments));
}

/* How long what is kept lasts without its first `skip` parts. */
static uint64_t kept_ns(const struct record_parts *parts, size_t skip)
{
	uint64_t sum_ns = 0;

	for (size_t i = skip; i < parts->segment_count; i++)
		sum_ns += parts->segments[i].duration_ns;
	return sum_ns;
}

static void forget_old(struct record *record)
{
	struct record_parts *parts = &record->parts;

	while (parts->segment_count > 1 && kept_ns(parts, 1) >= record->options->flight_ns)
		forget_oldest(parts);
	while (parts->segment_count > 1 && parts->sums.file_bytes > MEMORY_MAX) {
		forget_oldest(parts);
		if (!parts->said_full && record_report_is_heard(0))
			log_warning("the last %.0f s take more than %llu MiB: less is kept",
				    (double)record->options->flight_ns / 1e9,
				    (unsigned long long)(MEMORY_MAX >> 20));
		parts->said_full = true;
	}
}

/* The part that has ended is kept. */
static int keep_part(struct record *record, uint64_t end_ns, const struct capture_end *end)
{
	struct record_parts *parts = &record->parts;
	uint64_t bytes = cdict_writer_bytes(record->writer);
	int fd = fcntl(cdict_writer_fd(record->writer), F_DUPFD_CLOEXEC, 0);

	cdict_close(record->writer);
	record->writer = NULL;
	if (fd < 0 ||
	    ARRAY_RESERVE(parts->segments, parts->segment_capacity, parts->segment_count + 1))
		return fd < 0 ? -EMFILE : -ENOMEM;
	parts->segments[parts->segment_count++] = (struct record_segment){
		.fd = fd,
		.begin_ns = end_ns - end->duration_ns,
		.duration_ns = end->duration_ns,
		.bytes = bytes,
	};
	record_parts_add(record, end, bytes);
	forget_old(record);
	return 0;
}

/* ---- a file ---- */

static int read_part(struct joined *joined, const struct record_segment *part, uint64_t zero_ns)
{
	char path[64], message[CDICT_MESSAGE_BYTES] = "";
	struct cdict_summary summary;
	struct cdict_reader *reader;
	int error;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", part->fd);
	error = cdict_open(path, &reader, message);
	if (!error) {
		joined_begin_part(joined, part->begin_ns - zero_ns);
		error = cdict_read(reader, CDICT_ALL_TABLES, &joined->sink, &summary, message);
		cdict_reader_free(reader);
	}
	if (error && message[0])
		log_error("%s", message);
	return error;
}

static int join(struct record_job *job, struct cdict_writer *writer)
{
	struct joined joined;
	int error = 0;

	joined_init(&joined, cdict_writer_sink(writer));
	for (size_t i = 0; i < job->segment_count && !error; i++)
		error = read_part(&joined, &job->segments[i], job->segments[0].begin_ns);
	job->duration_ns = joined.end.duration_ns;
	if (!error)
		error = joined_end(&joined, job->cause, false);
	job->bytes = cdict_writer_bytes(writer);
	joined_free(&joined);
	return error;
}

/* A file that cannot be made whole is not left there. */
static int write_file(struct record_job *job)
{
	struct record *record = job->record;
	struct cdict_writer *writer;
	int error = series_next(&record->parts.series, &job->name);

	if (!error)
		error = cdict_create(job->name.path, &writer);
	if (error) {
		record_say_not_created(
			record, job->name.shown ? job->name.shown : record->options->out, error);
		return error;
	}
	error = join(job, writer);
	if (error) {
		log_error("cannot write '%s': %s", job->name.shown, strerror(-error));
		cdict_drop(writer);
		return error;
	}
	error = record_close_file(writer, job->name.shown, 0);
	if (!error)
		job->not_removed = series_finished(&record->parts.series, &job->name);
	return error;
}

static void write_beside(void *context)
{
	struct record_job *job = context;

	privilege_lower(&job->record->invoker);
	job->error = write_file(job);
	privilege_raise();
}

/* Its own descriptors: parts may be forgotten meanwhile. */
static int copy_segments(struct record_job *job, const struct record_parts *parts)
{
	job->segments = calloc(parts->segment_count + 1, sizeof(*job->segments));
	if (!job->segments)
		return -ENOMEM;
	for (size_t i = 0; i < parts->segment_count; i++) {
		struct record_segment *copy = &job->segments[job->segment_count];

		*copy = parts->segments[i];
		copy->fd = fcntl(copy->fd, F_DUPFD_CLOEXEC, 0);
		if (copy->fd < 0)
			return -errno;
		job->segment_count++;
	}
	return 0;
}

static void free_job(struct record_job *job)
{
	for (size_t i = 0; i < job->segment_count; i++)
		close(job->segments[i].fd);
	free(job->segments);
	series_name_free(&job->name);
	*job = (struct record_job){ 0 };
}

void record_flight_done(struct record *record)
{
	struct record_job *job = &record->parts.job;

	if (!job->record)
		return;
	record_report_clear();
	if (job->error)
		record->parts.failed = true;
	else
		record_report_flight(job->name.shown, job->cause, job->duration_ns, job->bytes);
	if (job->not_removed)
		log_warning("an old file of '%s' could not be removed: %s", record->options->out,
			    strerror(-job->not_removed));
	free_job(job);
}

static void begin_job(struct record *record, const char *cause)
{
	struct record_job *job = &record->parts.job;

	job->record = record;
	snprintf(job->cause, sizeof(job->cause), "%s", cause);
	job->error = copy_segments(job, &record->parts);
	if (job->error)
		log_error("cannot write the last seconds: %s", strerror(-job->error));
}

/* ---- as time passes ---- */

void record_flight_look(struct record *record, uint64_t now_ns)
{
	struct record_parts *parts = &record->parts;

	if (parts->watch.fired[0] && now_ns >= parts->quiet_until_ns && !parts->wanted[0]) {
		parts->quiet_until_ns = now_ns + record->options->flight_ns;
		record_parts_ask(record, parts->watch.fired);
	}
	parts->watch.fired[0] = '\0';
}

/* Keys that began anew mean other tasks than before. */
static void forget_all_when_renumbered(struct record *record)
{
	struct account_counters counters;

	account_counters(record->account, &counters);
	if (counters.renumbered == record->parts.before.renumbered)
		return;
	while (record->parts.segment_count)
		forget_oldest(&record->parts);
}

int record_flight_turn(struct record *record, const struct capture_end *end)
{
	struct record_parts *parts = &record->parts;
	int error = keep_part(record, parts->begin_ns, end);

	if (error)
		return error;
	if (parts->wanted[0] && !worker_is_busy(&parts->worker)) {
		begin_job(record, parts->wanted);
		parts->wanted[0] = '\0';
		worker_start(&parts->worker, write_beside, &parts->job);
	}
	forget_all_when_renumbered(record);
	error = record_flight_prepare(record);
	if (!error)
		error = record_push_header(record, &parts->watch.sink);
	return error ? error : account_go_on(record->account, &parts->watch.sink);
}

static void give_last_up(struct record *record, int error)
{
	log_error("recording failed: %s; what was kept before is written", strerror(-error));
	if (record->writer)
		cdict_drop(record->writer);
	record->writer = NULL;
}

int record_flight_end(struct record *record, const struct capture_end *end, int error)
{
	struct record_parts *parts = &record->parts;
	int failed;

	if (!error)
		error = keep_part(record, parts->begin_ns + end->duration_ns, end);
	if (error)
		give_last_up(record, error);
	if (!parts->segment_count)
		return error;
	begin_job(record, end->cause);
	if (!parts->job.error)
		write_beside(&parts->job);
	failed = parts->job.error;
	record_flight_done(record);
	return error ? error : failed;
}

void record_flight_free(struct record *record)
{
	struct record_parts *parts = &record->parts;

	free_job(&parts->job);
	while (parts->segment_count)
		forget_oldest(parts);
	free(parts->segments);
	watch_free(&parts->watch);
}
