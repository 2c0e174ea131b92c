/* SPDX-License-Identifier: Apache-2.0 */
/* pftrace record: a session, its clock and its signals, the file. */
#include "account/account.h"
#include "base/log.h"
#include "base/string_pool.h"
#include "capture/histogram.h"
#include "cdict/cdict.h"
#include "cmd_record_options.h"
#include "cmd_record_report.h"
#include "command.h"
#include "live/live.h"
#include "live/probe.h"
#include "live/topology.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_S 1000000000ULL
#define FLUSH_INTERVAL_NS NS_PER_S
#define ROWS_PER_S_MAX 50000

struct record {
	const struct record_options *options;
	struct probe probe;
	struct live *live;
	struct account *account;
	struct string_pool *strings;
	struct cdict_writer *writer;
	struct capture_cpu *cpus;
	size_t cpu_count;
	int signal_fd;
	int drain_fd;
	uint64_t started_ns;
	uint64_t flushed_ns;
	uint64_t flushed_switches;
	double switches_per_s;
	const char *cause; /* of the end; NULL while recording */
	bool cut;
};

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

/* ---- set-up ---- */

/* Signals come as data, so that they end the capture between two drains. */
static int open_signals(struct record *record)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	if (sigprocmask(SIG_BLOCK, &set, NULL))
		return -errno;
	record->signal_fd = signalfd(-1, &set, SFD_CLOEXEC);
	return record->signal_fd < 0 ? -errno : 0;
}

static int open_drain_timer(struct record *record)
{
	struct timespec interval = { .tv_nsec = LIVE_DRAIN_INTERVAL_NS };
	struct itimerspec timer = { .it_interval = interval, .it_value = interval };

	record->drain_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	if (record->drain_fd < 0)
		return -errno;
	return timerfd_settime(record->drain_fd, 0, &timer, NULL) ? -errno : 0;
}

static int create_file(struct record *record)
{
	const char *path = record->options->out;
	int error = cdict_create(path, &record->writer);

	if (error == -EEXIST)
		log_error("'%s.part' is left over from a capture that did not end: look at it with "
			  "pftrace info, then move it away or remove it",
			  path);
	else if (error)
		log_error("cannot create '%s.part': %s", path, strerror(-error));
	return error;
}

static void add_word(struct capture_words *words, bool there, const char *word)
{
	if (there)
		words->words[words->count++] = word;
}

static int push_header(struct record *record)
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
	add_word(&header.recorded, true, "sched");
	add_word(&header.not_offered, !record->probe.has_sched_info, "wait");
	add_word(&header.not_offered, live_offers_cgroups(record->live) != 0, "cgroup");
	return sink->header(sink, &header);
}

static int open_account(struct record *record)
{
	bool automatic = !record->options->bucket_ns;
	struct account_options options = {
		.cpu_count = live_cpu_count(record->live),
		.bucket_ns = automatic ? record_options_auto_bucket_ns(record->options->duration_ns)
				       : record->options->bucket_ns,
		.rows_per_s_max = automatic ? ROWS_PER_S_MAX : 0,
		.wait_offered = record->probe.has_sched_info,
	};

	record->strings = string_pool_new();
	if (record->strings)
		record->account =
			account_new(&options, cdict_writer_sink(record->writer), record->strings);
	if (!record->account) {
		log_error("not enough memory to record");
		return -ENOMEM;
	}
	return 0;
}

/* Everything that can be refused is asked for before the file is there. */
static int set_up(struct record *record)
{
	struct live_options live_options = { .ring_bytes = record->options->ring_bytes };
	char message[LIVE_MESSAGE_BYTES];
	int error;

	probe_read(&record->probe);
	if (!probe_can_record(&record->probe, message, sizeof(message))) {
		log_error("%s", message);
		return -EPERM;
	}
	error = live_open(&live_options, &record->probe, &record->live, message);
	if (error) {
		log_error("%s", message);
		return error;
	}
	error = topology_read(&record->cpus, &record->cpu_count);
	if (!error)
		error = open_signals(record);
	if (!error)
		error = open_drain_timer(record);
	if (error) {
		log_error("cannot prepare to record: %s", strerror(-error));
		return error;
	}
	error = create_file(record);
	return error ? error : open_account(record);
}

static void tear_down(struct record *record)
{
	live_close(record->live);
	account_free(record->account);
	string_pool_free(record->strings);
	free(record->cpus);
	if (record->signal_fd >= 0)
		close(record->signal_fd);
	if (record->drain_fd >= 0)
		close(record->drain_fd);
}

/* ---- while recording ---- */

static int start(struct record *record)
{
	char message[LIVE_MESSAGE_BYTES];
	int error = live_start(record->live, record->account, message);

	if (error) {
		log_error("%s", message);
		return error;
	}
	record->started_ns = live_zero_monotonic_ns(record->live);
	record->flushed_ns = record->started_ns;
	return push_header(record);
}

static void show_progress(struct record *record, uint64_t now)
{
	struct account_counters counters;
	struct record_progress progress = {
		.elapsed_ns = now - record->started_ns,
		.duration_ns = record->options->duration_ns,
		.file_bytes = cdict_writer_bytes(record->writer),
		.counters = &counters,
	};

	account_counters(record->account, &counters);
	progress.switches_per_s = (double)(counters.switches - record->flushed_switches) * 1e9 /
				  (double)(now - record->flushed_ns);
	record->flushed_switches = counters.switches;
	if (!record->options->quiet)
		record_report_progress(&progress);
}

static int tick(struct record *record)
{
	uint64_t now = now_ns();
	int error = live_drain(record->live);

	if (error || now - record->flushed_ns < FLUSH_INTERVAL_NS)
		return error;
	error = live_flush(record->live);
	show_progress(record, now);
	record->flushed_ns = now;
	return error;
}

static void read_signal(struct record *record)
{
	struct signalfd_siginfo info;

	if (read(record->signal_fd, &info, sizeof(info)) == sizeof(info))
		record->cause = "signal";
}

static int poll_timeout_ms(const struct record *record)
{
	uint64_t end_ns = record->started_ns + record->options->duration_ns;
	uint64_t now = now_ns();

	if (!record->options->duration_ns)
		return -1;
	return now >= end_ns ? 0 : (int)((end_ns - now) / 1000000 % 1000000 + 1);
}

static bool is_over(const struct record *record)
{
	return record->options->duration_ns &&
	       now_ns() >= record->started_ns + record->options->duration_ns;
}

static int follow(struct record *record)
{
	struct pollfd fds[] = { { .fd = record->signal_fd, .events = POLLIN },
				{ .fd = record->drain_fd, .events = POLLIN } };
	uint64_t expirations;
	int error = 0;

	while (!error && !record->cause) {
		if (poll(fds, 2, poll_timeout_ms(record)) < 0 && errno != EINTR)
			return -errno;
		if (fds[0].revents)
			read_signal(record);
		if (fds[1].revents && read(record->drain_fd, &expirations, sizeof(expirations)) > 0)
			error = tick(record);
		if (is_over(record))
			record->cause = "duration";
	}
	return error;
}

/* ---- the end ---- */

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

static int finish(struct record *record, int error, struct capture_end *end)
{
	fill_user_cost(end);
	end->cause = record->cause;
	if (!error)
		error = live_stop(record->live, end);
	if (is_write_error(error))
		error = end_after_write_error(record, error, end);
	return error;
}

static int close_file(struct record *record, int error)
{
	int closed = cdict_close(record->writer);

	if (error) {
		log_error("recording '%s' failed: %s; what is whole is in '%s.part'",
			  record->options->out, strerror(-error), record->options->out);
		return error;
	}
	if (closed)
		log_error("cannot finish '%s': %s; all is in '%s.part'", record->options->out,
			  strerror(-closed), record->options->out);
	return closed;
}

static int run(struct record *record)
{
	struct capture_end end = { 0 };
	struct account_counters counters;
	struct record_summary summary = { .path = record->options->out,
					  .end = &end,
					  .counters = &counters };
	int error = start(record);

	if (!error)
		error = follow(record);
	record_report_clear();
	error = finish(record, error, &end);
	account_counters(record->account, &counters);
	summary.cpu_count = record->cpu_count;
	summary.file_bytes = cdict_writer_bytes(record->writer);
	if (close_file(record, error))
		return EXIT_FAILED;
	if (!record->options->quiet)
		record_report_summary(&summary);
	return record_report_is_incomplete(&end, &counters) ? EXIT_INCOMPLETE : EXIT_OK;
}

int cmd_record(int argc, char **argv)
{
	struct record_options options;
	struct record record = { .options = &options, .signal_fd = -1, .drain_fd = -1 };
	int code = EXIT_FAILED;

	if (record_options_parse(argc, argv, &options))
		return EXIT_USAGE;
	if (options.help) {
		record_options_help();
		return EXIT_OK;
	}
	if (!set_up(&record))
		code = run(&record);
	tear_down(&record);
	return code;
}
