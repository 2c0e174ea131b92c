/* SPDX-License-Identifier: Apache-2.0 */
/* pftrace export: the rows of a table as CSV or JSON. */
#include "base/array.h"
#include "base/log.h"
#include "base/options.h"
#include "base/out_file.h"
#include "command.h"
#include "invoker.h"
#include "out_option.h"
#include "reading_options.h"
#include "report/perfetto.h"
#include "report/row_export.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum format { FORMAT_CSV, FORMAT_JSON, FORMAT_PERFETTO };

struct export_options {
	struct reading_options reading;
	size_t table; /* enum capture_table; CAPTURE_TABLES: none was given */
	enum format format;
	const char *out;
};

static void table_names(const char *names[CAPTURE_TABLES])
{
	for (int table = 0; table < CAPTURE_TABLES; table++)
		names[table] = capture_table_info((enum capture_table)table)->name;
}

static void print_help(void)
{
	puts("usage: pftrace export --table NAME [options] FILE\n"
	     "The rows of a table as they are in the file (rows of one key may come in parts\n"
	     "that add up; of tasks, the last row of each), with the columns of cdict(5) and\n"
	     "beside task: tid, name (annotated, or comm); beside next: next_tid, next_name;\n"
	     "beside reason: reason_name; beside bucket: at_ns, where it begins, and\n"
	     "bucket_ns, its length (it may double). at_ns counts from the capture's zero.\n"
	     "What is not known is an empty field, or null.\n"
	     "\n"
	     "  --table NAME         tasks samples vcpu_samples cells exits exit_cells totals\n"
	     "                       exit_totals switches successors cpus losses\n"
	     "  --format FORMAT      csv (the default: RFC 4180, a header line), json (an\n"
	     "                       array of objects, one a line), or perfetto: a trace for\n"
	     "                       ui.perfetto.dev of a capture made with --detail\n"
	     "  -o, --out F          into F, which is there whole or not at all; else stdout\n" READING_HELP
	     "  -h, --help           this\n"
	     "\n"
	     "exit codes: 0 done, 1 failed, 2 wrong usage, 3 FILE is not whole");
}

static int parse_own(struct export_options *options, int option)
{
	static const char *const formats[] = { "csv", "json", "perfetto" };
	const char *names[CAPTURE_TABLES];
	size_t format;

	switch (option) {
	case 't':
		table_names(names);
		return options_word("--table", optarg, names, CAPTURE_TABLES, &options->table);
	case 'o':
		options->out = optarg;
		return 0;
	}
	if (options_word("--format", optarg, formats, ARRAY_LENGTH(formats), &format))
		return -EINVAL;
	options->format = (enum format)format;
	return 0;
}

/* Perfetto's trace has no tables. */
static int check_perfetto(struct export_options *options)
{
	options->reading.detail = true;
	if (options->table != CAPTURE_TABLES) {
		log_error("--format perfetto is of all that a capture has: leave --table out");
		return -EINVAL;
	}
	if (!options->out && isatty(STDOUT_FILENO)) {
		log_error("--format perfetto is not for a terminal: give --out FILE");
		return -EINVAL;
	}
	return 0;
}

static int check(struct export_options *options)
{
	if (options->format == FORMAT_PERFETTO)
		return check_perfetto(options);
	if (options->table == CAPTURE_TABLES) {
		log_error("which table? give --table NAME; pftrace export --help lists them");
		return -EINVAL;
	}
	options->reading.detail = options->table == CAPTURE_SWITCHES;
	if (options->reading.windowed && row_export_is_timeless(options->table))
		log_warning("rows of '%s' have no time: --from and --cap do not apply",
			    capture_table_info(options->table)->name);
	return 0;
}

static int parse(struct export_options *options, int argc, char **argv)
{
	static const struct option long_options[] = {
		READING_LONG_OPTIONS,
		{ "table", required_argument, NULL, 't' },
		{ "format", required_argument, NULL, 'f' },
		{ "out", required_argument, NULL, 'o' },
		{ 0 },
	};
	int option;

	*options = (struct export_options){ .table = CAPTURE_TABLES };
	reading_init(&options->reading, argv);
	while ((option = reading_next(&options->reading, argc, argv, long_options)) > 0)
		if (parse_own(options, option))
			return -EINVAL;
	if (option || options->reading.help)
		return option;
	if (reading_file(&options->reading, argc, argv))
		return -EINVAL;
	if (out_option_check(options->out, &options->reading.path, 1, &options->reading.map))
		return -EINVAL;
	return check(options);
}

static enum exit_code say_unwritten(const struct export_options *options, int error)
{
	log_error("cannot write %s: %s", options->out ? options->out : "the results",
		  strerror(-error));
	return EXIT_FAILED;
}

/* Reads the table into `stream`. The file's own error goes to *write_error, others are said. */
static enum exit_code write_rows(const struct export_options *options, struct view *view,
				 FILE *stream, int *write_error)
{
	char message[CDICT_MESSAGE_BYTES];
	struct row_export export;
	int error, finish_error;

	row_export_init(&export, view, options->table, options->format == FORMAT_JSON, stream);
	error = view_read(view, 1u << options->table, &export.sink, message);
	finish_error = row_export_finish(&export);
	*write_error = finish_error;
	if (finish_error) /* and then the read ended because of it */
		error = 0;
	return reading_done(view, error, message);
}

static enum exit_code write_trace(struct view *view, FILE *stream, int *write_error)
{
	char message[CDICT_MESSAGE_BYTES];
	struct perfetto perfetto;
	int error;

	perfetto_init(&perfetto, view, stream);
	error = view_read(view, PERFETTO_TABLES, &perfetto.sink, message);
	*write_error = perfetto_finish(&perfetto);
	return reading_done(view, *write_error ? 0 : error, message);
}

static enum exit_code export_table(const struct export_options *options, struct view *view)
{
	enum exit_code code;
	struct out_file out;
	int error;

	if (options->out && invoker_write_begin())
		return EXIT_FAILED;
	error = out_file_open(&out, options->out);
	if (error) {
		invoker_write_end();
		return say_unwritten(options, error);
	}
	if (options->format == FORMAT_PERFETTO)
		code = write_trace(view, out.stream, &error);
	else
		code = write_rows(options, view, out.stream, &error);
	if (!error && code != EXIT_FAILED)
		error = out_file_keep(&out);
	out_file_drop(&out);
	invoker_write_end();
	if (error && error != -EPIPE) /* a reader that had enough is no failure */
		return say_unwritten(options, error);
	return code;
}

static enum exit_code check_detail(const struct view *view)
{
	if (view_summary(view)->rows[CAPTURE_SWITCHES])
		return EXIT_OK;
	log_error("'%s' has no single switches: record or import it with --detail",
		  view_path(view));
	return EXIT_FAILED;
}

int cmd_export(int argc, char **argv)
{
	struct export_options options;
	enum exit_code code;
	struct view *view;

	if (parse(&options, argc, argv))
		return EXIT_USAGE;
	if (options.reading.help) {
		print_help();
		return EXIT_OK;
	}
	code = reading_open(&options.reading, &view);
	if (code == EXIT_OK && options.format == FORMAT_PERFETTO)
		code = check_detail(view);
	if (code == EXIT_OK)
		code = export_table(&options, view);
	view_free(view);
	return code;
}
