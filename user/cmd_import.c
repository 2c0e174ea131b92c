/* SPDX-License-Identifier: Apache-2.0 */
/* pftrace import: another tool's recording into a capture. */
#include "base/amount.h"
#include "base/log.h"
#include "base/options.h"
#include "cdict/cdict.h"
#include "command.h"
#include "import/import.h"
#include "import_say.h"
#include "invoker.h"
#include "out_option.h"

#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define BUCKET_MIN_NS 1000000ULL
#define BUCKET_MAX_NS 60000000000ULL

struct options {
	const char *source;
	const char *out;
	uint64_t bucket_ns; /* 0: auto */
	bool detail;
	bool quiet;
	bool help;
};

static void print_help(void)
{
	puts("usage: pftrace import [options] SOURCE --out FILE\n"
	     "\n"
	     "Makes a capture of another tool's recording, which its content tells:\n"
	     "perf.data, the text of perf script, trace.dat (needs trace-cmd),\n"
	     "the text of trace-cmd report, a cdict of perfwhiz. '-' is text on stdin.\n"
	     "Record at least sched:sched_switch and sched:sched_wakeup on all CPUs.\n"
	     "\n"
	     "  -o, --out FILE          the capture; an older FILE is replaced at the end\n"
	     "  -b, --bucket MS|auto    resolution in time, 1 to 60000; auto (the default) is\n"
	     "                          10 ms, 100 ms over a minute, 1 s over ten\n"
	     "      --detail            keep every switch, too: for exact time lines and\n"
	     "                          pftrace export --format perfetto\n"
	     "  -q, --quiet             no progress and no summary\n"
	     "  -h, --help              this\n"
	     "\n"
	     "exit codes: 0 done, 1 failed, 2 wrong usage, 3 done, but the recording had lost\n"
	     "events");
}

static int parse_bucket(const char *text, uint64_t *bucket_ns)
{
	int error;

	*bucket_ns = 0;
	if (strcmp(text, "auto") == 0)
		return 0;
	error = options_milliseconds("--bucket", text, bucket_ns);
	if (!error && (*bucket_ns < BUCKET_MIN_NS || *bucket_ns > BUCKET_MAX_NS)) {
		log_error("--bucket '%s' is out of range: give 1 to 60000 ms, or auto", text);
		return -EINVAL;
	}
	return error;
}

static const struct option options_known[] = {
	{ "out", required_argument, NULL, 'o' }, { "bucket", required_argument, NULL, 'b' },
	{ "detail", no_argument, NULL, 'D' },	 { "quiet", no_argument, NULL, 'q' },
	{ "help", no_argument, NULL, 'h' },	 { 0 },
};

static int take_option(struct options *options, int option, char **argv)
{
	switch (option) {
	case 'o':
		options->out = optarg;
		return 0;
	case 'b':
		return parse_bucket(optarg, &options->bucket_ns);
	case 'D':
		options->detail = true;
		return 0;
	case 'q':
		options->quiet = true;
		return 0;
	case 'h':
		options->help = true;
		return 0;
	}
	return options_refuse("import", option, argv, options_known);
}

static int check(struct options *options, int argc, char **argv)
{
	if (optind == argc) {
		log_error("which recording? usage: pftrace import SOURCE --out FILE");
		return -EINVAL;
	}
	if (argc - optind > 1) {
		log_error("'%s' is one SOURCE too many: pftrace import reads one",
			  argv[optind + 1]);
		return -EINVAL;
	}
	options->source = argv[optind];
	if (!options->out) {
		log_error("where to? give --out FILE");
		return -EINVAL;
	}
	return out_option_check(options->out, &options->source, 1, NULL);
}

static int parse(struct options *options, int argc, char **argv)
{
	int option;

	*options = (struct options){ 0 };
	optind = 0;
	opterr = 0;
	while ((option = getopt_long(argc, argv, ":o:b:qh", options_known, NULL)) != -1)
		if (take_option(options, option, argv))
			return -EINVAL;
	return options->help ? 0 : check(options, argc, argv);
}

/* ---- what people see ---- */

/* ", 12 exits" or nothing. */
static const char *exits_text(const struct import_result *result, char buffer[48])
{
	buffer[0] = '\0';
	if (result->kvm_exits)
		snprintf(buffer, 48, ", %llu exits", (unsigned long long)result->kvm_exits);
	return buffer;
}

static void summarise(const struct options *options, const struct import_result *result,
		      uint64_t file_bytes)
{
	char exits[48], bytes[AMOUNT_BYTES];

	log_info("%s: %.3f s, %llu events, %llu switches%s, %llu tasks from a %s, %s", options->out,
		 (double)result->duration_ns / 1e9, (unsigned long long)result->events,
		 (unsigned long long)result->switches, exits_text(result, exits),
		 (unsigned long long)result->tasks, import_kind_word(result->kind),
		 amount_of_bytes(bytes, file_bytes));
}

/* ---- the work ---- */

/* The recording is read with all rights, the capture written with those of whoever called sudo. */
static int create(const char *path, struct cdict_writer **writer)
{
	int error = invoker_write_begin();

	if (error)
		return error;
	error = cdict_create(path, writer);
	invoker_write_end();
	if (error)
		out_option_say_not_created(path, error);
	return error;
}

/* Its name is changed at the end. */
static int finish(struct cdict_writer *writer)
{
	int error = invoker_write_begin();

	if (error)
		return error;
	error = cdict_close(writer);
	invoker_write_end();
	return error;
}

/* Nothing is left behind: the recording is still there. */
static void drop(struct cdict_writer *writer)
{
	if (invoker_write_begin())
		cdict_close(writer);
	else
		cdict_drop(writer);
	invoker_write_end();
}

static enum exit_code convert(const struct options *options, struct import *import)
{
	char message[IMPORT_MESSAGE_BYTES];
	struct import_result result;
	struct cdict_writer *writer;
	uint64_t bytes;
	int error;

	if (create(options->out, &writer))
		return EXIT_FAILED;
	error = import_read(import, cdict_writer_sink(writer), &result, message);
	if (!options->quiet)
		import_say_clear();
	bytes = cdict_writer_bytes(writer);
	if (error) {
		drop(writer);
		if (message[0])
			log_error("%s", message);
		else
			log_error("cannot write '%s': %s", options->out, strerror(-error));
		return EXIT_FAILED;
	}
	error = finish(writer);
	if (error) {
		log_error("cannot finish '%s': %s", options->out, strerror(-error));
		return EXIT_FAILED;
	}
	if (!options->quiet) {
		summarise(options, &result, bytes);
		import_say_left_out(options->source, &result, true);
	}
	return result.lost ? EXIT_INCOMPLETE : EXIT_OK;
}

int cmd_import(int argc, char **argv)
{
	char message[IMPORT_MESSAGE_BYTES];
	struct import_options import_options;
	struct options options;
	enum exit_code code;
	struct import *import;

	if (parse(&options, argc, argv))
		return EXIT_USAGE;
	if (options.help) {
		print_help();
		return EXIT_OK;
	}
	import_options = (struct import_options){ .path = options.source,
						  .bucket_ns = options.bucket_ns,
						  .detail = options.detail };
	if (!options.quiet)
		import_options.progress = import_say_progress();
	if (import_open(&import_options, &import, message)) {
		log_error("%s", message);
		return EXIT_FAILED;
	}
	code = convert(&options, import);
	import_free(import);
	return code;
}
