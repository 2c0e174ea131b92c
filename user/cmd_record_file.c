/* SPDX-License-Identifier: Apache-2.0 */
/* The file of pftrace record: made, begun, finished, whatever happens. */
#include "cmd_record_internal.h"

#include "base/clock.h"
#include "base/log.h"
#include "capture/histogram.h"
#include "names/proc.h"
#include "out_folder.h"
#include "out_option.h"
#include "privilege.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

void record_say_not_created(const struct record *record, const char *path, int error)
{
	if (error == -ELOOP)
		log_error(
			"cannot create '%s.part': there is a symbolic link of somebody else's in a "
			"folder that all may write to, or an endless one",
			path);
	else if (error == -EACCES && record->invoker.by_sudo)
		log_error("cannot create '%s.part': %s to %s, who called sudo: choose a folder of "
			  "theirs, or unset SUDO_UID to write as root",
			  path, strerror(-error), record->invoker.name);
	else
		out_option_say_not_created(path, error);
}

static int create_one(struct record *record)
{
	int error = privilege_lower(&record->invoker);

	if (!error)
		error = cdict_create(record->fixed_path, &record->writer);
	privilege_raise();
	if (error)
		record_say_not_created(record, record->options->out, error);
	return error;
}

static int create_first_of_many(struct record *record)
{
	const struct record_options *options = record->options;
	int error =
		series_open(&record->parts.series, options->out, record->fixed_path, options->keep);

	if (error)
		return error;
	return options->flight_ns ? record_flight_prepare(record) : record_rotate_prepare(record);
}

int record_create_file(struct record *record)
{
	int error = privilege_lower(&record->invoker);

	if (!error)
		error = out_folder_open(record->options->out, &record->folder_fd,
					&record->fixed_path);
	privilege_raise();
	if (error) {
		record_say_not_created(record, record->options->out, error);
		return error;
	}
	return record_is_in_parts(record) ? create_first_of_many(record) : create_one(record);
}

static void add_word(struct capture_words *words, bool there, const char *word)
{
	if (there)
		words->words[words->count++] = word;
}

/* CLOCK_REALTIME may have been set since the capture's zero: a later part has it as it is now. */
static uint64_t realtime_at(const struct record *record, uint64_t monotonic_ns)
{
	if (monotonic_ns == live_zero_monotonic_ns(record->live))
		return live_zero_realtime_ns(record->live);
	return clock_ns(CLOCK_REALTIME) - (clock_now_ns() - monotonic_ns);
}

int record_push_header(struct record *record, struct capture_sink *sink)
{
	uint64_t monotonic_ns = live_zero_monotonic_ns(record->live) + record->parts.begin_ns;
	struct capture_header header = {
		.version = CAPTURE_VERSION,
		.program_version = PFTRACE_VERSION,
		.host = record->probe.host,
		.kernel = record->probe.release,
		.arch = record->probe.machine,
		.cpus = record->cpus,
		.cpu_count = record->cpu_count,
		.realtime_ns = realtime_at(record, monotonic_ns),
		.monotonic_ns = monotonic_ns,
		.bucket_ns = record_options_bucket_ns(record->options),
		.steps_per_octave = HISTOGRAM_STEPS,
		.first_bin = HISTOGRAM_FIRST_BIN,
		.last_bin = HISTOGRAM_LAST_BIN,
	};

	add_word(&header.recorded, !record->options->no_sched, "sched");
	add_word(&header.recorded, record_has_kvm(record), "kvm");
	add_word(&header.recorded, record->options->detail, "detail");
	record_filter_words(&record->options->filter, &header.filters);
	add_word(&header.not_offered, !record->probe.has_sched_info, "wait");
	add_word(&header.not_offered, live_offers_cgroups(record->live) != 0, "cgroup");
	add_word(&header.not_offered, !proc_is_of_host("/proc"), "names");
	add_word(&header.not_offered,
		 record->kvm_state == LIVE_KVM_REFUSED || record->kvm_state == LIVE_KVM_ABSENT,
		 "kvm");
	return sink->header(sink, &header);
}

void record_fill_user_cost(struct record *record, struct capture_end *end)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	end->cost.user_cpu_ns =
		(uint64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * NS_PER_S +
		(uint64_t)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1000;
	end->cost.user_cpu_ns -= record->parts.sums.user_cpu_ns;
	end->cost.memory_peak_bytes = live_own_memory_peak_bytes(record->live);
}

static bool is_write_error(int error)
{
	return error == -ENOSPC || error == -EFBIG || error == -EDQUOT || error == -EIO;
}

/* So much of the file, or of the part that it is, has been flushed: perhaps nothing yet. */
static uint64_t flushed_ns(const struct record *record)
{
	uint64_t begin_ns = record->started_ns + record->parts.begin_ns;

	return record->flushed_ns > begin_ns ? record->flushed_ns - begin_ns : 0;
}

/* What was written before the disk was full stays, with an end that says so. */
static int end_after_write_error(struct record *record, int write_error, struct capture_end *end)
{
	struct capture_sink *sink = cdict_writer_sink(record->writer);
	const struct capture_cost cost = end->cost;
	int error;

	log_warning("'%s.part': %s: what was recorded so far is kept", record_path(record),
		    strerror(-write_error));
	*end = capture_end_unknown(); /* counted was also what is cut off now */
	end->cause = write_error == -ENOSPC ? "disk full" : "write error";
	end->cut = true;
	end->duration_ns = flushed_ns(record);
	end->cost.user_cpu_ns = cost.user_cpu_ns;
	end->cost.memory_peak_bytes = cost.memory_peak_bytes;
	end->cost.kernel_memory_bytes = live_kernel_memory_bytes(record->live);
	error = cdict_cut_back(record->writer);
	return error ? error : sink->end(sink, end);
}

int record_close_file(struct cdict_writer *writer, const char *path, int error)
{
	int closed = cdict_close(writer);

	if (error) {
		log_error("recording '%s' failed: %s; what is whole is in '%s.part'", path,
			  strerror(-error), path);
		return error;
	}
	if (closed == -ESTALE)
		log_error("'%s.part' was removed or replaced while recording: what was recorded is "
			  "gone",
			  path);
	else if (closed)
		log_error("cannot finish '%s': %s; all is in '%s.part'", path, strerror(-closed),
			  path);
	return closed;
}

/* The last file, after all that was made beside the recording. */
static int finish_file(struct record *record, int error, struct capture_end *end)
{
	if (record->options->flight_ns)
		return record_flight_end(record, end, error);
	record->file_bytes = cdict_writer_bytes(record->writer);
	privilege_lower(&record->invoker);
	error = record_close_file(record->writer, record_path(record), error);
	record->writer = NULL;
	if (!error && record_is_in_parts(record) &&
	    series_finished(&record->parts.series, &record->name))
		log_warning("an old file of '%s' could not be removed", record->options->out);
	return error;
}

int record_finish(struct record *record, int error, struct capture_end *end)
{
	record_fill_user_cost(record, end);
	end->cause = record->cause;
	if (!error)
		error = live_halt(record->live);
	if (!error)
		error = record_names_finish(&record->names, record->signal_fd,
					    record->options->quiet);
	if (!error)
		error = live_stop(record->live, end);
	if (is_write_error(error))
		error = end_after_write_error(record, error, end);
	if (record_is_in_parts(record)) {
		worker_wait(&record->parts.worker);
		(record->options->flight_ns ? record_flight_done : record_rotate_done)(record);
	}
	error = finish_file(record, error, end);
	privilege_end();
	return error;
}
