/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd_record_report.h"

#include "base/amount.h"
#include "base/log.h"

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define NS_PER_S 1e9

static double seconds(uint64_t ns)
{
	return (double)ns / NS_PER_S;
}

/* As in "3000 switches". */
static void format_switches(char *text, size_t size, uint64_t switches)
{
	if (switches == CAPTURE_NIL)
		snprintf(text, size, "switches not known");
	else
		snprintf(text, size, "%" PRIu64 " switches", switches);
}

/* "ring_full 12 (3000 switches), late 2": the causes of one kind, "none" when there is none. */
static void format_losses(char *text, size_t size, const struct account_counters *counters,
			  bool serious)
{
	size_t used = 0;

	snprintf(text, size, "none");
	for (int cause = 0; cause < LOSS_CAUSES; cause++) {
		if (!counters->losses[cause] || capture_loss_is_serious(cause) != serious ||
		    used >= size)
			continue;
		used += (size_t)snprintf(text + used, size - used, "%s%s %" PRIu64,
					 used ? ", " : "", capture_loss_word(cause),
					 counters->losses[cause]);
		if (cause == LOSS_RING_FULL && used < size)
			used += (size_t)snprintf(
				text + used, size - used, " (%" PRIu64 " switches, %.3f s)",
				counters->lost_switches, seconds(counters->lost_run_ns));
	}
}

static int terminal_columns(void)
{
	struct winsize window;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &window) || !window.ws_col)
		return 80;
	return window.ws_col;
}

bool record_report_is_heard(int patience_ms)
{
	struct pollfd words = { .fd = STDERR_FILENO, .events = POLLOUT };

	return poll(&words, 1, patience_ms) == 1 && words.revents & POLLOUT;
}

static bool terminal_takes_more(void)
{
	return isatty(STDERR_FILENO) && record_report_is_heard(0);
}

void record_report_progress(const struct record_progress *progress)
{
	char line[512], losses[256], bytes[AMOUNT_BYTES], time[64];

	if (!terminal_takes_more())
		return;
	format_losses(losses, sizeof(losses), progress->counters, true);
	amount_of_bytes(bytes, progress->file_bytes);
	if (progress->duration_ns > progress->elapsed_ns)
		snprintf(time, sizeof(time), "%.0f s left",
			 seconds(progress->duration_ns - progress->elapsed_ns));
	else
		snprintf(time, sizeof(time), "%.0f s, Ctrl-C ends", seconds(progress->elapsed_ns));
	snprintf(line, sizeof(line), "%s | %.0f switches/s | %" PRIu64 " tasks | %s | losses: %s",
		 time, progress->switches_per_s, progress->counters->tasks, bytes, losses);
	/* a line that is wider than the terminal would scroll */
	fprintf(stderr, "\r\033[K%.*s", terminal_columns() - 1, line);
	fflush(stderr);
}

void record_report_clear(void)
{
	if (terminal_takes_more())
		fputs("\r\033[K", stderr);
}

static void say_proof(const struct capture_end *end, uint64_t proven_run_ns)
{
	const char *verdict = capture_verdict_word(end->verdict);

	if (end->verdict == VERDICT_EQUAL)
		log_info("samples + losses = totals: %s (%" PRIu64 " switches, %.3f s of CPU time)",
			 verdict, end->switches, seconds(proven_run_ns));
	else
		log_info("samples + losses = totals: %s", verdict ? verdict : "not known");
}

static void say_cost(const struct capture_end *end, size_t cpu_count)
{
	double capacity_s = seconds(end->duration_ns) * (double)cpu_count;
	char user[AMOUNT_BYTES], kernel[AMOUNT_BYTES];

	amount_of_bytes(user, end->cost.memory_peak_bytes);
	amount_of_bytes(kernel, end->cost.kernel_memory_bytes);
	if (end->cost.bpf_ns_per_switch != CAPTURE_NIL && capacity_s > 0)
		log_info("cost: BPF about %" PRIu64 " ns a switch (%.3f %% of all CPUs), pftrace "
			 "%.3f s of CPU time (%.3f %%) and %s of memory, %s in the kernel",
			 end->cost.bpf_ns_per_switch, 100 * seconds(end->cost.bpf_ns) / capacity_s,
			 seconds(end->cost.user_cpu_ns),
			 100 * seconds(end->cost.user_cpu_ns) / capacity_s, user, kernel);
	else
		log_info("cost: BPF not measured, pftrace %.3f s of CPU time and %s of memory, %s "
			 "in the kernel",
			 seconds(end->cost.user_cpu_ns), user, kernel);
}

static void say_filters(const struct record_filter *filter)
{
	struct capture_words words = { 0 };
	char text[512] = "";
	size_t used = 0;

	record_filter_words(filter, &words);
	if (!words.count)
		return;
	for (size_t i = 0; i < words.count && used < sizeof(text); i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s", i ? ", " : "",
					 words.words[i]);
	log_info("written: only %s%s", text,
		 filter->rule_count ? "; all other tasks as one, \"other\", on each core" : "");
}

/*
 * An exit that an entry ended is missing when either event is lost. What is not missing has the very
 * times that the totals have.
 */
static enum capture_verdict verdict_of_exits(const struct account_counters *counters)
{
	const struct account_exit_sum *paired = &counters->kvm_paired;
	const struct account_exit_sum *totals = &counters->kvm_totals;
	uint64_t lost = counters->losses[LOSS_KVM_EVENTS];

	if (counters->losses[LOSS_TOTALS_EVICTION])
		return VERDICT_NOT_PROVABLE;
	if (paired->count == totals->count && paired->host_ns == totals->host_ns)
		return VERDICT_EQUAL;
	return paired->count <= totals->count && totals->count - paired->count <= lost &&
			       paired->host_ns <= totals->host_ns
		       ? VERDICT_EQUAL
		       : VERDICT_DIFFERENT;
}

static void say_kvm(const struct record_summary *summary)
{
	const struct account_counters *counters = summary->counters;

	if (summary->kvm == LIVE_KVM_RECORDED)
		log_info("kvm: %" PRIu64
			 " exits, recorded from %s; exits + losses = totals: %s (%" PRIu64
			 " exits with their entries, %.3f s of host time)",
			 counters->kvm_exits, summary->kvm_words,
			 capture_verdict_word(verdict_of_exits(counters)),
			 counters->kvm_totals.count, seconds(counters->kvm_totals.host_ns));
	else if (summary->kvm != LIVE_KVM_OFF)
		log_info("kvm: not recorded: %s", summary->kvm_words);
}

void record_report_part(const char *path, const struct capture_end *end,
			const struct account_counters *counters, uint64_t file_bytes)
{
	const char *verdict = capture_verdict_word(end->verdict);
	char switches[48], bytes[AMOUNT_BYTES], losses[512];

	if (!record_report_is_heard(0))
		return;
	format_switches(switches, sizeof(switches), end->switches);
	amount_of_bytes(bytes, file_bytes);
	format_losses(losses, sizeof(losses), counters, true);
	log_info("%s: %.3f s, %s, %s, losses: %s; samples + losses = totals: %s", path,
		 seconds(end->duration_ns), switches, bytes, losses,
		 verdict ? verdict : "not known");
}

void record_report_flight(const char *path, const char *cause, uint64_t duration_ns,
			  uint64_t file_bytes)
{
	char bytes[AMOUNT_BYTES];

	if (!record_report_is_heard(0))
		return;
	amount_of_bytes(bytes, file_bytes);
	log_info("%s: the last %.3f s, %s (%s)", path, seconds(duration_ns), bytes, cause);
}

void record_report_summary(const struct record_summary *summary)
{
	const struct capture_end *end = summary->end;
	char switches[48], bytes[AMOUNT_BYTES], losses[512], notes[512], files[48] = "";

	format_switches(switches, sizeof(switches), end->switches);
	amount_of_bytes(bytes, summary->file_bytes);
	format_losses(losses, sizeof(losses), summary->counters, true);
	format_losses(notes, sizeof(notes), summary->counters, false);
	if (summary->files > 1)
		snprintf(files, sizeof(files), " and %" PRIu64 " before it", summary->files - 1);
	log_info("%s%s: %.3f s of %zu CPUs, %" PRIu64 " tasks, %s, %s%s, buckets of %g ms%s%s",
		 summary->path, files, seconds(end->duration_ns), summary->cpu_count,
		 summary->counters->tasks, switches, bytes, summary->in_memory ? " in memory" : "",
		 (double)summary->counters->bucket_ns / 1e6, end->cut ? ", cut short: " : "",
		 end->cut ? end->cause : "");
	say_filters(summary->filter);
	log_info("losses: %s; seen and accounted for: %s", losses, notes);
	if (!summary->no_sched)
		say_proof(end, summary->proven_run_ns);
	say_kvm(summary);
	say_cost(end, summary->cpu_count);
}

bool record_report_is_incomplete(const struct capture_end *end,
				 const struct account_counters *counters)
{
	for (int cause = 0; cause < LOSS_CAUSES; cause++)
		if (counters->losses[cause] && capture_loss_is_serious(cause))
			return true;
	return end->cut || end->verdict == VERDICT_DIFFERENT ||
	       verdict_of_exits(counters) == VERDICT_DIFFERENT;
}
