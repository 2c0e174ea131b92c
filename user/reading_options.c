/* SPDX-License-Identifier: Apache-2.0 */
#include "reading_options.h"

#include "base/json_writer.h"
#include "base/log.h"
#include "base/options.h"
#include "chart/loss_stats.h"
#include "names/map.h"
#include "reading_source.h"
#include "report/loss_text.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

void reading_init(struct reading_options *reading, char **argv)
{
	*reading = (struct reading_options){
		.command = argv[0],
		.view = { .cap_ns = CAPTURE_NIL, .task_word = "--task" },
	};
	signal(SIGPIPE, SIG_IGN); /* a reader that had enough shows as EPIPE */
	optind = 0;		  /* begin anew: getopt keeps its place in globals */
	opterr = 0;		  /* it says things in its own way */
}

static int take_shared(struct reading_options *reading, int option)
{
	switch (option) {
	case READING_FROM:
		reading->windowed = true;
		return options_milliseconds("--from", optarg, &reading->view.from_ns);
	case READING_CAP:
		reading->windowed = true;
		return options_milliseconds("--cap", optarg, &reading->view.cap_ns);
	case READING_TASK:
		reading->view.task = optarg;
		return 0;
	case READING_MERGE:
		reading->view.merge_sys_tasks = true;
		return 0;
	case READING_MERGE_NAMES:
		reading->view.merge_names = true;
		return 0;
	case READING_MAP:
		return map_option_add(&reading->map, optarg);
	case READING_APPEND:
		reading->view.append_tid = true;
		return 0;
	}
	return -ENOENT;
}

/* Commands that write have -o for --out, as record, import and remap do: its code is 'o' in all. */
static bool has_out(const struct option *long_options)
{
	for (const struct option *known = long_options; known->name; known++)
		if (known->val == 'o' && strcmp(known->name, "out") == 0)
			return true;
	return false;
}

int reading_next(struct reading_options *reading, int argc, char **argv,
		 const struct option *long_options)
{
	const char *letters = has_out(long_options) ? ":ho:" : ":h";

	for (;;) {
		int option = getopt_long(argc, argv, letters, long_options, NULL);
		int error;

		if (option == -1)
			return 0;
		if (option == 'h') {
			reading->help = true;
			return 0;
		}
		if (option == '?' || option == ':')
			return options_refuse(reading->command, option, argv, long_options);
		error = take_shared(reading, option);
		if (error)
			return error == -ENOENT ? option : error;
	}
}

static int check_window(const struct reading_options *reading)
{
	if (reading->view.cap_ns > reading->view.from_ns)
		return 0;
	log_error("the window is empty: --cap must be greater than --from");
	return -EINVAL;
}

int reading_file(struct reading_options *reading, int argc, char **argv)
{
	if (optind == argc) {
		log_error("which capture? usage: pftrace %s [options] FILE", reading->command);
		return -EINVAL;
	}
	if (argc - optind > 1) {
		log_error("'%s' is one FILE too many: pftrace %s reads one", argv[optind + 1],
			  reading->command);
		return -EINVAL;
	}
	reading->path = argv[optind];
	return check_window(reading);
}

int reading_files(struct reading_options *reading, size_t least, size_t most, int argc, char **argv)
{
	size_t count = (size_t)(argc - optind);

	if (count < least) {
		log_error("%zu FILEs are given, and pftrace %s wants %zu at least", count,
			  reading->command, least);
		return -EINVAL;
	}
	if (count > most) {
		log_error("'%s' is one FILE too many: pftrace %s reads %zu",
			  argv[optind + (int)most], reading->command, most);
		return -EINVAL;
	}
	reading->paths = argv + optind;
	reading->path = argv[optind];
	reading->path_count = count;
	return check_window(reading);
}

static void say_unmatched(const struct view *view)
{
	size_t rows, unmatched;

	view_map_counts(view, &rows, &unmatched);
	if (unmatched)
		log_warning("--map: %zu of %zu tids are not in %s", unmatched, rows,
			    view_path(view));
}

/* What is odd about this file and these options, though no error. */
static void say_odd(const struct view *view, const char *task, const char *task_word)
{
	if (view_summary(view)->being_written_elsewhere)
		log_warning("%s: a newer recording lies beside it: %s.part", view_path(view),
			    view_path(view));
	if (task && view_task_count(view) && !view_any_selected(view))
		log_warning("%s '%s' selects none of the %zu tasks of %s", task_word, task,
			    view_task_count(view), view_path(view));
	if (view_from_ns(view) && view_from_ns(view) == view_to_ns(view))
		log_warning("--from %g ms lies behind the end of %s",
			    (double)view_from_ns(view) / 1e6, view_path(view));
	say_unmatched(view);
}

/* Takes options->map over. */
static int open_view(const char *path, bool detail, const struct view_options *options,
		     struct view **view, char message[CDICT_MESSAGE_BYTES])
{
	struct cdict_reader *reader;
	int error = reading_source_open(path, detail, &reader, message);

	if (!error)
		return view_open_reader(reader, options, view, message);
	names_map_free(options->map);
	return error;
}

enum exit_code reading_open(const struct reading_options *reading, struct view **view)
{
	return reading_open_one(reading, reading->path, view);
}

enum exit_code reading_open_one(const struct reading_options *reading, const char *path,
				struct view **view)
{
	struct view_options options = reading->view;
	char message[CDICT_MESSAGE_BYTES];
	int error = map_option_read(&reading->map, &options.map);

	*view = NULL;
	if (error)
		return EXIT_FAILED;
	error = open_view(path, reading->detail, &options, view, message);
	if (error) {
		log_error("%s", message);
		/* of all that can be wrong, the regex is the user's */
		return error == -EINVAL ? EXIT_USAGE : EXIT_FAILED;
	}
	if (!view_is_one_pass(*view))
		say_odd(*view, reading->view.task, reading->view.task_word);
	return EXIT_OK;
}

enum exit_code reading_done(const struct view *view, int error, const char *message)
{
	if (error) {
		if (message[0])
			log_error("%s", message);
		else
			log_error("%s: %s", view_path(view), strerror(-error));
		return EXIT_FAILED;
	}
	if (view_is_one_pass(view))
		say_odd(view, NULL, NULL);
	if (view_summary(view)->whole)
		return EXIT_OK;
	log_warning("%s; what is whole was read", view_summary(view)->cut);
	return EXIT_INCOMPLETE;
}

static void say_loss(const struct view *view, enum capture_loss_cause cause,
		     const struct loss_stats_row *lost)
{
	char text[LOSS_TEXT_BYTES];

	loss_text(lost, 0, text, sizeof(text));
	log_warning("%s: data was lost: %s: %s", view_path(view), capture_loss_word(cause), text);
}

void reading_losses(const struct view *view, const struct loss_stats *losses)
{
	for (int cause = 0; cause < LOSS_CAUSES; cause++) {
		struct loss_stats_row lost = loss_stats_of(losses, cause);

		if (capture_loss_is_serious(cause) && loss_stats_is_any(&lost))
			say_loss(view, cause, &lost);
	}
}

int reading_sort(const struct report_column *columns, size_t count, const char *key, size_t *place)
{
	int found = report_column_find(columns, count, key);
	char keys[512] = "";
	size_t used = 0;

	if (found >= 0) {
		*place = (size_t)found;
		return 0;
	}
	for (size_t i = 0; i < count && used < sizeof(keys); i++)
		used += (size_t)snprintf(keys + used, sizeof(keys) - used, "%s%s", i ? ", " : "",
					 columns[i].key);
	log_error("--sort '%s' is none of the columns: %s", key, keys);
	return -EINVAL;
}

int reading_print(const struct report_table *table, enum reading_format format)
{
	struct json_writer json;

	if (format == READING_TEXT)
		return report_print_text(table, stdout);
	if (format == READING_CSV)
		return report_print_csv(table, stdout);
	json_begin(&json, stdout);
	report_print_json_rows(table, &json);
	return json_end(&json);
}

enum exit_code reading_printed(enum exit_code code, int error)
{
	if (!error && fflush(stdout) == EOF)
		error = -errno;
	if (!error || error == -EPIPE)
		return code;
	log_error("cannot write the results: %s", strerror(-error));
	return EXIT_FAILED;
}
