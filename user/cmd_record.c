/* SPDX-License-Identifier: Apache-2.0 */
/* pftrace record: a session from its options to its exit code. */
#include "base/clock.h"
#include "base/log.h"
#include "base/string_pool.h"
#include "cmd_record_internal.h"
#include "cmd_record_report.h"
#include "command.h"
#include "live/topology.h"
#include "names/proc.h"
#include "privilege.h"

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ROWS_PER_S_MAX 50000
#define LAST_WORDS_MS 10000 /* so long the summary waits for a reader */

/* ---- set-up ---- */

static int open_account(struct record *record)
{
	struct record_filter *filter = &record->options->filter;
	bool automatic = !record->options->bucket_ns;
	bool flight = record->options->flight_ns;
	struct capture_sink *sink =
		flight ? &record->parts.watch.sink : cdict_writer_sink(record->writer);
	struct account_options options = {
		.cpu_count = live_cpu_count(record->live),
		.bucket_ns = record_options_bucket_ns(record->options),
		.bucket_max_ns = record->parts.grid_ns,
		.rows_per_s_max = automatic ? ROWS_PER_S_MAX : 0,
		.wait_offered = record->probe.has_sched_info,
		.kvm = record_has_kvm(record),
		.sched_recorded = !record->options->no_sched,
		.cpu_listed = filter->cpu_listed,
		.detail = record->options->detail,
		.in_parts = record_is_in_parts(record),
		.totals_come_late = !record_is_in_parts(record),
		.keys_stay = flight,
	};

	if (filter->rule_count) {
		options.selects = record_filter_selects;
		options.selects_context = filter;
	}
	record->strings = string_pool_new();
	if (record->strings)
		record->account = account_new(&options, sink, record->strings);
	record->names.account = record->account;
	if (!record->account) {
		log_error("not enough memory to record");
		return -ENOMEM;
	}
	return 0;
}

/* KVM is recorded, or will be when it comes. */
bool record_has_kvm(const struct record *record)
{
	enum live_kvm_state state = live_kvm_state(record->live, NULL);

	return state == LIVE_KVM_RECORDED || state == LIVE_KVM_AWAITED;
}

/* Without KVM the scheduler is recorded all the same. What was asked for by name must be there. */
static int check_kvm(struct record *record)
{
	const char *words;
	enum live_kvm_state state = live_kvm_state(record->live, &words);
	bool must = record->options->no_sched || record->options->kvm_hook;

	record->kvm_state = state;
	if (must && (state == LIVE_KVM_REFUSED || state == LIVE_KVM_ABSENT)) {
		log_error("KVM cannot be recorded: %s", words);
		return -ENOTSUP;
	}
	if (state == LIVE_KVM_REFUSED)
		log_warning("KVM is not recorded: %s", words);
	if (must && state == LIVE_KVM_AWAITED)
		log_warning("KVM is not recorded before it comes: %s", words);
	return 0;
}

/* 0, or -errno after a line on stderr. */
static int open_live(struct record *record)
{
	struct live_options live_options = {
		.ring_bytes = record->options->ring_bytes,
		.pids_are_local = !proc_is_of_host("/proc"),
		.no_sched = record->options->no_sched,
		.no_kvm = record->options->no_kvm,
		.kvm_hook = (enum live_kvm_hook)record->options->kvm_hook,
		.told = record_names_told,
		.told_context = &record->names,
	};
	char message[LIVE_MESSAGE_BYTES];
	int error = -EPERM;

	probe_read(&record->probe);
	if (probe_can_record(&record->probe, message, sizeof(message)))
		error = live_open(&live_options, &record->probe, &record->live, message);
	if (error)
		log_error("%s", message);
	return error ? error : check_kvm(record);
}

/* Everything that can be refused is asked for before the file is there. */
static int set_up(struct record *record)
{
	int error = open_live(record);

	if (error)
		return error;
	error = record_filter_list_cpus(&record->options->filter, live_cpu_count(record->live));
	if (error == -EINVAL)
		return error;
	if (!error)
		error = privilege_drop(&record->invoker, record->child.name != NULL,
				       record->kvm_state == LIVE_KVM_AWAITED);
	if (!error)
		error = topology_read(&record->cpus, &record->cpu_count);
	if (!error)
		error = record_open_signals(record);
	if (!error)
		error = record_open_drain_timer(record);
	if (error) {
		log_error("cannot prepare to record: %s", strerror(-error));
		return error;
	}
	error = record_names_open(&record->names, &record->options->names, &record->invoker,
				  clock_now_ns());
	if (!error)
		error = record_create_file(record);
	return error ? error : open_account(record);
}

/* May be called again. */
static void tear_down(struct record *record)
{
	live_close(record->live);
	record->live = NULL;
	record_names_free(&record->names);
	account_free(record->account);
	record->account = NULL;
	string_pool_free(record->strings);
	record->strings = NULL;
	free(record->cpus);
	record->cpus = NULL;
	record_parts_free(record);
	free(record->fixed_path);
	record->fixed_path = NULL;
	series_name_free(&record->name);
	if (record->folder_fd >= 0)
		close(record->folder_fd);
	record->folder_fd = -1;
	if (record->drain_fd >= 0)
		close(record->drain_fd);
	record->drain_fd = -1;
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
	return record_push_header(record, record->options->flight_ns
						  ? &record->parts.watch.sink
						  : cdict_writer_sink(record->writer));
}

/* The summary is of all parts. */
static void add_up(struct record *record, struct capture_end *end, struct record_summary *summary)
{
	const struct record_sums *sums = &record->parts.sums;

	if (!record->options->flight_ns)
		record_parts_add(record, end, record->file_bytes);
	end->duration_ns = sums->duration_ns;
	end->switches = sums->switches;
	end->verdict = sums->verdict;
	end->cost.user_cpu_ns = sums->user_cpu_ns;
	summary->proven_run_ns = sums->proven_run_ns;
	summary->file_bytes = sums->file_bytes;
	summary->files = record->options->flight_ns ? 0 : record->parts.series.finished;
	summary->in_memory = record->options->flight_ns;
}

/* The capture alone: its exit code. */
static int run(struct record *record)
{
	struct capture_end end = { 0 };
	struct account_counters counters;
	struct record_summary summary = { .filter = &record->options->filter,
					  .end = &end,
					  .counters = &counters,
					  .no_sched = record->options->no_sched,
					  .cpu_count = record->cpu_count };
	int error = start(record);
	bool quiet;

	if (!error && record->child.name)
		child_go(&record->child);
	if (!error)
		error = record_follow(record);
	record_report_clear();
	if (record_finish(record, error, &end))
		return EXIT_FAILED;
	quiet = record->options->quiet || !record_report_is_heard(LAST_WORDS_MS);
	record_names_report(&record->names, quiet);
	record_filter_say_unmet(&record->options->filter);
	account_counters(record->account, &counters);
	summary.path = record->options->flight_ns ? "in all" : record_path(record);
	summary.kvm = live_kvm_state(record->live, &summary.kvm_words);
	add_up(record, &end, &summary);
	if (!quiet)
		record_report_summary(&summary);
	if (record->parts.failed)
		return EXIT_FAILED;
	return record_report_is_incomplete(&end, &counters) ? EXIT_INCOMPLETE : EXIT_OK;
}

/*
 * With a command its status is ours, also after a capture with losses, which were said: a script
 * around us must see what it would see without us.
 */
static int run_with_command(struct record *record)
{
	int recorded = run(record), status;

	if (record->child.go_fd >= 0) /* there is no capture: it is not run */
		return CHILD_WE_FAILED;
	tear_down(record);
	status = record_wait_for_command(record);
	return recorded == EXIT_FAILED ? CHILD_WE_FAILED : status;
}

static int record_machine(struct record *record)
{
	if (set_up(record))
		return EXIT_FAILED;
	return run(record);
}

/* The command is forked before anything else is done: it is to inherit nothing of ours. */
static int record_command(struct record *record)
{
	const struct record_options *options = record->options;
	const struct invoker *invoker = options->as_user ? &record->invoker : NULL;
	int code = child_start(&record->child, options->command, invoker);

	if (code)
		return code;
	return set_up(record) ? CHILD_WE_FAILED : run_with_command(record);
}

/* Who --user is. */
static int find_invoker(struct record *record)
{
	if (invoker_find(&record->invoker)) {
		log_error("SUDO_UID or SUDO_GID is no number: unset them, or call pftrace by sudo");
		return -EINVAL;
	}
	if (record->options->as_user && !record->invoker.by_sudo) {
		log_error("--user is for sudo: there is no SUDO_UID that tells who called it");
		return -EINVAL;
	}
	return 0;
}

/*
 * Large arrays get mappings of their own, which grow by their page tables: glibc else raises this
 * bound with the first that is freed, and growing ones leave holes behind (mallopt(3)). With 100,000
 * tasks that was a tenth of all memory.
 */
#define LARGE_BYTES (256 << 10)

int cmd_record(int argc, char **argv)
{
	struct record_options options;
	struct record record = {
		.options = &options, .signal_fd = -1, .drain_fd = -1, .folder_fd = -1
	};
	int code = EXIT_USAGE;

	if (record_options_parse(argc, argv, &options))
		return options.command ? CHILD_WE_FAILED : EXIT_USAGE;
	if (options.help) {
		record_options_help();
		return EXIT_OK;
	}
	mallopt(M_MMAP_THRESHOLD, LARGE_BYTES);
	if (!find_invoker(&record))
		code = options.command ? record_command(&record) : record_machine(&record);
	else if (options.command)
		code = CHILD_WE_FAILED;
	child_free(&record.child);
	tear_down(&record);
	record_options_free(&options);
	return code;
}
