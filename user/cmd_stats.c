/* SPDX-License-Identifier: Apache-2.0 */
/* pftrace stats: what each task and each core did. */
#include "base/array.h"
#include "base/json_member.h"
#include "base/log.h"
#include "base/options.h"
#include "capture/fan_out.h"
#include "chart/core_stats.h"
#include "chart/loss_stats.h"
#include "chart/task_stats.h"
#include "cmd_stats_kvm.h"
#include "command.h"
#include "reading_options.h"
#include "report/core_report.h"
#include "report/task_report.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>

/* The tables. */
enum stats_part { STATS_TASKS, STATS_CORES, STATS_VCPUS, STATS_EXITS, STATS_PARTS };

static const struct {
	const char *option; /* that asks for this one only */
	const struct report_column *columns;
	const size_t *column_count;
	const size_t *sort; /* NULL: upwards by number, unless --sort says otherwise */
} parts[STATS_PARTS] = {
	[STATS_TASKS] = { NULL, task_stats_columns, &task_stats_column_count, &task_stats_sort },
	[STATS_CORES] = { "--cores", core_stats_columns, &core_stats_column_count, NULL },
	[STATS_VCPUS] = { "--vcpus", vcpu_report_columns, &vcpu_report_column_count,
			  &vcpu_report_sort },
	[STATS_EXITS] = { "--exits", exit_report_columns, &exit_report_column_count,
			  &exit_report_sort },
};

/* Of a part that has no order but its rows' own. */
#define UNSORTED SIZE_MAX

struct stats_options {
	struct reading_options reading;
	enum reading_format format;
	const char *sort; /* a column of the table that is asked for; NULL: as usual */
	size_t sorts[STATS_PARTS];
	enum stats_part only; /* STATS_PARTS: no one table is asked for */
	size_t exits_by;      /* enum exit_report_by */
	bool percentiles;
	bool idle;
};

/* All that is read, and the tables made of it. */
struct stats {
	struct task_stats tasks;
	struct core_stats cores;
	struct loss_stats losses;
	struct report_table task_table;
	struct report_table core_table;
	struct stats_kvm kvm;
};

static void print_help(void)
{
	puts("usage: pftrace stats [options] FILE\n"
	     "\n"
	     "Per task: run time, its share of one core and of all, switches (voluntary,\n"
	     "involuntary), migrations, average and longest wait for a core, and when the\n"
	     "longest ended. Per core: busy, idle, unknown, offline and unrecorded time. Per\n"
	     "vCPU: guest, host, halted, blocked, waiting, and its exits by reason and cost.\n"
	     "\n" READING_HELP
	     "  --sort COLUMN        run (the default), switches, wait_avg, wait_max, name ...\n"
	     "  --percentiles        also the median and p99 of run, sleep and wait lengths\n"
	     "  --idle               idle tasks in the text table, too\n"
	     "  --cores              only the table of cores\n"
	     "  --vcpus              only the table of vCPUs\n"
	     "  --exits BY           only exits: of each vcpu, of each vm, or of all\n"
	     "  --format FORMAT      text (the default), csv (tasks, or the table asked for)\n"
	     "                       or json (all)\n"
	     "  -h, --help           this\n"
	     "\n"
	     "exit codes: 0 done, 1 unreadable, 2 wrong usage, 3 the file is not whole");
}

static int ask_for(struct stats_options *options, enum stats_part part)
{
	if (options->only != STATS_PARTS && options->only != part) {
		log_error(
			"%s and %s each ask for one table only: give one of them, or none for all",
			parts[options->only].option, parts[part].option);
		return -EINVAL;
	}
	options->only = part;
	return 0;
}

static int parse_own(struct stats_options *options, int option)
{
	static const char *const formats[] = READING_FORMATS;
	size_t format;

	switch (option) {
	case 's':
		options->sort = optarg;
		return 0;
	case 'p':
		options->percentiles = true;
		return 0;
	case 'i':
		options->idle = true;
		return 0;
	case 'c':
		return ask_for(options, STATS_CORES);
	case 'v':
		return ask_for(options, STATS_VCPUS);
	case 'x':
		if (ask_for(options, STATS_EXITS))
			return -EINVAL;
		return options_word("--exits", optarg, stats_kvm_by_words, EXIT_REPORT_BYS,
				    &options->exits_by);
	}
	if (options_word("--format", optarg, formats, ARRAY_LENGTH(formats), &format))
		return -EINVAL;
	options->format = (enum reading_format)format;
	return 0;
}

/* --sort is of the table asked for: tasks, when it is none. */
static int find_sorts(struct stats_options *options)
{
	size_t part = options->only == STATS_PARTS ? STATS_TASKS : options->only;

	for (size_t i = 0; i < STATS_PARTS; i++)
		options->sorts[i] = parts[i].sort ? *parts[i].sort : UNSORTED;
	if (!options->sort)
		return 0;
	return reading_sort(parts[part].columns, *parts[part].column_count, options->sort,
			    &options->sorts[part]);
}

static int parse(struct stats_options *options, int argc, char **argv)
{
	static const struct option long_options[] = {
		READING_LONG_OPTIONS,
		{ "sort", required_argument, NULL, 's' },
		{ "percentiles", no_argument, NULL, 'p' },
		{ "idle", no_argument, NULL, 'i' },
		{ "cores", no_argument, NULL, 'c' },
		{ "vcpus", no_argument, NULL, 'v' },
		{ "exits", required_argument, NULL, 'x' },
		{ "format", required_argument, NULL, 'f' },
		{ 0 },
	};
	int option;

	*options = (struct stats_options){ .only = STATS_PARTS };
	reading_init(&options->reading, argv);
	options->reading.view.one_pass = true; /* half the time of two */
	options->reading.view.all_rows = true; /* what a core did is not asked of some tasks */
	while ((option = reading_next(&options->reading, argc, argv, long_options)) > 0)
		if (parse_own(options, option))
			return -EINVAL;
	if (option || options->reading.help)
		return option;
	if (find_sorts(options))
		return -EINVAL;
	return reading_file(&options->reading, argc, argv);
}

/* ---- reading ---- */

static void stats_init(struct stats *stats, const struct view *view)
{
	task_stats_init(&stats->tasks);
	core_stats_init(&stats->cores);
	loss_stats_init(&stats->losses, view_from_ns(view));
	report_table_init(&stats->task_table, task_stats_columns, task_stats_column_count);
	report_table_init(&stats->core_table, core_stats_columns, core_stats_column_count);
	stats_kvm_init(&stats->kvm);
}

static void stats_free(struct stats *stats)
{
	task_stats_free(&stats->tasks);
	core_stats_free(&stats->cores);
	report_table_free(&stats->task_table);
	report_table_free(&stats->core_table);
	stats_kvm_free(&stats->kvm);
}

static int read_all(struct stats *stats, const struct stats_options *options, struct view *view,
		    char message[CDICT_MESSAGE_BYTES])
{
	unsigned int tables =
		TASK_STATS_TABLES | CORE_STATS_TABLES | LOSS_STATS_TABLES | STATS_KVM_TABLES;
	uint64_t from_ns, to_ns;
	struct fan_out fan_out;
	int error;

	if (options->percentiles)
		tables |= 1u << CAPTURE_CELLS;
	fan_out_init(&fan_out);
	fan_out_add(&fan_out, &stats->tasks.sink);
	fan_out_add(&fan_out, &stats->cores.sink);
	fan_out_add(&fan_out, &stats->losses.sink);
	fan_out_add(&fan_out, &stats->kvm.states.sink);
	fan_out_add(&fan_out, &stats->kvm.exits.sink);
	error = view_read(view, tables, &fan_out.sink, message);
	if (error)
		return error;
	view_covered(view, &from_ns, &to_ns);
	core_stats_finish(&stats->cores, from_ns, to_ns);
	return 0;
}

/* ---- printing ---- */

static int fill(struct stats *stats, const struct stats_options *options, const struct view *view)
{
	struct task_report_window window = { stats->cores.length_ns, 0 };
	int error;

	for (size_t cpu = 0; cpu < stats->cores.count; cpu++)
		window.cores += stats->cores.cores[cpu].seen;
	error = task_stats_fill(&stats->task_table, view, &stats->tasks, &window);
	if (!error)
		error = core_stats_fill(&stats->core_table, &stats->cores);
	if (!error)
		error = stats_kvm_fill(&stats->kvm, view, options->sorts[STATS_VCPUS],
				       options->sorts[STATS_EXITS]);
	if (!error)
		report_table_sort(&stats->task_table, options->sorts[STATS_TASKS]);
	if (!error && options->sorts[STATS_CORES] != UNSORTED)
		report_table_sort(&stats->core_table, options->sorts[STATS_CORES]);
	return error;
}

/* The one that is asked for; tasks, when it is none. */
static const struct report_table *table_of(const struct stats *stats,
					   const struct stats_options *options)
{
	switch (options->only) {
	case STATS_CORES:
		return &stats->core_table;
	case STATS_VCPUS:
		return &stats->kvm.vcpu_table;
	case STATS_EXITS:
		return &stats->kvm.exit_tables[options->exits_by];
	default:
		return &stats->task_table;
	}
}

static int print_text(struct stats *stats, const struct stats_options *options)
{
	int error = 0;

	if (!options->idle && !options->reading.view.task)
		task_stats_leave_out_nobody(&stats->task_table);
	if (options->only != STATS_PARTS)
		return report_print_text(table_of(stats, options), stdout);
	error = report_print_text(&stats->task_table, stdout);
	putchar('\n');
	if (!error)
		error = report_print_text(&stats->core_table, stdout);
	return error ? error : stats_kvm_print_text(&stats->kvm);
}

static void print_losses(const struct loss_stats *losses, struct json_writer *json)
{
	json_begin_object(json);
	for (int cause = 0; cause < LOSS_CAUSES; cause++) {
		struct loss_stats_row lost = loss_stats_of(losses, cause);

		json_member_object(json, capture_loss_word(cause));
		json_member_number(json, "count", lost.count);
		json_member_number(json, "switches", lost.switches);
		json_member_number(json, "run_ns", lost.run_ns);
		json_end_object(json);
	}
	json_end_object(json);
}

static int print_json(const struct stats *stats, const struct view *view)
{
	uint64_t from_ns, to_ns;
	struct json_writer json;

	view_covered(view, &from_ns, &to_ns);
	json_begin(&json, stdout);
	json_begin_object(&json);
	json_lines(&json);
	json_member_text(&json, "file", view_path(view));
	json_member_bool(&json, "whole", view_summary(view)->whole);
	json_member_number(&json, "from_ns", from_ns);
	json_member_number(&json, "to_ns", to_ns);
	json_key(&json, "tasks");
	report_print_json_rows(&stats->task_table, &json);
	json_key(&json, "total");
	report_print_json_total(&stats->task_table, &json);
	json_key(&json, "cores");
	report_print_json_rows(&stats->core_table, &json);
	stats_kvm_print_json(&stats->kvm, &json);
	json_key(&json, "losses");
	print_losses(&stats->losses, &json);
	json_end_object(&json);
	return json_end(&json);
}

static int print(struct stats *stats, const struct stats_options *options, const struct view *view)
{
	int error = fill(stats, options, view);

	if (error)
		return error;
	if (options->format == READING_JSON)
		return print_json(stats, view);
	if (options->format == READING_TEXT)
		return print_text(stats, options);
	return report_print_csv(table_of(stats, options), stdout);
}

static enum exit_code run(const struct stats_options *options, struct view *view)
{
	char message[CDICT_MESSAGE_BYTES];
	enum exit_code code;
	struct stats stats;
	int error;

	stats_init(&stats, view);
	error = read_all(&stats, options, view, message);
	code = reading_done(view, error, message);
	if (code != EXIT_FAILED) {
		reading_losses(view, &stats.losses);
		code = reading_printed(code, print(&stats, options, view));
	}
	stats_free(&stats);
	return code;
}

int cmd_stats(int argc, char **argv)
{
	struct stats_options options;
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
		code = run(&options, view);
	view_free(view);
	return code;
}
