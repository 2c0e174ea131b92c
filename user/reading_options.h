/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Options that all commands which read a capture have alike, and the words they all say:
 *
 *	static const struct option long_options[] = { READING_LONG_OPTIONS, { "sort", ... }, { 0 } };
 *
 *	reading_init(&reading, argv);
 *	while ((option = reading_next(&reading, argc, argv, long_options)) > 0)
 *		... the command's own options only
 *	if (option || reading_file(&reading, argc, argv))
 *		return EXIT_USAGE;
 */
#ifndef READING_OPTIONS_H
#define READING_OPTIONS_H

#include "command.h"
#include "map_option.h"
#include "report/report_table.h"
#include "view/view.h"

#include <getopt.h>
#include <stdbool.h>

struct reading_options {
	const char *command; /* "list" */
	const char *path;
	char *const *paths; /* of several files; path is the first */
	size_t path_count;
	struct view_options view;
	struct map_option map;
	bool windowed; /* --from or --cap was given */
	bool detail;   /* of another tool's recording single switches are wanted */
	bool help;     /* --help was given: print it on stdout and exit 0 */
};

struct loss_stats;

/* Codes above all letters, so that commands may use these for their own. */
enum {
	READING_FROM = 0x1000,
	READING_CAP,
	READING_TASK,
	READING_MERGE,
	READING_MERGE_NAMES,
	READING_APPEND,
	READING_MAP,
};

/* clang-format off */
#define READING_LONG_OPTIONS \
	{ "task", required_argument, NULL, READING_TASK }, \
	READING_LONG_OPTIONS_BUT_TASK

#define READING_LONG_OPTIONS_BUT_TASK \
	{ "from", required_argument, NULL, READING_FROM }, \
	{ "cap", required_argument, NULL, READING_CAP }, \
	{ "merge-sys-tasks", no_argument, NULL, READING_MERGE }, \
	{ "merge-names", no_argument, NULL, READING_MERGE_NAMES }, \
	{ "map", required_argument, NULL, READING_MAP }, \
	{ "append-tid", no_argument, NULL, READING_APPEND }, \
	{ "help", no_argument, NULL, 'h' }

#define READING_HELP \
	"  --from MS, --cap MS  only the buckets that begin in [from, cap) ms\n" \
	"  --task REGEX         those in whose name or comm this is found; or a tid\n" \
	"  --map CSV            names by tid, as pftrace-remap(1) tells\n" \
	"  --merge-sys-tasks    swapper/0, swapper/1 ... as swapper; kernel threads, too\n" \
	"  --merge-names, --append-tid  tasks of one name as one; names with tid: perf:83\n"
/* clang-format on */

void reading_init(struct reading_options *reading, char **argv);

/*
 * The next option that is the command's own (its value is in optarg); 0 when there are no more, or
 * --help was given; -EINVAL after a line on stderr. Takes the shared ones itself.
 */
int reading_next(struct reading_options *reading, int argc, char **argv,
		 const struct option *long_options);

/* The one FILE that must be left, and whether the window is one. 0, or -EINVAL after a line. */
int reading_file(struct reading_options *reading, int argc, char **argv);

/* Likewise for `least` to `most` files. */
int reading_files(struct reading_options *reading, size_t least, size_t most, int argc,
		  char **argv);

/* Opens the view and says on stderr what the user should know. An exit code; EXIT_OK: go on. */
enum exit_code reading_open(const struct reading_options *reading, struct view **view);

/* The same for one of several files. */
enum exit_code reading_open_one(const struct reading_options *reading, const char *path,
				struct view **view);

/* After a read: its error, or where the file is cut, in a line on stderr; the exit code. */
enum exit_code reading_done(const struct view *view, int error, const char *message);

/* Says on stderr what data was lost in the window, a line a cause. */
void reading_losses(const struct view *view, const struct loss_stats *losses);

/* --format and its three words. */
enum reading_format { READING_TEXT, READING_CSV, READING_JSON };
#define READING_FORMATS               \
	{                             \
		"text", "csv", "json" \
	}

/* A table on stdout: 0, or -errno when that takes no more. */
int reading_print(const struct report_table *table, enum reading_format format);

/* --sort: the column's place, or -EINVAL after a line that lists them. */
int reading_sort(const struct report_column *columns, size_t count, const char *key, size_t *place);

/*
 * stdout is done: EXIT_OK turns into EXIT_FAILED when it could not take all (one line on stderr); a
 * reader that had enough (EPIPE) is no failure. `error` is what a printer returned.
 */
enum exit_code reading_printed(enum exit_code code, int error);

#endif
