/* SPDX-License-Identifier: Apache-2.0 */
#include "reading_options.h"

#include "base/log.h"
#include "base/options.h"

#include <errno.h>
#include <string.h>

void reading_init(struct reading_options *reading, char **argv)
{
	*reading = (struct reading_options){
		.command = argv[0],
		.view = { .cap_ns = CAPTURE_NIL },
	};
	optind = 0; /* begin anew: getopt keeps its place in globals */
	opterr = 0; /* it says things in its own way */
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
	case READING_APPEND:
		reading->view.append_tid = true;
		return 0;
	}
	return -ENOENT;
}

/* getopt has moved past the word it could not use; a letter of a cluster is in optopt. */
static int refuse(const struct reading_options *reading, int option, char **argv)
{
	const char letter[] = { '-', (char)optopt, '\0' };
	bool is_letter = optopt > ' ' && optopt < 0x7f && optopt != 'h';
	const char *word = is_letter ? letter : argv[optind - 1];

	if (option == ':')
		log_error("option '%s' needs a value; pftrace %s --help tells which", word,
			  reading->command);
	else
		log_error("no option '%s' here, or not in this way; pftrace %s --help lists them",
			  word, reading->command);
	return -EINVAL;
}

int reading_next(struct reading_options *reading, int argc, char **argv,
		 const struct option *long_options)
{
	for (;;) {
		int option = getopt_long(argc, argv, ":h", long_options, NULL);
		int error;

		if (option == -1)
			return 0;
		if (option == 'h') {
			reading->help = true;
			return 0;
		}
		if (option == '?' || option == ':')
			return refuse(reading, option, argv);
		error = take_shared(reading, option);
		if (error)
			return error == -ENOENT ? option : error;
	}
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
	if (reading->view.cap_ns <= reading->view.from_ns) {
		log_error("the window is empty: --cap must be greater than --from");
		return -EINVAL;
	}
	reading->path = argv[optind];
	return 0;
}

enum exit_code reading_open(const struct reading_options *reading, struct view **view)
{
	char message[CDICT_MESSAGE_BYTES];
	int error = view_open(reading->path, &reading->view, view, message);

	if (error) {
		log_error("%s", message);
		/* of all that can be wrong, the regex is the user's */
		return error == -EINVAL ? EXIT_USAGE : EXIT_FAILED;
	}
	if (view_summary(*view)->being_written_elsewhere)
		log_warning("%s: a newer recording lies beside it: %s.part", view_path(*view),
			    view_path(*view));
	if (reading->view.task && view_task_count(*view) && !view_any_selected(*view))
		log_warning("--task '%s' selects none of the %zu tasks of %s", reading->view.task,
			    view_task_count(*view), view_path(*view));
	if (reading->windowed && view_from_ns(*view) == view_to_ns(*view))
		log_warning("--from %g ms lies behind the end of %s",
			    (double)reading->view.from_ns / 1e6, view_path(*view));
	return EXIT_OK;
}

enum exit_code reading_done(const struct view *view, int error, const char *message)
{
	const struct cdict_summary *summary = view_summary(view);

	if (error) {
		if (message[0])
			log_error("%s", message);
		else
			log_error("%s: %s", view_path(view), strerror(-error));
		return EXIT_FAILED;
	}
	if (!summary->whole) {
		log_warning("%s", summary->cut);
		return EXIT_INCOMPLETE;
	}
	if (summary->end && summary->end->cut) {
		log_warning("%s: the recording ended early: %s", view_path(view),
			    summary->end->cause);
		return EXIT_INCOMPLETE;
	}
	return EXIT_OK;
}
