/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The records, in the order of time. perf writes what it finds in one CPU's buffer after the
 * other's, and a mark behind each round: what is older than the latest of the round before cannot
 * come any more (tools/perf/util/ordered-events.c, session.c).
 */
#include "base/array.h"
#include "import/perf_bytes.h"
#include "import/perf_file.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <stdlib.h>
#include <sys/mman.h>

#define RECORD_FINISHED_ROUND 68
#define HELD_MAX (1u << 26) /* records, should there be no marks: 1 GiB */
#define FORGET_BYTES (64u << 20)

struct held {
	uint64_t time_ns;
	uint64_t offset; /* of the record */
};

struct records {
	const struct perf_file *file;
	int (*take)(void *context, const struct perf_sample *sample);
	void *context;
	struct held *held;
	size_t count;
	size_t capacity;
	uint64_t latest_ns;
	uint64_t round_ns; /* the latest of the round before */
	size_t forgotten;  /* the file up to here is not in memory any more */
	const char *fault;
};

/* ---- one record ---- */

static bool has(const struct perf_file *file, uint64_t type)
{
	return file->sample_type & type;
}

/* A field of 64 bits, if it is there. */
static bool pass(const struct perf_file *file, struct perf_bytes *bytes, uint64_t type)
{
	return !has(file, type) || perf_bytes_skip(bytes, 8);
}

static bool take_cpu(struct perf_bytes *bytes, uint32_t *cpu)
{
	return perf_bytes_u32(bytes, cpu) && perf_bytes_skip(bytes, 4) && *cpu < EVENT_LINE_CPUS;
}

static bool take_tids(struct perf_bytes *bytes, struct perf_sample *sample)
{
	if (!perf_bytes_u32(bytes, &sample->tgid) || !perf_bytes_u32(bytes, &sample->tid))
		return false;
	if (sample->tid >= 1u << 22) /* -1: gone already */
		sample->tid = EVENT_LINE_NONE;
	if (sample->tgid >= 1u << 22)
		sample->tgid = EVENT_LINE_NONE;
	return true;
}

static bool pass_callchain(const struct perf_file *file, struct perf_bytes *bytes)
{
	uint64_t count;

	if (!has(file, PERF_SAMPLE_CALLCHAIN))
		return true;
	return perf_bytes_u64(bytes, &count) && count <= UINT16_MAX &&
	       perf_bytes_skip(bytes, count * 8);
}

/* In the order of PERF_RECORD_SAMPLE in perf_event.h. */
static bool read_sample(const struct perf_file *file, struct perf_bytes bytes,
			struct perf_sample *sample)
{
	uint32_t raw_size;
	uint16_t number;
	uint8_t place;

	if (!pass(file, &bytes, PERF_SAMPLE_IDENTIFIER) || !pass(file, &bytes, PERF_SAMPLE_IP) ||
	    !take_tids(&bytes, sample) || !perf_bytes_u64(&bytes, &sample->time_ns) ||
	    !pass(file, &bytes, PERF_SAMPLE_ADDR) || !pass(file, &bytes, PERF_SAMPLE_ID) ||
	    !pass(file, &bytes, PERF_SAMPLE_STREAM_ID) || !take_cpu(&bytes, &sample->cpu) ||
	    !pass(file, &bytes, PERF_SAMPLE_PERIOD) || !pass_callchain(file, &bytes) ||
	    !perf_bytes_u32(&bytes, &raw_size) || raw_size < sizeof(number) ||
	    raw_size > (size_t)(bytes.end - bytes.at))
		return false;
	sample->raw = bytes.at;
	sample->raw_size = raw_size;
	memcpy(&number, sample->raw, sizeof(number)); /* common_type */
	place = file->place_of[number];
	sample->event = place ? &file->events[place - 1] : NULL;
	return place;
}

/* struct sample_id, at the end of all other records. */
static bool read_id(const struct perf_file *file, struct perf_bytes bytes,
		    struct perf_sample *sample)
{
	static const uint64_t types[] = { PERF_SAMPLE_TID, PERF_SAMPLE_TIME,
					  PERF_SAMPLE_ID,  PERF_SAMPLE_STREAM_ID,
					  PERF_SAMPLE_CPU, PERF_SAMPLE_IDENTIFIER };
	ptrdiff_t size = 0;

	for (size_t i = 0; i < ARRAY_LENGTH(types); i++)
		size += has(file, types[i]) ? 8 : 0;
	if (bytes.end - bytes.at < size)
		return false;
	bytes.at = bytes.end - size;
	return take_tids(&bytes, sample) && perf_bytes_u64(&bytes, &sample->time_ns) &&
	       pass(file, &bytes, PERF_SAMPLE_ID) && pass(file, &bytes, PERF_SAMPLE_STREAM_ID) &&
	       take_cpu(&bytes, &sample->cpu);
}

static bool read_lost(const struct perf_file *file, struct perf_bytes bytes,
		      struct perf_sample *sample)
{
	sample->event = NULL;
	return perf_bytes_skip(&bytes, 8) && perf_bytes_u64(&bytes, &sample->lost) &&
	       read_id(file, bytes, sample);
}

static bool record_at(const struct perf_file *file, size_t offset, struct perf_event_header *header,
		      struct perf_bytes *body)
{
	if (file->end - offset < sizeof(*header))
		return false;
	memcpy(header, file->bytes + offset, sizeof(*header));
	if (header->size < sizeof(*header) || header->size > file->end - offset)
		return false;
	body->at = file->bytes + offset + sizeof(*header);
	body->end = file->bytes + offset + header->size;
	return true;
}

/* 1: it is one that is taken, 0: none, -1: damaged. */
static int read_record(const struct perf_file *file, const struct perf_event_header *header,
		       struct perf_bytes body, struct perf_sample *sample)
{
	bool good;

	if (header->type == PERF_RECORD_SAMPLE)
		good = read_sample(file, body, sample);
	else if (header->type == PERF_RECORD_LOST)
		good = read_lost(file, body, sample);
	else
		return 0; /* PERF_RECORD_LOST_SAMPLES: at the end, all of the above in one sum */
	return good ? 1 : -1;
}

/* ---- in order ---- */

static int by_time(const void *a, const void *b)
{
	const struct held *x = a, *y = b;

	if (x->time_ns != y->time_ns)
		return x->time_ns < y->time_ns ? -1 : 1;
	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

/* The pages of what has been read are the page cache's again. */
static void forget(struct records *records, size_t until)
{
	size_t page_mask = ~(size_t)65535;

	if (until < records->forgotten + FORGET_BYTES)
		return;
	madvise((void *)(records->file->bytes + records->forgotten),
		(until & page_mask) - records->forgotten, MADV_DONTNEED);
	records->forgotten = until & page_mask;
}

static int deliver(struct records *records, const struct held *held)
{
	struct perf_event_header header;
	struct perf_sample sample = { 0 };
	struct perf_bytes body;

	if (!record_at(records->file, held->offset, &header, &body) ||
	    read_record(records->file, &header, body, &sample) != 1)
		return -EBADMSG; /* somebody writes into the file */
	return records->take(records->context, &sample);
}

static int deliver_until(struct records *records, uint64_t until_ns)
{
	size_t done = 0;
	int error = 0;

	if (records->count)
		qsort(records->held, records->count, sizeof(*records->held), by_time);
	while (done < records->count && records->held[done].time_ns <= until_ns && !error)
		error = deliver(records, &records->held[done++]);
	records->count -= done;
	if (records->count)
		memmove(records->held, records->held + done,
			records->count * sizeof(*records->held));
	return error;
}

static int hold(struct records *records, uint64_t time_ns, size_t offset)
{
	if (records->count == HELD_MAX ||
	    ARRAY_RESERVE(records->held, records->capacity, records->count + 1))
		return -ENOMEM;
	records->held[records->count++] = (struct held){ time_ns, offset };
	if (time_ns > records->latest_ns)
		records->latest_ns = time_ns;
	return 0;
}

static int end_round(struct records *records, size_t offset)
{
	size_t oldest = offset;
	int error = deliver_until(records, records->round_ns);

	records->round_ns = records->latest_ns;
	for (size_t i = 0; i < records->count; i++)
		oldest = records->held[i].offset < oldest ? records->held[i].offset : oldest;
	forget(records, oldest);
	return error;
}

static int take_record(struct records *records, const struct perf_event_header *header,
		       struct perf_bytes body, size_t offset)
{
	struct perf_sample sample = { 0 };
	int found;

	if (header->type == RECORD_FINISHED_ROUND)
		return end_round(records, offset);
	found = read_record(records->file, header, body, &sample);
	if (found < 0)
		return -EBADMSG;
	return found ? hold(records, sample.time_ns, offset) : 0;
}

int perf_file_read(const struct perf_file *file,
		   int (*take)(void *context, const struct perf_sample *sample), void *context,
		   const char **fault)
{
	struct records records = { .file = file, .take = take, .context = context };
	size_t offset = file->begin;
	int error = 0;

	madvise((void *)file->bytes, file->size, MADV_SEQUENTIAL);
	while (offset < file->end && !error) {
		struct perf_event_header header;
		struct perf_bytes body;

		error = record_at(file, offset, &header, &body)
				? take_record(&records, &header, body, offset)
				: -EBADMSG;
		offset += error ? 0 : header.size;
	}
	if (error == -EBADMSG)
		*fault = "a record of it is damaged";
	if (!error)
		error = deliver_until(&records, UINT64_MAX);
	free(records.held);
	return error;
}
