/* SPDX-License-Identifier: Apache-2.0 */
/* The file of pftrace record: made, begun, finished, whatever happens. */
#include "cmd_record_internal.h"

#include "base/log.h"
#include "capture/histogram.h"
#include "out_folder.h"
#include "privilege.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>

static void say_not_created(const struct record *record, int error)
{
	const char *path = record->options->out;

	if (error == -EEXIST)
		log_error("'%s.part' is left over from a capture that did not end: look at it with "
			  "pftrace info, then move it away or remove it",
			  path);
	else if (error == -EISDIR)
		log_error("--out '%s' is a folder: give the name of a file in it", path);
	else if (error == -ENOTSUP)
		log_error("--out '%s' is a pipe or a device: a capture is finished by a rename, "
			  "so give the name of a file",
			  path);
	else if (error == -ELOOP)
		log_error(
			"cannot create '%s.part': there is a symbolic link of somebody else's in a "
			"folder that all may write to, or an endless one",
			path);
	else if (error == -EACCES && record->invoker.by_sudo)
		log_error("cannot create '%s.part': %s to %s, who called sudo: choose a folder of "
			  "theirs, or unset SUDO_UID to write as root",
			  path, strerror(-error), record->invoker.name);
	else
		log_error("cannot create '%s.part': %s", path, strerror(-error));
}

int record_create_file(struct record *record)
{
	int error = privilege_lower(&record->invoker);

	if (!error)
		error = out_folder_open(record->options->out, &record->folder_fd,
					&record->fixed_path);
	if (!error)
		error = cdict_create(record->fixed_path, &record->writer);
	privilege_raise();
	if (error)
		say_not_created(record, error);
	return error;
}

static void add_word(struct capture_words *words, bool there, const char *word)
{
	if (there)
		words->words[words->count++] = word;
}

int record_push_header(struct record *record)
{
	struct capture_sink *sink = cdict_writer_sink(record->writer);
	struct capture_header header = {
		.version = CAPTURE_VERSION,
		.program_version = PFTRACE_VERSION,
		.host = record->probe.host,
		.kernel = record->probe.release,
		.arch = record->probe.machine,
		.cpus = record->cpus,
		.cpu_count = record->cpu_count,
		.realtime_ns = live_zero_realtime_ns(record->live),
		.monotonic_ns = live_zero_monotonic_ns(record->live),
		.bucket_ns = record->options->bucket_ns,
		.steps_per_octave = HISTOGRAM_STEPS,
		.first_bin = HISTOGRAM_FIRST_BIN,
		.last_bin = HISTOGRAM_LAST_BIN,
	};

	if (!header.bucket_ns)
		header.bucket_ns = record_options_auto_bucket_ns(record->options->duration_ns);
	add_word(&header.recorded, !record->options->no_sched, "sched");
	add_word(&header.recorded, record_has_kvm(record), "kvm");
	add_word(&header.recorded, record->options->detail, "detail");
	record_filter_words(&record->options->filter, &header.filters);
	add_word(&header.not_offered, !record->probe.has_sched_info, "wait");
	add_word(&header.not_offered, live_offers_cgroups(record->live) != 0, "cgroup");
	add_word(&header.not_offered,
		 record->kvm_state == LIVE_KVM_REFUSED || record->kvm_state == LIVE_KVM_ABSENT,
		 "kvm");
	return sink->header(sink, &header);
}

static void fill_user_cost(struct capture_end *end)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	end->cost.user_cpu_ns =
		(uint64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * NS_PER_S +
		(uint64_t)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1000;
	end->cost.memory_peak_bytes = (uint64_t)usage.ru_maxrss * 1024;
}

static bool is_write_error(int error)
{
	return error == -ENOSPC || error == -EFBIG || error == -EDQUOT || error == -EIO;
}

/* What was written before the disk was full stays, with an end that says so. */
static int end_after_write_error(struct record *record, int write_error, struct capture_end *end)
{
	struct capture_sink *sink = cdict_writer_sink(record->writer);
	int error;

	log_warning("'%s.part': %s: what was recorded so far is kept", record->options->out,
		    strerror(-write_error));
	end->cause = write_error == -ENOSPC ? "disk full" : "write error";
	end->cut = true;
	end->verdict = VERDICT_NOT_PROVABLE;
	end->cost.bpf_ns_per_switch = CAPTURE_NIL;
	end->duration_ns = record->flushed_ns - record->started_ns;
	error = cdict_cut_back(record->writer);
	return error ? error : sink->end(sink, end);
}

static int close_file(struct record *record, int error)
{
	int closed = cdict_close(record->writer);

	record->writer = NULL;
	if (error) {
		log_error("recording '%s' failed: %s; what is whole is in '%s.part'",
			  record->options->out, strerror(-error), record->options->out);
		return error;
	}
	if (closed == -ESTALE)
		log_error("'%s.part' was removed or replaced while recording: what was recorded is "
			  "gone",
			  record->options->out);
	else if (closed)
		log_error("cannot finish '%s': %s; all is in '%s.part'", record->options->out,
			  strerror(-closed), record->options->out);
	return closed;
}

int record_finish(struct record *record, int error, struct capture_end *end)
{
	fill_user_cost(end);
	end->cause = record->cause;
	if (!error)
		error = live_halt(record->live);
	if (!error)
		error = record_names_finish(&record->names, record->signal_fd);
	if (!error)
		error = live_stop(record->live, end);
	if (is_write_error(error))
		error = end_after_write_error(record, error, end);
	record->file_bytes = cdict_writer_bytes(record->writer);
	privilege_lower(&record->invoker);
	error = close_file(record, error);
	privilege_end();
	return error;
}
