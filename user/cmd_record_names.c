/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd_record_names.h"

#include "account/account.h"
#include "base/clock.h"
#include "base/log.h"
#include "invoker.h"
#include "names/host.h"
#include "names/proc.h"
#include "names/program.h"
#include "privilege.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#define NS_PER_S 1000000000ULL
#define COMPLAINTS_SAID 10
/* A program is asked again when new VMs have come, but not more often. */
#define ASK_AGAIN_NS (60 * NS_PER_S)

/* ---- names for account ---- */

static int give(void *context, uint32_t tid, uint64_t start_ns, const struct task_name *name)
{
	struct record_names *names = context;
	const struct account_name given = {
		.tid = tid,
		.start_ns = start_ns,
		.name = name->name,
		.vm = name->vm,
		.vcpu = name->vcpu,
		.open = name->open,
	};

	return names->account ? account_name(names->account, &given) : 0;
}

int record_names_told(void *context, const struct account_identity *identity)
{
	struct record_names *names = context;
	const struct names_task task = {
		.tid = identity->tid,
		.tgid = identity->tgid,
		.start_ns = identity->start_ns,
		.comm = identity->comm,
		.cgroup = identity->cgroup,
		.is_kthread = identity->kind == ACCOUNT_KTHREAD,
	};

	return names->host ? names_host_told(names->host, &task) : 0;
}

/* ---- the program ---- */

static void set_environment(void *context)
{
	const struct record_names *names = context;

	if (names->invoker->by_sudo)
		invoker_set_environment(names->invoker);
}

static int take_row(void *context, const struct map_row *row)
{
	struct record_names *names = context;

	names->program_rows++;
	return names_host_row(names->host, row);
}

static void say_bad_row(void *context, size_t line, const char *why)
{
	struct record_names *names = context;

	if (names->program_complaints++ < COMPLAINTS_SAID)
		log_warning("--names-from '%s': line %zu: %s", names->options->from, line, why);
}

static void start_program(struct record_names *names, uint64_t now)
{
	const struct names_program_options options = {
		.argv = names->options->from_argv,
		.prepare = set_environment,
		.row = take_row,
		.complain = say_bad_row,
		.context = names,
	};
	int error = names_program_start(&options, now, &names->program);

	names->program_started_ns = now;
	if (!error)
		return;
	names->program_failed = true;
	log_warning("--names-from '%s' cannot be run: %s: recording without its names",
		    options.argv[0], strerror(-error));
}

/* When no line was one; of lines that were wrong, each was said. */
static void say_no_rows(struct record_names *names)
{
	if (names->program_rows || names->program_complaints || names->said_no_rows)
		return;
	names->said_no_rows = true;
	log_warning("--names-from '%s' printed no row, uuid,name or tid,name: recording without "
		    "its names",
		    names->options->from);
}

static void end_program(struct record_names *names)
{
	const char *fault = names_program_fault(names->program);

	if (names->program_complaints > COMPLAINTS_SAID)
		log_warning("--names-from '%s': %zu more lines like these", names->options->from,
			    names->program_complaints - COMPLAINTS_SAID);
	if (fault)
		log_warning("--names-from '%s' %s; %zu names of it are used", names->options->from,
			    fault, names->program_rows);
	else
		say_no_rows(names);
	/* One that has names is asked again: its source may have been down in part, or for a while. */
	names->program_failed = fault && !names->program_rows;
	names_program_free(names->program);
	names->program = NULL;
}

static int poll_program(struct record_names *names, uint64_t now)
{
	int error = names_program_poll(names->program, now);

	if (!error && names_program_is_done(names->program))
		end_program(names);
	return error;
}

/* Whether VMs have come that it was not asked for. */
static bool should_ask_again(const struct record_names *names)
{
	return names->options->from && !names->program && !names->program_failed &&
	       names_host_has_new(names->host, names->program_started_ns);
}

/* ---- set-up ---- */

/* Numbers in /proc mean the tasks that the kernel side tells of only in the first pid namespace. */
static bool can_read_proc(const struct record_names_options *options)
{
	if (!proc_is_of_host("/proc")) {
		log_warning("this is a PID namespace of its own: tasks outside of it have a name "
			    "only from their next fork, exec or rename on, and VMs none; run "
			    "pftrace on the host");
		return false;
	}
	if (options->source == RECORD_NAMES_NONE)
		return false;
	if (!proc_shows_all("/proc"))
		log_warning("/proc shows no processes of other users (hidepid): their VMs have no "
			    "name but their pid");
	return true;
}

static int read_maps(struct record_names *names)
{
	int error;

	if (!names->options->map.count)
		return 0;
	error = privilege_lower(names->invoker);
	if (!error)
		error = map_option_read(&names->options->map, &names->map);
	else
		log_error("cannot read --map: %s", strerror(-error));
	privilege_raise();
	return error;
}

int record_names_open(struct record_names *names, const struct record_names_options *options,
		      const struct invoker *invoker, uint64_t now)
{
	struct names_host_options host_options = { .proc = "/proc",
						   .give = give,
						   .context = names };
	int error;

	names->options = options;
	names->invoker = invoker;
	error = read_maps(names);
	if (error)
		return error;
	host_options.map = names->map;
	host_options.vms = can_read_proc(options);
	host_options.cgroups = host_options.vms && options->source == RECORD_NAMES_CGROUP;
	names->host = names_host_new(&host_options);
	if (!names->host) {
		log_error("not enough memory to record");
		return -ENOMEM;
	}
	if (options->from_argv)
		start_program(names, now);
	return 0;
}

void record_names_free(struct record_names *names)
{
	names_program_free(names->program);
	names->program = NULL;
	names_host_free(names->host);
	names->host = NULL;
	names_map_free(names->map);
	names->map = NULL;
}

/* ---- while recording, and at the end ---- */

int record_names_tick(struct record_names *names, uint64_t now)
{
	int error = names_host_tick(names->host, now);

	if (!error && names->program)
		error = poll_program(names, now);
	if (!error && now - names->program_started_ns >= ASK_AGAIN_NS && should_ask_again(names))
		start_program(names, now);
	return error;
}

/* The capture is over, so that nothing is late but its file. */
static int wait_for_program(struct record_names *names, int signal_fd, bool quiet)
{
	struct pollfd fds[] = { { .fd = signal_fd, .events = POLLIN } };
	bool said = false;
	int error = 0;

	while (!error && names->program) {
		uint64_t now = clock_now_ns();

		error = poll_program(names, now);
		if (error || !names->program)
			break;
		if (!said && !quiet)
			log_info("waiting for --names-from '%s', %.0f s at most; Ctrl-C goes on "
				 "without it",
				 names->options->from,
				 (double)(names_program_deadline_ns(names->program) - now) / 1e9);
		said = true;
		if (poll(fds, 1, 20) > 0) {
			log_warning("--names-from '%s' was not waited for; %zu names of it are "
				    "used",
				    names->options->from, names->program_rows);
			names_program_free(names->program);
			names->program = NULL;
		}
	}
	return error;
}

int record_names_finish(struct record_names *names, int signal_fd, bool quiet)
{
	int error;

	if (should_ask_again(names))
		start_program(names, clock_now_ns());
	error = wait_for_program(names, signal_fd, quiet);
	return error ? error : names_host_finish(names->host);
}

void record_names_report(const struct record_names *names, bool quiet)
{
	struct names_host_counts counts;

	if (!names->host)
		return;
	names_host_counts(names->host, &counts);
	if (counts.vms && !quiet)
		log_info("VMs named: %zu", counts.vms);
	if (counts.map_unmatched)
		log_warning("--map: %zu of %zu tids did not come", counts.map_unmatched,
			    counts.map_rows);
}
