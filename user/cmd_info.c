/* SPDX-License-Identifier: Apache-2.0 */
/* pftrace info: what is in a capture, and whether it is whole. */
#include "base/array.h"
#include "base/log.h"
#include "base/options.h"
#include "command.h"
#include "reading_options.h"
#include "reading_source.h"
#include "report/info_report.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

struct info_options {
	const char *path;
	struct options_format own;
};

static void print_help(void)
{
	puts("usage: pftrace info [--format text|json] FILE\n"
	     "\n"
	     "What was recorded where, when and how; rows by table; losses by cause; whether\n"
	     "the file is whole and samples + losses equal the kernel's totals; what tracing\n"
	     "cost.\n"
	     "\n"
	     "      --format FORMAT  text (the default) or json\n"
	     "  -h, --help           this\n"
	     "\n"
	     "exit codes: 0 whole, 1 unreadable, 2 wrong usage, 3 not whole, or samples and\n"
	     "totals differ\n"
	     "see also: pftrace list, pftrace stats, cdict(5)");
}

static int parse_file(struct info_options *options, int argc, char **argv)
{
	if (optind + 1 == argc) {
		options->path = argv[optind];
		return 0;
	}
	if (optind == argc)
		log_error("info: which FILE? pftrace info --help tells more");
	else
		log_error("info: '%s': one FILE only", argv[optind + 1]);
	return -EINVAL;
}

static int parse(struct info_options *options, int argc, char **argv)
{
	static const char *const formats[] = { "text", "json" };

	if (options_format_only("info", argc, argv, formats, ARRAY_LENGTH(formats), &options->own))
		return -EINVAL;
	return options->own.help ? 0 : parse_file(options, argc, argv);
}

static enum exit_code verdict_code(const struct cdict_summary *summary)
{
	if (!summary->whole || summary->end->verdict == VERDICT_DIFFERENT)
		return EXIT_INCOMPLETE;
	return EXIT_OK;
}

static enum exit_code report(const struct info_options *options, struct cdict_reader *reader)
{
	char message[CDICT_MESSAGE_BYTES];
	struct cdict_summary summary;
	struct loss_stats losses;
	struct info_report report = { .path = cdict_path(reader),
				      .header = cdict_header(reader),
				      .summary = &summary,
				      .losses = &losses };
	int error;

	loss_stats_init(&losses, 0);
	if (cdict_read(reader, LOSS_STATS_TABLES, &losses.sink, &summary, message)) {
		log_error("%s", message);
		return EXIT_FAILED;
	}
	if (summary.being_written_elsewhere)
		log_warning("'%s.part' beside it is newer: a recording under way, or one that was "
			    "killed",
			    cdict_path(reader));
	error = options->own.format ? info_print_json(&report, stdout)
				    : info_print_text(&report, stdout);
	return reading_printed(verdict_code(&summary), error);
}

int cmd_info(int argc, char **argv)
{
	char message[CDICT_MESSAGE_BYTES];
	struct info_options options;
	struct cdict_reader *reader;
	enum exit_code code;

	if (parse(&options, argc, argv))
		return EXIT_USAGE;
	if (options.own.help) {
		print_help();
		return EXIT_OK;
	}
	if (reading_source_open(options.path, false, &reader, message)) {
		log_error("%s", message);
		return EXIT_FAILED;
	}
	code = report(&options, reader);
	cdict_reader_free(reader);
	return code;
}
