/* SPDX-License-Identifier: Apache-2.0 */
/* pftrace check: what this kernel offers, and what recording on this machine would mean. */
#include "base/array.h"
#include "base/log.h"
#include "base/options.h"
#include "cmd_check_report.h"
#include "command.h"
#include "live/topology.h"
#include "reading_options.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

static void print_help(void)
{
	puts("usage: pftrace check [--format text|json]\n"
	     "\n"
	     "Tells, hook by hook, what this kernel offers; what will be recorded; how much\n"
	     "kernel memory that takes on this machine; on which kernels pftrace was really\n"
	     "run; and what to do about each thing that is missing. With the rights to record,\n"
	     "each hook is loaded and attached for a moment; nothing is recorded.\n"
	     "\n"
	     "      --format FORMAT  text (the default) or json\n"
	     "  -h, --help           this\n"
	     "\n"
	     "exit codes: 0 recording works here, 1 it does not, 2 wrong usage");
}

static int parse(struct options_format *options, int argc, char **argv)
{
	static const char *const formats[] = { "text", "json" };

	if (options_format_only("check", argc, argv, formats, ARRAY_LENGTH(formats), options))
		return -EINVAL;
	if (options->help || optind == argc)
		return 0;
	log_error("check takes no '%s': it looks at this machine", argv[optind]);
	return -EINVAL;
}

static uint32_t count_online_cpus(void)
{
	struct capture_cpu *cpus;
	size_t count;

	topology_read(&cpus, &count);
	free(cpus);
	return (uint32_t)count;
}

/* When the first feature that is needed does not work: which, and what to do. */
static void say_missing(struct check *check)
{
	for (size_t i = 0; i < check->features.count; i++) {
		const struct feature *feature = &check->features.list[i];

		if (!feature->needed || feature->state == FEATURE_WORKS)
			continue;
		snprintf(check->message, sizeof(check->message), "'%s' is %s%s%s%s%s",
			 feature->name, feature_state_word(feature->state),
			 feature->detail[0] ? " (" : "", feature->detail,
			 feature->detail[0] ? "): " : ": ", feature->remedy);
		return;
	}
}

/* Also where it cannot be tried: what it would take with rights. */
static bool would_record_kvm(const struct features *features)
{
	enum feature_state state = features_state(features, "kvm");

	return state == FEATURE_WORKS || state == FEATURE_UNTRIED;
}

static void look(struct check *check)
{
	probe_read(&check->probe);
	check->can_record = probe_can_record(&check->probe, check->message, sizeof(check->message));
	features_read(&check->probe, &check->features);
	if (check->can_record && !features_suffice(&check->features)) {
		check->can_record = false;
		say_missing(check);
	}
	live_memory_read(0, would_record_kvm(&check->features), &check->memory);
	check->online_cpus = count_online_cpus();
}

int cmd_check(int argc, char **argv)
{
	struct options_format options;
	struct check check = { 0 };
	int error;

	if (parse(&options, argc, argv))
		return EXIT_USAGE;
	if (options.help) {
		print_help();
		return EXIT_OK;
	}
	look(&check);
	signal(SIGPIPE, SIG_IGN); /* a reader that had enough shows as EPIPE */
	error = options.format ? check_print_json(&check, stdout)
			       : check_print_text(&check, stdout);
	return reading_printed(check.can_record ? EXIT_OK : EXIT_FAILED, error);
}
