/* SPDX-License-Identifier: Apache-2.0 */
/* pftrace list: the tasks of a capture. */
#include "base/array.h"
#include "base/options.h"
#include "capture/fan_out.h"
#include "chart/loss_stats.h"
#include "chart/task_stats.h"
#include "command.h"
#include "reading_options.h"
#include "report/task_report.h"

#include <errno.h>
#include <stdio.h>

struct list_options {
	struct reading_options reading;
	enum reading_format format;
	size_t sort;
};

static void print_help(void)
{
	puts("usage: pftrace list [options] FILE\n"
	     "\n"
	     "The tasks of a capture, those with the most switches first: tid, process (tgid),\n"
	     "kind, switches and run time in the window, name (annotated, or the last comm),\n"
	     "cgroup.\n"
	     "\n" READING_HELP
	     "  --sort COLUMN        switches (the default), run, tid, tgid, kind, name ...\n"
	     "  --format FORMAT      text (the default), csv or json\n"
	     "  -h, --help           this\n"
	     "\n"
	     "exit codes: 0 done, 1 unreadable, 2 wrong usage, 3 the file is not whole\n"
	     "see also: pftrace stats, pftrace export");
}

static int parse_own(struct list_options *options, int option)
{
	static const char *const formats[] = READING_FORMATS;
	size_t format;

	if (option == 's')
		return reading_sort(task_list_columns, task_list_column_count, optarg,
				    &options->sort);
	if (options_word("--format", optarg, formats, ARRAY_LENGTH(formats), &format))
		return -EINVAL;
	options->format = (enum reading_format)format;
	return 0;
}

static int parse(struct list_options *options, int argc, char **argv)
{
	static const struct option long_options[] = {
		READING_LONG_OPTIONS,
		{ "sort", required_argument, NULL, 's' },
		{ "format", required_argument, NULL, 'f' },
		{ 0 },
	};
	int option;

	*options = (struct list_options){ .sort = task_list_sort };
	reading_init(&options->reading, argv);
	options->reading.view.one_pass = true; /* half the time of two */
	while ((option = reading_next(&options->reading, argc, argv, long_options)) > 0)
		if (parse_own(options, option))
			return -EINVAL;
	if (option || options->reading.help)
		return option;
	return reading_file(&options->reading, argc, argv);
}

static enum exit_code report(const struct list_options *options, const struct view *view,
			     const struct task_stats *stats, enum exit_code code)
{
	struct report_table table;
	int error;

	report_table_init(&table, task_list_columns, task_list_column_count);
	error = task_list_fill(&table, view, stats);
	if (!error) {
		report_table_sort(&table, options->sort);
		error = reading_print(&table, options->format);
	}
	report_table_free(&table);
	return reading_printed(code, error);
}

static enum exit_code list(const struct list_options *options, struct view *view)
{
	char message[CDICT_MESSAGE_BYTES];
	struct loss_stats losses;
	struct task_stats stats;
	struct fan_out fan_out;
	enum exit_code code;
	int error;

	task_stats_init(&stats);
	loss_stats_init(&losses, view_from_ns(view));
	fan_out_init(&fan_out);
	fan_out_add(&fan_out, &stats.sink);
	fan_out_add(&fan_out, &losses.sink);
	error = view_read(view, TASK_STATS_TABLES | LOSS_STATS_TABLES, &fan_out.sink, message);
	code = reading_done(view, error, message);
	if (code != EXIT_FAILED) {
		reading_losses(view, &losses);
		code = report(options, view, &stats, code);
	}
	task_stats_free(&stats);
	return code;
}

int cmd_list(int argc, char **argv)
{
	struct list_options options;
	enum exit_code code;
	struct view *view;

	if (parse(&options, argc, argv))
		return EXIT_USAGE;
	if (options.reading.help) {
		print_help();
		return EXIT_OK;
	}
	code = reading_open(&options.reading, &view);
	if (code == EXIT_OK)
		code = list(&options, view);
	view_free(view);
	return code;
}
