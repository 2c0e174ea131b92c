/* SPDX-License-Identifier: Apache-2.0 */
/* pftrace diff: what changed between two captures, and whether it is more than noise. */
#include "base/array.h"
#include "base/log.h"
#include "base/options.h"
#include "chart/compare.h"
#include "command.h"
#include "diff_fit.h"
#include "diff_gate.h"
#include "reading_options.h"
#include "report/diff_report.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AGAIN_MAX 14
#define RUNS_MAX (FIRST_AGAIN + AGAIN_MAX)

/* Places of the runs. */
enum { A, B, FIRST_AGAIN };

struct diff_options {
	struct reading_options reading;
	enum reading_format format;
	bool every;
	struct compare_options compare;
	struct diff_gates gates;
	const char *again[AGAIN_MAX];
	size_t again_count;
};

/* A, B and the other runs of A, and what comes of them. */
struct diff {
	size_t count;
	const char *paths[RUNS_MAX];
	struct view *views[RUNS_MAX];
	struct view_runs runs;
	struct exit_kinds kinds;
	struct run_blocks blocks[RUNS_MAX];
	struct compare compare;
};

static void print_help(void)
{
	puts("usage: pftrace diff [options] A B\n"
	     "\n"
	     "What changed from capture A to B, and whether it is more than noise: run time,\n"
	     "switches, migrations, waits, exits of each task (by name) and of all.\n"
	     "\n" READING_HELP "  --least PERCENT      differences up to this are none; else 5\n"
	     "  --again FILE         another run of A's load: B must differ from it, too\n"
	     "  --every              every value of every task, not only what changed\n"
	     "  --fail-if CONDITION  exit 4 when it holds: 'wait_p99 > +20% in REGEX'\n"
	     "  --noise-too          --fail-if also for what may be noise\n"
	     "  --format FORMAT      table (the default), csv or json: every value\n"
	     "  -h, --help           this\n"
	     "\n"
	     "exit codes: 0 done, 1 unreadable or not to be compared, 2 wrong usage, 3 a file\n"
	     "is not whole, 4 a condition holds");
}

static int parse_least(const char *text, double *least)
{
	char *end;

	*least = strtod(text, &end) / 100;
	if (*text >= '0' && *text <= '9' && (*end == '\0' || strcmp(end, "%") == 0) && *least < 1)
		return 0;
	log_error("--least '%s' is no percentage from 0 to below 100", text);
	return -EINVAL;
}

static int parse_again(struct diff_options *options, const char *path)
{
	if (options->again_count == AGAIN_MAX) {
		log_error("--again '%s' is one too many: %d are taken", path, AGAIN_MAX);
		return -EINVAL;
	}
	options->again[options->again_count++] = path;
	return 0;
}

static int parse_own(struct diff_options *options, int option)
{
	static const char *const formats[] = { "table", "csv", "json" };
	size_t format;

	switch (option) {
	case 'e':
		options->every = true;
		return 0;
	case 'l':
		return parse_least(optarg, &options->compare.least);
	case 'F':
		return diff_gates_add(&options->gates, optarg);
	case 'a':
		return parse_again(options, optarg);
	case 'n':
		options->gates.noise_too = true;
		return 0;
	}
	if (options_word("--format", optarg, formats, ARRAY_LENGTH(formats), &format))
		return -EINVAL;
	options->format = (enum reading_format)format;
	return 0;
}

static int parse(struct diff_options *options, int argc, char **argv)
{
	static const struct option long_options[] = {
		READING_LONG_OPTIONS,
		{ "least", required_argument, NULL, 'l' },
		{ "fail-if", required_argument, NULL, 'F' },
		{ "noise-too", no_argument, NULL, 'n' },
		{ "again", required_argument, NULL, 'a' },
		{ "every", no_argument, NULL, 'e' },
		{ "format", required_argument, NULL, 'f' },
		{ 0 },
	};
	int option;

	*options = (struct diff_options){ .compare = { .all = true, .least = 0.05 } };
	reading_init(&options->reading, argv);
	while ((option = reading_next(&options->reading, argc, argv, long_options)) > 0)
		if (parse_own(options, option))
			return -EINVAL;
	if (option || options->reading.help)
		return option;
	return reading_files(&options->reading, 2, 2, argc, argv);
}

/* ---- reading ---- */

static enum exit_code worse(enum exit_code one, enum exit_code other)
{
	if (one == EXIT_FAILED || other == EXIT_FAILED)
		return EXIT_FAILED;
	return one > other ? one : other;
}

static enum exit_code read_run(struct diff *diff, size_t run)
{
	char message[CDICT_MESSAGE_BYTES] = "";
	struct run_blocks *blocks = &diff->blocks[run];
	int error = run_blocks_init(blocks, &diff->runs, run, &diff->kinds);

	if (!error)
		error = view_read(diff->views[run], RUN_BLOCKS_TABLES, &blocks->sink, message);
	if (!error)
		error = run_blocks_finish(blocks);
	return reading_done(diff->views[run], error, message);
}

static enum exit_code read_runs(struct diff *diff, const struct diff_options *options)
{
	enum exit_code code = EXIT_OK;
	int error;

	for (size_t run = 0; run < diff->count && code == EXIT_OK; run++)
		code = reading_open_one(&options->reading, diff->paths[run], &diff->views[run]);
	if (code != EXIT_OK)
		return code;
	error = view_runs_align(&diff->runs, diff->views, diff->count);
	if (error) {
		log_error("cannot align the tasks: %s", strerror(-error));
		return EXIT_FAILED;
	}
	for (size_t run = 0; run < diff->count && code != EXIT_FAILED; run++)
		code = worse(code, read_run(diff, run));
	return code;
}

/* ---- printing ---- */

static void describe(const struct diff *diff, size_t run, struct diff_run *described)
{
	const struct run_blocks *blocks = &diff->blocks[run];
	uint64_t from_ns, to_ns;

	view_covered(diff->views[run], &from_ns, &to_ns);
	*described = (struct diff_run){
		.path = view_path(diff->views[run]),
		.header = view_header(diff->views[run]),
		.whole = view_summary(diff->views[run])->whole,
		.length_ns = diff_fit_length_ns(blocks),
		.block_ns = blocks->block_ns,
		.blocks = diff_fit_blocks(blocks),
	};
	described->left_out_ns = to_ns - from_ns - described->length_ns;
}

static int print(const struct diff *diff, const struct diff_options *options)
{
	struct diff_report report = { .compare = &diff->compare, .every = options->every };

	for (size_t run = 0; run < 2; run++)
		describe(diff, run, &report.runs[run]);
	if (options->format == READING_CSV)
		return diff_report_csv(&report, stdout);
	if (options->format == READING_JSON)
		return diff_report_json(&report, stdout);
	return diff_report_text(&report, stdout);
}

/* ---- comparing ---- */

static int make(struct diff *diff, size_t a, const struct compare_options *options,
		struct compare *compare)
{
	const struct run_blocks *const blocks[2] = { &diff->blocks[a], &diff->blocks[B] };

	return compare_make(compare, &diff->runs, blocks, &diff->kinds, options);
}

static int compare_all(struct diff *diff, const struct compare_options *options)
{
	int error = make(diff, A, options, &diff->compare);

	for (size_t again = FIRST_AGAIN; again < diff->count && !error; again++) {
		struct compare other;

		error = make(diff, again, options, &other);
		if (error)
			break;
		error = compare_confirm(&diff->compare, &other);
		compare_free(&other);
	}
	return error;
}

static enum exit_code check_fit(struct diff *diff, bool *all)
{
	enum exit_code code = EXIT_OK;

	for (size_t run = 0; run < diff->count && code == EXIT_OK; run++) {
		if (run != B)
			code = diff_fit_check_pair(diff->views[run], diff->views[B], all);
		if (code == EXIT_OK)
			code = diff_fit_check_run(diff->views[run], &diff->blocks[run]);
	}
	return code;
}

static enum exit_code run(struct diff *diff, const struct diff_options *options)
{
	struct compare_options compare = options->compare;
	enum exit_code code = read_runs(diff, options);
	enum exit_code gate;
	int error;

	if (code == EXIT_FAILED || code == EXIT_USAGE)
		return code;
	if (check_fit(diff, &compare.all) != EXIT_OK)
		return EXIT_FAILED;
	error = compare_all(diff, &compare);
	if (error) {
		log_error("cannot compare: %s", strerror(-error));
		return EXIT_FAILED;
	}
	code = reading_printed(code, print(diff, options));
	gate = diff_gates_judge(&options->gates, &diff->compare);
	return gate == EXIT_OK || code == EXIT_FAILED ? code : gate;
}

static void name_files(struct diff *diff, const struct diff_options *options)
{
	diff->count = FIRST_AGAIN + options->again_count;
	diff->paths[A] = options->reading.paths[A];
	diff->paths[B] = options->reading.paths[B];
	for (size_t i = 0; i < options->again_count; i++)
		diff->paths[FIRST_AGAIN + i] = options->again[i];
}

static void release(struct diff *diff)
{
	compare_free(&diff->compare);
	for (size_t run = 0; run < diff->count; run++) {
		run_blocks_free(&diff->blocks[run]);
		view_free(diff->views[run]);
	}
	exit_kinds_free(&diff->kinds);
	view_runs_free(&diff->runs);
}

int cmd_diff(int argc, char **argv)
{
	struct diff_options options;
	struct diff diff = { 0 };
	enum exit_code code;

	code = parse(&options, argc, argv) ? EXIT_USAGE : EXIT_OK;
	if (code == EXIT_OK && options.reading.help) {
		print_help();
	} else if (code == EXIT_OK) {
		name_files(&diff, &options);
		code = run(&diff, &options);
	}
	release(&diff);
	diff_gates_free(&options.gates);
	return code;
}
