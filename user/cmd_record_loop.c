/* SPDX-License-Identifier: Apache-2.0 */
/* pftrace record while it records: signals, the timer, the command. */
#include "cmd_record_internal.h"
#include "cmd_record_report.h"

#include "base/array.h"
#include "base/clock.h"
#include "base/log.h"
#include "privilege.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define FLUSH_INTERVAL_NS NS_PER_S

static bool has_command(const struct record *record)
{
	return record->child.name;
}

/* nohup(1) sets that: a blocked signal would come as data all the same. */
static bool is_ignored(int number)
{
	struct sigaction action;

	return sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

int record_open_signals(struct record *record)
{
	/* SIGQUIT is for who wants an end at once, and with a command that command's */
	static const int always[] = { SIGINT, SIGTERM };
	static const int unless_ignored[] = { SIGHUP, SIGUSR1, SIGUSR2 };
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_LENGTH(always); i++)
		sigaddset(&set, always[i]);
	for (size_t i = 0; i < ARRAY_LENGTH(unless_ignored); i++)
		if (!is_ignored(unless_ignored[i]))
			sigaddset(&set, unless_ignored[i]);
	if (has_command(record)) {
		sigaddset(&set, SIGQUIT);
		sigaddset(&set, SIGUSR1);
	}
	if (has_command(record) || record_is_in_parts(record))
		sigaddset(&set, SIGUSR2);
	signal(SIGPIPE, SIG_IGN); /* nobody reads our words any more: that ends no capture */
	signal(SIGXFSZ, SIG_IGN); /* write(2) says EFBIG then: as a full disk */
	if (sigprocmask(SIG_BLOCK, &set, NULL))
		return -errno;
	record->signal_fd = signalfd(-1, &set, SFD_CLOEXEC);
	return record->signal_fd < 0 ? -errno : 0;
}

int record_open_drain_timer(struct record *record)
{
	struct timespec interval = { .tv_nsec = LIVE_DRAIN_INTERVAL_NS };
	struct itimerspec timer = { .it_interval = interval, .it_value = interval };

	record->drain_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	if (record->drain_fd < 0)
		return -errno;
	return timerfd_settime(record->drain_fd, 0, &timer, NULL) ? -errno : 0;
}

static void show_progress(struct record *record, uint64_t now)
{
	struct account_counters counters;
	struct record_progress progress = {
		.elapsed_ns = now - record->started_ns,
		.duration_ns = record->options->duration_ns,
		.file_bytes = record->parts.sums.file_bytes + cdict_writer_bytes(record->writer),
		.counters = &counters,
	};

	account_counters(record->account, &counters);
	progress.switches_per_s = (double)(counters.switches - record->flushed_switches) * 1e9 /
				  (double)(now - record->flushed_ns);
	record->flushed_switches = counters.switches;
	/* a command has the terminal to itself */
	if (!record->options->quiet && !has_command(record))
		record_report_progress(&progress);
}

static void say_kvm(enum live_kvm_state state, const char *words)
{
	record_report_clear();
	if (state == LIVE_KVM_RECORDED)
		log_info("KVM has come, and is recorded from now on: %s", words);
	else
		log_warning("KVM has come, but is not recorded: %s", words);
}

/* KVM was awaited, and has come: what attaching to it took is given up. */
static int see_kvm(struct record *record)
{
	const char *words;
	enum live_kvm_state state = live_kvm_state(record->live, &words);

	if (state == record->kvm_state)
		return 0;
	record->kvm_state = state;
	if (record_report_is_heard(0))
		say_kvm(state, words);
	return privilege_drop(&record->invoker, has_command(record), false);
}

static int tick(struct record *record)
{
	uint64_t now = clock_now_ns();
	int error = record_parts_tick(record, now);

	if (!error)
		error = see_kvm(record);
	if (!error)
		error = live_drain(record->live);
	if (!error)
		error = record_names_tick(&record->names, now);
	if (!error)
		error = record_parts_cut(record);
	if (error || now - record->flushed_ns < FLUSH_INTERVAL_NS)
		return error;
	error = live_flush(record->live);
	if (error) /* nothing since the last flush is in the file */
		return error;
	if (record->options->flight_ns)
		record_flight_look(record, now);
	show_progress(record, now);
	record->flushed_ns = now;
	return 0;
}

/* With a command the capture ends when that does: signals are the command's. */
static void read_signal(struct record *record)
{
	struct signalfd_siginfo info;

	if (read(record->signal_fd, &info, sizeof(info)) != sizeof(info))
		return;
	if (record_is_in_parts(record) && info.ssi_signo == SIGUSR2)
		record_parts_ask(record, "SIGUSR2");
	else if (has_command(record))
		child_pass_on(&record->child, &info);
	else
		record->cause = "signal";
}

static int poll_timeout_ms(const struct record *record)
{
	uint64_t end_ns = record->started_ns + record->options->duration_ns;
	uint64_t now = clock_now_ns();

	if (!record->options->duration_ns)
		return -1;
	return now >= end_ns ? 0 : (int)((end_ns - now) / 1000000 % 1000000 + 1);
}

static bool is_over(const struct record *record)
{
	return record->options->duration_ns &&
	       clock_now_ns() >= record->started_ns + record->options->duration_ns;
}

int record_follow(struct record *record)
{
	/* poll(2) passes over an fd of -1 */
	int pid_fd = has_command(record) ? record->child.pid_fd : -1;
	struct pollfd fds[] = { { .fd = record->signal_fd, .events = POLLIN },
				{ .fd = record->drain_fd, .events = POLLIN },
				{ .fd = pid_fd, .events = POLLIN } };
	uint64_t expirations;
	int error = 0;

	while (!error && !record->cause) {
		if (poll(fds, ARRAY_LENGTH(fds), poll_timeout_ms(record)) < 0 && errno != EINTR)
			return -errno;
		if (fds[0].revents)
			read_signal(record);
		if (fds[1].revents && read(record->drain_fd, &expirations, sizeof(expirations)) > 0)
			error = tick(record);
		if (is_over(record))
			record->cause = "duration";
		if (fds[2].revents)
			record->cause = "command ended";
	}
	return error;
}

int record_wait_for_command(struct record *record)
{
	struct pollfd fds[] = { { .fd = record->child.pid_fd, .events = POLLIN },
				{ .fd = record->signal_fd, .events = POLLIN } };

	while (poll(fds, ARRAY_LENGTH(fds), -1) < 0 || !fds[0].revents)
		if (fds[1].revents)
			read_signal(record);
	return child_wait(&record->child);
}
