/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd_record_options.h"

#include "base/array.h"
#include "base/amount.h"
#include "base/log.h"
#include "base/options.h"
#include "live/live.h"
#include "names/words.h"
#include "out_option.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>

#define NS_PER_MS 1000000ULL
#define NS_PER_S 1000000000ULL
#define BUCKET_MIN_NS NS_PER_MS
#define BUCKET_MAX_NS (60 * NS_PER_S)
#define RING_KIB_MIN 4
#define RING_KIB_MAX (1u << 20)
#define ROTATE_MIN_NS NS_PER_S
#define ROTATE_MAX_NS (30 * 86400 * NS_PER_S)
#define ROTATE_MIN_BYTES 100000
#define KEEP_MAX 1000000
#define FLIGHT_MIN_NS NS_PER_S
#define FLIGHT_MAX_NS (86400 * NS_PER_S)

enum {
	OPTION_RING = 256,
	OPTION_USER,
	OPTION_CPUS,
	OPTION_DETAIL,
	OPTION_MAP,
	OPTION_NAMES,
	OPTION_NAMES_FROM,
	OPTION_NO_SCHED,
	OPTION_NO_KVM,
	OPTION_KVM_HOOK,
	OPTION_ROTATE,
	OPTION_KEEP,
	OPTION_FLIGHT,
	OPTION_WHEN,
	OPTION_FILTER, /* + enum record_filter_kind */
};

static const struct option options_known[] = {
	{ "duration", required_argument, NULL, 'd' },
	{ "out", required_argument, NULL, 'o' },
	{ "bucket", required_argument, NULL, 'b' },
	{ "quiet", no_argument, NULL, 'q' },
	{ "ring", required_argument, NULL, OPTION_RING },
	{ "user", no_argument, NULL, OPTION_USER },
	{ "detail", no_argument, NULL, OPTION_DETAIL },
	{ "task", required_argument, NULL, OPTION_FILTER + FILTER_TASK },
	{ "pid", required_argument, NULL, OPTION_FILTER + FILTER_PID },
	{ "tid", required_argument, NULL, OPTION_FILTER + FILTER_TID },
	{ "cgroup", required_argument, NULL, OPTION_FILTER + FILTER_CGROUP },
	{ "cpus", required_argument, NULL, OPTION_CPUS },
	{ "map", required_argument, NULL, OPTION_MAP },
	{ "names", required_argument, NULL, OPTION_NAMES },
	{ "names-from", required_argument, NULL, OPTION_NAMES_FROM },
	{ "no-sched", no_argument, NULL, OPTION_NO_SCHED },
	{ "no-kvm", no_argument, NULL, OPTION_NO_KVM },
	{ "kvm-hook", required_argument, NULL, OPTION_KVM_HOOK },
	{ "rotate", required_argument, NULL, OPTION_ROTATE },
	{ "keep", required_argument, NULL, OPTION_KEEP },
	{ "flight-recorder", required_argument, NULL, OPTION_FLIGHT },
	{ "when", required_argument, NULL, OPTION_WHEN },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

void record_options_help(void)
{
	puts("usage: pftrace [record] [options] [-- COMMAND [ARGUMENT ...]]\n"
	     "Records what scheduler and KVM of this host do into a cdict file, until Ctrl-C;\n"
	     "with COMMAND from before its first instruction until it ends.\n\n"
	     "  -d, --duration SECONDS   how long, e.g. 30 or 0.5\n"
	     "  -o, --out FILE           else HOST-DATE-TIME.cdict in this folder\n"
	     "  -b, --bucket MS|auto     resolution in time, 1 to 60000; auto: 10 ms up to a\n"
	     "                           minute, 100 up to ten, then 1000, doubled under load\n"
	     "      --task REGEX|TID, --pid PID, --tid TID, --cgroup PATH, --cpus LIST\n"
	     "                           write these only, the other tasks as one, \"other\"\n"
	     "      --detail             keep every switch, too: see export --format perfetto\n"
	     "      --map CSV, --names auto|none|cgroup, --names-from COMMAND\n"
	     "                           names by tid, of VMs and containers, from a program\n"
	     "      --no-kvm, --no-sched, --kvm-hook auto|btf|classic\n"
	     "                           leave out KVM, or switches; how KVM is seen\n"
	     "      --rotate 60s|100MB, --keep N  FILE.0001.cdict ..., the last N of them\n"
	     "      --flight-recorder S  the last S seconds, in memory until SIGUSR2, the end\n"
	     "      --when CONDITION     or 'wait>50ms', 'cpu>95%' of a task: then a file\n"
	     "      --ring KIB           the ring for samples, a power of two; else 16384\n"
	     "      --user               under sudo: COMMAND runs as whoever called sudo\n"
	     "  -q, --quiet, -h, --help  no progress and summary; man pftrace-record has more\n\n"
	     "exit codes: 0 recorded, 1 failed, 2 wrong usage, 3 with losses or cut short;\n"
	     "COMMAND's own; 125 pftrace failed, 126 cannot run it, 127 COMMAND not found");
}

static uint64_t auto_bucket_ns(uint64_t duration_ns)
{
	if (!duration_ns || duration_ns > 600 * NS_PER_S)
		return 1000 * NS_PER_MS;
	return duration_ns > 60 * NS_PER_S ? 100 * NS_PER_MS : 10 * NS_PER_MS;
}

static uint64_t shorter(uint64_t one_ns, uint64_t other_ns)
{
	return one_ns && (!other_ns || one_ns < other_ns) ? one_ns : other_ns;
}

uint64_t record_options_bucket_ns(const struct record_options *options)
{
	uint64_t file_ns = options->flight_ns ? options->flight_ns : options->rotate_ns;

	if (options->bucket_ns)
		return options->bucket_ns;
	return auto_bucket_ns(shorter(options->duration_ns, file_ns));
}

static int parse_duration(const char *text, struct record_options *options)
{
	int error = options_seconds("--duration", text, &options->duration_ns);

	if (!error && !options->duration_ns) {
		log_error("--duration '%s' is no time: give seconds, e.g. 30 or 0.5", text);
		return -EINVAL;
	}
	return error;
}

static int parse_bucket(const char *text, struct record_options *options)
{
	int error;

	options->bucket_ns = 0;
	if (strcmp(text, "auto") == 0)
		return 0;
	error = options_milliseconds("--bucket", text, &options->bucket_ns);
	if (error)
		return error;
	if (options->bucket_ns < BUCKET_MIN_NS || options->bucket_ns > BUCKET_MAX_NS) {
		log_error("--bucket '%s' is out of range: give 1 to 60000 ms, or auto", text);
		return -EINVAL;
	}
	return 0;
}

static int parse_ring(const char *text, struct record_options *options)
{
	uint64_t kib;
	int error = options_number("--ring", text, RING_KIB_MIN, RING_KIB_MAX, &kib);

	if (error)
		return error;
	if (kib & (kib - 1)) {
		log_error("--ring '%s' is no size for a ring: give a power of two, in KiB", text);
		return -EINVAL;
	}
	options->ring_bytes = (uint32_t)(kib << 10);
	return 0;
}

static int parse_names(const char *text, struct record_options *options)
{
	static const char *const words[] = { [RECORD_NAMES_AUTO] = "auto",
					     [RECORD_NAMES_NONE] = "none",
					     [RECORD_NAMES_CGROUP] = "cgroup" };

	return options_word("--names", text, words, ARRAY_LENGTH(words), &options->names.source);
}

static int parse_names_from(const char *text, struct record_options *options)
{
	const char *wrong;

	free(options->names.from_argv);
	options->names.from = text;
	options->names.from_argv = words_split(text, &wrong);
	if (options->names.from_argv)
		return 0;
	log_error("--names-from '%s' is no command: %s", text, wrong ? wrong : "no memory");
	return -EINVAL;
}

static int parse_kvm_hook(const char *text, struct record_options *options)
{
	static const char *const words[] = {
		[LIVE_KVM_AUTO] = "auto",
		[LIVE_KVM_BTF] = "btf",
		[LIVE_KVM_CLASSIC] = "classic",
	};

	return options_word("--kvm-hook", text, words, ARRAY_LENGTH(words), &options->kvm_hook);
}

/* "60s" or "100MB"; given twice, as one of each, whichever comes first. */
static int parse_rotate(const char *text, struct record_options *options)
{
	uint64_t amount;
	bool bytes;
	int error = amount_parse(text, &amount, &bytes);

	if (error == -EINVAL) {
		log_error("--rotate '%s' is neither a time, such as 90s, 10m or 1h, nor a size, "
			  "such as 100MB",
			  text);
		return error;
	}
	if (error || (bytes ? amount < ROTATE_MIN_BYTES
			    : amount < ROTATE_MIN_NS || amount > ROTATE_MAX_NS)) {
		log_error("--rotate '%s' is out of range: give 1s to 30d, or at least 100KB", text);
		return -EINVAL;
	}
	*(bytes ? &options->rotate_bytes : &options->rotate_ns) = amount;
	return 0;
}

static int parse_keep(const char *text, struct record_options *options)
{
	uint64_t keep;
	int error = options_number("--keep", text, 1, KEEP_MAX, &keep);

	if (!error)
		options->keep = (uint32_t)keep;
	return error;
}

static int parse_flight(const char *text, struct record_options *options)
{
	int error = options_seconds("--flight-recorder", text, &options->flight_ns);

	if (error)
		return error;
	if (options->flight_ns < FLIGHT_MIN_NS || options->flight_ns > FLIGHT_MAX_NS) {
		log_error("--flight-recorder '%s' is out of range: give 1 to 86400 seconds", text);
		return -EINVAL;
	}
	return 0;
}

static int parse_when(const char *text, struct record_options *options)
{
	if (options->when_count == WATCH_RULES_MAX) {
		log_error("--when '%s' is one too many: %d at most", text, WATCH_RULES_MAX);
		return -EINVAL;
	}
	return watch_parse("--when", text, &options->when[options->when_count++]);
}

static int parse_filter(int option, struct record_options *options)
{
	static const char *const names[FILTER_KINDS] = { "--task", "--pid", "--tid", "--cgroup" };
	int kind = option - OPTION_FILTER;

	return record_filter_add(&options->filter, (enum record_filter_kind)kind, names[kind],
				 optarg);
}

static int take_option(int option, char **argv, struct record_options *options)
{
	if (option >= OPTION_FILTER)
		return parse_filter(option, options);
	switch (option) {
	case 'd':
		return parse_duration(optarg, options);
	case 'b':
		return parse_bucket(optarg, options);
	case OPTION_RING:
		return parse_ring(optarg, options);
	case 'o':
		options->out = optarg;
		return 0;
	case OPTION_CPUS:
		return record_filter_add_cpus(&options->filter, optarg);
	case OPTION_MAP:
		return map_option_add(&options->names.map, optarg);
	case OPTION_NAMES:
		return parse_names(optarg, options);
	case OPTION_NAMES_FROM:
		return parse_names_from(optarg, options);
	case OPTION_NO_SCHED:
		options->no_sched = true;
		return 0;
	case OPTION_NO_KVM:
		options->no_kvm = true;
		return 0;
	case OPTION_KVM_HOOK:
		return parse_kvm_hook(optarg, options);
	case OPTION_ROTATE:
		return parse_rotate(optarg, options);
	case OPTION_KEEP:
		return parse_keep(optarg, options);
	case OPTION_FLIGHT:
		return parse_flight(optarg, options);
	case OPTION_WHEN:
		return parse_when(optarg, options);
	case OPTION_USER:
		options->as_user = true;
		return 0;
	case OPTION_DETAIL:
		options->detail = true;
		return 0;
	case 'q':
		options->quiet = true;
		return 0;
	case 'h':
		options->help = true;
		return 0;
	default:
		return options_refuse("record", option, argv, options_known);
	}
}

static void make_default_out(struct record_options *options)
{
	struct utsname names;
	char date[32];
	struct tm local;
	time_t now = time(NULL);

	uname(&names);
	localtime_r(&now, &local);
	strftime(date, sizeof(date), "%Y%m%d-%H%M%S", &local);
	snprintf(options->default_out, sizeof(options->default_out), "%s-%s.cdict", names.nodename,
		 date);
	options->out = options->default_out;
}

/* Cuts the command off: argc is then what comes before "--". */
static int find_command(int argc, char **argv, struct record_options *options)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--") != 0)
			continue;
		options->command = argv + i + 1;
		return i;
	}
	return argc;
}

static int check_parts(const struct record_options *options)
{
	if (options->flight_ns && (options->rotate_ns || options->rotate_bytes)) {
		log_error("--rotate writes all, --flight-recorder only the last seconds: give one "
			  "of them");
		return -EINVAL;
	}
	if (options->keep && !record_options_in_parts(options)) {
		log_error("--keep is for --rotate and --flight-recorder");
		return -EINVAL;
	}
	if (options->when_count && !options->flight_ns) {
		log_error("--when is for --flight-recorder");
		return -EINVAL;
	}
	if (options->rotate_ns && options->bucket_ns > options->rotate_ns) {
		log_error("--bucket is longer than --rotate: a file begins and ends with a bucket");
		return -EINVAL;
	}
	return 0;
}

/* Of switches and KVM's events. */
static int check_kinds(const struct record_options *options)
{
	if (options->no_sched && options->no_kvm) {
		log_error("with --no-sched and --no-kvm there is nothing to record: leave out one");
		return -EINVAL;
	}
	if (options->no_kvm && options->kvm_hook) {
		log_error("--kvm-hook chooses how KVM is recorded, and --no-kvm that it is not: "
			  "leave out one");
		return -EINVAL;
	}
	if (options->no_sched && (options->detail || options->when_count)) {
		log_error("%s looks at switches, which --no-sched leaves out: leave out one",
			  options->detail ? "--detail" : "--when");
		return -EINVAL;
	}
	return 0;
}

static int check(int argc, char **argv, const struct record_options *options)
{
	if (optind < argc) {
		log_error("record takes no '%s'; a command comes behind --: pftrace record "
			  "[options] -- COMMAND",
			  argv[optind]);
		return -EINVAL;
	}
	if (options->command && !options->command[0]) {
		log_error("there is no command behind --");
		return -EINVAL;
	}
	if (options->as_user && !options->command) {
		log_error("--user is for a command: pftrace record --user -- COMMAND");
		return -EINVAL;
	}
	if (out_option_check(options->out, NULL, 0, &options->names.map))
		return -EINVAL;
	return check_kinds(options) ? -EINVAL : check_parts(options);
}

int record_options_parse(int argc, char **argv, struct record_options *options)
{
	int option, error = 0;

	memset(options, 0, sizeof(*options));
	argc = find_command(argc, argv, options);
	optind = 1;
	opterr = 0;
	while (!error &&
	       (option = getopt_long(argc, argv, ":d:o:b:qh", options_known, NULL)) != -1) {
		error = take_option(option, argv, options);
	}
	if (!error && !options->help)
		error = check(argc, argv, options);
	if (!error && !options->out)
		make_default_out(options);
	return error;
}

void record_options_free(struct record_options *options)
{
	record_filter_free(&options->filter);
	free(options->names.from_argv);
}
