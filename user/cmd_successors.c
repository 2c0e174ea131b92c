/* SPDX-License-Identifier: Apache-2.0 */
/* pftrace successors: who ran next after a task. */
#include "base/array.h"
#include "base/log.h"
#include "base/options.h"
#include "command.h"
#include "reading_options.h"
#include "report/successor_report.h"

#include <errno.h>
#include <stdio.h>

struct successors_options {
	struct reading_options reading;
	enum reading_format format;
	size_t sort;
};

static void print_help(void)
{
	puts("usage: pftrace successors [options] TASK FILE\n"
	     "\n"
	     "Who ran next, on the same core, when TASK left it: how often, and its share of\n"
	     "all times. Idle counts as any other task. TASK is a regex over names, or a tid;\n"
	     "when several tasks match, they are taken together.\n"
	     "\n"
	     "  --from MS, --cap MS  only the switches in [from, cap) ms: of captures made\n"
	     "                       with --detail; else the counts are of the whole\n"
	     "  --map CSV            names by tid, as pftrace-remap(1) tells\n"
	     "  --merge-sys-tasks    swapper/0, swapper/1 ... as swapper; kernel threads, too\n"
	     "  --merge-names, --append-tid  tasks of one name as one; names with tid: perf:83\n"
	     "  --sort COLUMN        count (the default), next_name, next_tid\n"
	     "  --format FORMAT      text (the default), csv or json\n"
	     "  -h, --help           this\n"
	     "\n"
	     "exit codes: 0 done, 1 unreadable, or no such task, 2 wrong usage, 3 the file is\n"
	     "not whole\n"
	     "see also: pftrace export --table successors, for all pairs");
}

static int parse_own(struct successors_options *options, int option)
{
	static const char *const formats[] = READING_FORMATS;
	size_t format;

	if (option == 's')
		return reading_sort(successor_columns, successor_column_count, optarg,
				    &options->sort);
	if (options_word("--format", optarg, formats, ARRAY_LENGTH(formats), &format))
		return -EINVAL;
	options->format = (enum reading_format)format;
	return 0;
}

/* TASK comes before what all commands have. */
static int take_task(struct successors_options *options, int argc, char **argv)
{
	if (argc - optind < 2) {
		log_error("%s? usage: pftrace successors [options] TASK FILE",
			  optind == argc ? "of which task, in which capture" : "in which capture");
		return -EINVAL;
	}
	options->reading.view.task = argv[optind++];
	options->reading.view.task_word = "TASK";
	options->reading.detail = options->reading.windowed;
	return reading_file(&options->reading, argc, argv);
}

static int parse(struct successors_options *options, int argc, char **argv)
{
	static const struct option long_options[] = {
		READING_LONG_OPTIONS_BUT_TASK,
		{ "sort", required_argument, NULL, 's' },
		{ "format", required_argument, NULL, 'f' },
		{ 0 },
	};
	int option;

	*options = (struct successors_options){ .sort = successor_sort };
	reading_init(&options->reading, argv);
	while ((option = reading_next(&options->reading, argc, argv, long_options)) > 0)
		if (parse_own(options, option))
			return -EINVAL;
	if (option || options->reading.help)
		return option;
	return take_task(options, argc, argv);
}

static enum exit_code report(const struct successors_options *options,
			     const struct successor_stats *stats, enum exit_code code)
{
	struct report_table table;
	int error;

	report_table_init(&table, successor_columns, successor_column_count);
	error = successor_fill(&table, stats);
	if (!error) {
		report_table_sort(&table, options->sort);
		error = reading_print(&table, options->format);
	}
	report_table_free(&table);
	return reading_printed(code, error);
}

/* A window needs the single switches. */
static enum capture_table choose_table(const struct successors_options *options,
				       const struct view *view)
{
	const struct cdict_summary *summary = view_summary(view);

	/* single switches are written at once; pairs at the end, and seldom before */
	if (summary->rows[CAPTURE_SWITCHES] && (options->reading.windowed || !summary->whole))
		return CAPTURE_SWITCHES;
	if (options->reading.windowed)
		log_warning("%s was recorded without --detail: --from and --cap do not apply",
			    view_path(view));
	return CAPTURE_SUCCESSORS;
}

/* Rows of a file without its end may have switches whose pairs were still to be written. */
static void say_missing(const struct view *view, const struct successor_stats *stats)
{
	if (stats->total < stats->switches)
		log_warning(
			"%s: who ran next is there for %llu of %llu switches only: these counts "
			"are written at the end, and seldom before (record with --detail to have "
			"them at any time)",
			view_path(view), (unsigned long long)stats->total,
			(unsigned long long)stats->switches);
}

static enum exit_code count(const struct successors_options *options, struct view *view)
{
	enum capture_table table = choose_table(options, view);
	bool windowed = options->reading.windowed && table == CAPTURE_SWITCHES;
	bool may_miss = !view_summary(view)->whole && !windowed;
	unsigned int tables = 1u << table | (may_miss ? 1u << CAPTURE_SAMPLES : 0);
	char message[CDICT_MESSAGE_BYTES];
	struct successor_stats stats;
	enum exit_code code;
	int error;

	successor_stats_init(&stats, view);
	error = view_read(view, tables, &stats.sink, message);
	code = reading_done(view, error, message);
	if (code != EXIT_FAILED) {
		say_missing(view, &stats);
		code = report(options, &stats, code);
	}
	successor_stats_free(&stats);
	return code;
}

/* A file that was cut before its first tasks is empty; of any other, TASK should be a task. */
static enum exit_code follow(const struct successors_options *options, struct view *view)
{
	if (view_any_selected(view) || (!view_task_count(view) && !view_summary(view)->whole))
		return count(options, view);
	if (!view_task_count(view)) /* else it was said */
		log_error("TASK '%s' selects nobody: %s has no tasks", options->reading.view.task,
			  view_path(view));
	return EXIT_FAILED;
}

int cmd_successors(int argc, char **argv)
{
	struct successors_options options;
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
		code = follow(&options, view);
	view_free(view);
	return code;
}
