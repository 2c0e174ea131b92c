/* SPDX-License-Identifier: Apache-2.0 */
/* pftrace record --rotate: one file after the other. The next one is there before a part ends. */
#include "cmd_record_internal.h"
#include "cmd_record_report.h"

#include "base/log.h"
#include "live/topology.h"
#include "privilege.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int create_next(struct record *record)
{
	struct record_parts *parts = &record->parts;
	int error = privilege_lower(&record->invoker);

	if (!error && !parts->next_name.path)
		error = series_next(&parts->series, &parts->next_name);
	if (!error)
		error = cdict_create(parts->next_name.path, &parts->next);
	privilege_raise();
	return error;
}

static void enter_next(struct record *record)
{
	struct record_parts *parts = &record->parts;

	record->name = parts->next_name;
	record->writer = parts->next;
	parts->next = NULL;
	parts->next_name = (struct series_name){ 0 };
}

int record_rotate_prepare(struct record *record)
{
	struct record_parts *parts = &record->parts;
	bool first = !record->writer;
	int error = parts->next ? 0 : create_next(record);

	if (error && !parts->said) {
		if (!first)
			record_report_clear();
		record_say_not_created(record,
				       parts->next_name.shown ? parts->next_name.shown
							      : record->options->out,
				       error);
		if (!first)
			log_warning("recording goes on in '%s.part'", record_path(record));
	}
	parts->said = error;
	if (error == -EEXIST) /* the next time another number */
		series_name_free(&parts->next_name);
	if (!error && first)
		enter_next(record);
	return error;
}

/* ---- the file that is full ---- */

/* Beside the recording: a sync to disk may take long. */
static void close_file(void *context)
{
	struct record_job *job = context;
	struct record *record = job->record;

	privilege_lower(&record->invoker);
	job->error = record_close_file(job->writer, job->name.shown, 0);
	if (!job->error)
		job->not_removed = series_finished(&record->parts.series, &job->name);
	privilege_raise();
}

void record_rotate_done(struct record *record)
{
	struct record_job *job = &record->parts.job;

	if (!job->record)
		return;
	if (job->error)
		record->parts.failed = true;
	if (job->not_removed)
		log_warning("an old file of '%s' could not be removed: %s", record->options->out,
			    strerror(-job->not_removed));
	series_name_free(&job->name);
	*job = (struct record_job){ 0 };
}

static int read_cpus(struct record *record)
{
	struct capture_cpu *cpus;
	size_t count;
	int error = topology_read(&cpus, &count);

	if (error)
		return error;
	free(record->cpus);
	record->cpus = cpus;
	record->cpu_count = count;
	return 0;
}

int record_rotate_turn(struct record *record, const struct capture_end *end)
{
	struct record_parts *parts = &record->parts;
	uint64_t file_bytes = cdict_writer_bytes(record->writer);
	struct account_counters counters;
	int error;

	record_parts_counters(record, &counters);
	record_parts_add(record, end, file_bytes);
	record_report_clear();
	if (!record->options->quiet)
		record_report_part(record_path(record), end, &counters, file_bytes);
	parts->job = (struct record_job){ .record = record,
					  .writer = record->writer,
					  .name = record->name };
	enter_next(record);
	worker_start(&parts->worker, close_file, &parts->job);
	error = read_cpus(record);
	if (!error)
		error = record_push_header(record, cdict_writer_sink(record->writer));
	return error ? error : account_go_on(record->account, cdict_writer_sink(record->writer));
}
