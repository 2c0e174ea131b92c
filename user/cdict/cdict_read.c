/* SPDX-License-Identifier: Apache-2.0 */
/* One pass over a file: member by member, message by message, into a sink. */
#include "cdict/cdict.h"

#include "base/array.h"
#include "base/at_once.h"
#include "cdict/cdict_inflate.h"
#include "cdict/cdict_message.h"
#include "cdict/cdict_open.h"
#include "cdict/cdict_reach.h"
#include "cdict/cdict_rows.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Smaller ones are inflated sooner than a thread begins. */
#define AHEAD_BYTES_MIN (256u << 10)

struct pass {
	struct cdict_reader *reader;
	unsigned int tables;
	struct capture_sink *sink;
	struct cdict_summary *summary;
	char *message; /* CDICT_MESSAGE_BYTES */
	struct cdict_inflate members;
	int next;		      /* what cdict_inflate_next() gave last */
	struct cdict_inflated member; /* the one that is read */
	struct cdict_rows rows;
	struct cdict_reach reach;
	bool begun; /* the header has been seen */
	bool ended; /* and the end */
};

/* A message with a right CRC that is wrong in itself: no accident of the disk. */
static int refuse(struct pass *pass, const struct cdict_scan *scan, const char *where,
		  const char *column, const char *fault)
{
	snprintf(pass->message, CDICT_MESSAGE_BYTES,
		 "'%s' is no sound cdict: member at offset %" PRIu64 ", byte %td: %s%s%s: %s",
		 pass->reader->path, pass->member.offset, scan->at - pass->member.bytes, where,
		 column ? "." : "", column ? column : "", fault);
	return -EBADMSG;
}

static int push_rows(struct pass *pass, struct cdict_scan *scan, bool wanted,
		     struct capture_batch *batch)
{
	const char *name = capture_table_info(batch->table)->name;
	int err = cdict_rows_read(&pass->rows, scan, wanted, batch);

	if (err == -EBADMSG)
		return refuse(pass, scan, name, pass->rows.column, scan->fault);
	if (err == -E2BIG)
		return refuse(pass, scan, name, pass->rows.column, "too much text");
	if (err)
		return err;
	cdict_reach_add(&pass->reach, batch);
	pass->summary->rows[batch->table] += batch->rows;
	return wanted && batch->rows ? pass->sink->batch(pass->sink, batch) : 0;
}

static int read_rows(struct pass *pass, struct cdict_scan *scan,
		     const struct cdict_message *message)
{
	struct cdict_scan columns = message->columns;
	struct capture_batch batch = { 0 };
	int err;

	if (message->table < 0) { /* a table of a later version */
		if (message->columns_last && !cdict_scan_skip(scan))
			return refuse(pass, scan, "columns", NULL, scan->fault);
		return 0;
	}
	batch.table = (enum capture_table)message->table;
	batch.base_ns = message->base_ns == CAPTURE_NIL ? 0 : message->base_ns;
	if (capture_table_info(batch.table)->bucketed) {
		batch.bucket_ns = message->bucket_ns;
		if (!batch.bucket_ns || batch.bucket_ns > CDICT_BUCKET_NS_MAX)
			return refuse(pass, scan, capture_table_info(batch.table)->name, NULL,
				      "a bucket_ns that cannot be, or none");
	}
	err = push_rows(pass, &columns, pass->tables >> batch.table & 1, &batch);
	if (message->columns_last)
		*scan = columns;
	return err;
}

static int read_end(struct pass *pass, struct cdict_scan *scan, const struct cdict_message *message)
{
	struct capture_end *end = &pass->reader->end;
	struct cdict_fault fault;
	int err;

	free((void *)end->proof);
	err = cdict_ends_end(message->body, message->body_bytes, &pass->reader->texts, end, &fault);
	if (err == -EBADMSG)
		return refuse(pass, scan, "end", fault.field, fault.fault);
	pass->ended = !err;
	return err;
}

static int read_message(struct pass *pass, struct cdict_scan *scan)
{
	struct cdict_message message;

	if (!cdict_message_read(scan, &message))
		return refuse(pass, scan, "message", NULL, scan->fault);
	if (pass->ended)
		return refuse(pass, scan, "message", NULL, "something comes after the end");
	if (pass->begun == (message.kind == CDICT_MESSAGE_HEADER))
		return refuse(pass, scan, "header", NULL,
			      pass->begun ? "a second one" : "does not come first");
	switch (message.kind) {
	case CDICT_MESSAGE_ROWS:
		return read_rows(pass, scan, &message);
	case CDICT_MESSAGE_END:
		return read_end(pass, scan, &message);
	case CDICT_MESSAGE_HEADER: /* was read when the file was opened */
		pass->begun = true;
		return 0;
	case CDICT_MESSAGE_INDEX:
	case CDICT_MESSAGE_OTHER:
		break;
	}
	return 0;
}

static int read_member(void *context)
{
	struct pass *pass = context;
	const unsigned char *end = pass->member.bytes + pass->member.size;
	struct cdict_scan scan = { pass->member.bytes, end, NULL };
	int err = 0;

	while (!err && scan.at < end)
		err = read_message(pass, &scan);
	return err;
}

/* Why the file is not whole, in the summary. */
static void cut_here(struct pass *pass, const char *why)
{
	snprintf(pass->summary->cut, CDICT_MESSAGE_BYTES, "'%s' is cut at offset %" PRIu64 ": %s",
		 pass->reader->path, pass->members.member.offset, why);
}

static int inflate_next(void *context)
{
	struct pass *pass = context;

	pass->next = cdict_inflate_next(&pass->members);
	return 0;
}

/* The member that was inflated last, while the one behind it is. */
static int read_while_inflating(struct pass *pass)
{
	const struct at_once_job both[] = { { inflate_next, pass }, { read_member, pass } };
	struct cdict_inflated done = pass->member;
	int err;

	pass->member = pass->members.member;
	pass->members.member = done; /* its room */
	if (pass->member.size >= AHEAD_BYTES_MIN)
		return at_once(both, ARRAY_LENGTH(both));
	err = read_member(pass);
	return err ? err : inflate_next(pass);
}

/* 0 at the end of what can be read, or the error that ends it all. */
static int read_members(struct pass *pass)
{
	int err = inflate_next(pass);

	while (!err && pass->next > 0)
		err = read_while_inflating(pass);
	if (err)
		return err;
	if (pass->next == -EBADMSG)
		cut_here(pass, pass->members.fault);
	return pass->next == -EBADMSG ? 0 : pass->next;
}

/* Are all rows there that the end tells of? */
static bool rows_missing(struct pass *pass)
{
	for (int table = 0; table < CAPTURE_TABLES; table++) {
		uint64_t told = pass->reader->end.rows[table];
		uint64_t found = pass->summary->rows[table];

		if (told == found)
			continue;
		snprintf(pass->summary->cut, CDICT_MESSAGE_BYTES,
			 "'%s': its end tells of %" PRIu64 " rows of %s, but %" PRIu64 " are there",
			 pass->reader->path, told, capture_table_info(table)->name, found);
		return true;
	}
	return false;
}

static bool is_whole(struct pass *pass)
{
	if (pass->summary->cut[0])
		return false;
	if (!pass->ended) {
		cut_here(pass, "there is no end message: the recorder was killed or is still "
			       "at work");
		return false;
	}
	if (rows_missing(pass))
		return false;
	if (pass->reader->end.cut)
		snprintf(pass->summary->cut, CDICT_MESSAGE_BYTES,
			 "'%s' was cut short while recording: %s", pass->reader->path,
			 pass->reader->end.cause);
	return !pass->reader->end.cut;
}

static bool newer_part_exists(const char *path, const struct stat *status)
{
	struct stat part_status;
	char name[4096];

	if (snprintf(name, sizeof(name), "%s.part", path) >= (int)sizeof(name) ||
	    stat(name, &part_status))
		return false;
	return part_status.st_mtim.tv_sec > status->st_mtim.tv_sec ||
	       (part_status.st_mtim.tv_sec == status->st_mtim.tv_sec &&
		part_status.st_mtim.tv_nsec >= status->st_mtim.tv_nsec);
}

static int sum_up(struct pass *pass)
{
	struct cdict_summary *summary = pass->summary;
	struct stat status;

	if (fstat(pass->reader->fd, &status))
		return -errno;
	summary->bytes = (uint64_t)status.st_size;
	summary->being_written_elsewhere = newer_part_exists(pass->reader->path, &status);
	summary->whole = is_whole(pass);
	summary->end = pass->ended ? &pass->reader->end : NULL;
	summary->last_at_ns = cdict_reach_ns(&pass->reach);
	if (summary->whole && summary->end->duration_ns > summary->last_at_ns)
		summary->last_at_ns = pass->reader->end.duration_ns;
	return pass->ended ? pass->sink->end(pass->sink, summary->end) : 0;
}

int cdict_read(struct cdict_reader *reader, unsigned int tables, struct capture_sink *sink,
	       struct cdict_summary *summary, char message[CDICT_MESSAGE_BYTES])
{
	struct pass pass = { .reader = reader,
			     .tables = tables,
			     .sink = sink,
			     .summary = summary,
			     .message = message };
	int err;

	message[0] = '\0';
	*summary = (struct cdict_summary){ 0 };
	err = cdict_inflate_init(&pass.members, reader->fd);
	if (err)
		return err;
	err = cdict_rows_init(&pass.rows, &reader->texts, &reader->header);
	if (!err)
		err = sink->header(sink, &reader->header);
	if (!err)
		err = read_members(&pass);
	if (!err)
		err = sum_up(&pass);
	cdict_rows_free(&pass.rows);
	cdict_inflate_free(&pass.members);
	free(pass.member.bytes);
	if (err && !message[0])
		snprintf(message, CDICT_MESSAGE_BYTES, "cannot read '%s': %s", reader->path,
			 strerror(-err));
	return err;
}
