/* SPDX-License-Identifier: Apache-2.0 */
/* pftrace: a table of subcommands and a loop. */
#include "base/array.h"
#include "base/log.h"
#include "base/stream.h"
#include "command.h"
#include "page/template.h"
#include "reading_options.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *summary;
} commands[] = {
	{ "record", cmd_record, "record this machine (the default command)" },
	{ "check", cmd_check, "what this machine offers, before anything is recorded" },
	{ "import", cmd_import, "a capture of another tool's recording" },
	{ "info", cmd_info, "what is in a capture, and whether it is whole" },
	{ "list", cmd_list, "the tasks of a capture" },
	{ "stats", cmd_stats, "run time, switches and waits per task and core" },
	{ "successors", cmd_successors, "who ran next after a task" },
	{ "diff", cmd_diff, "what changed between two captures, beyond noise" },
	{ "export", cmd_export, "a table as CSV or JSON" },
	{ "remap", cmd_remap, "names from a CSV file into a capture" },
	{ "render", cmd_render, "one HTML page with six charts" },
};

static void print_help(void)
{
	puts("usage: pftrace [record] [--duration SECONDS] [--out FILE] ...\n"
	     "       pftrace COMMAND [options] FILE\n");
	for (size_t i = 0; i < ARRAY_LENGTH(commands); i++)
		printf("  %-10s %s\n", commands[i].name, commands[i].summary);
	puts("\npftrace COMMAND --help tells the options of a command, pftrace --version the\n"
	     "version, pftrace --licenses the licences of all that is in it.\n"
	     "exit codes: 0 done, 1 failed, 2 wrong usage, 3 recorded or read, but incomplete,\n"
	     "4 a condition of diff --fail-if holds");
}

/* Its own, and that of what the page is bundled from; the libraries' are where they come from. */
static int print_licences(void)
{
	struct template_part page = template_licences();

	signal(SIGPIPE, SIG_IGN); /* there is more of it than a pipe's reader may want */
	puts("pftrace " PFTRACE_VERSION
	     ": Apache-2.0, its BPF programs GPL-2.0-only OR BSD-2-Clause.\n"
	     "Linked with libbpf (LGPL-2.1 OR BSD-2-Clause), libelf (LGPL-3.0+ OR GPL-2.0+), zlib\n"
	     "(Zlib) and msgpack-c (BSL-1.0). In the page that pftrace render makes:\n");
	fwrite(page.text, 1, page.length, stdout);
	return reading_printed(EXIT_OK, stream_error(stdout));
}

/*
 * Closed ones would become the next files that are opened, and words would go into results. Results
 * for a stdout that was closed must fail all the same: that one is for reading.
 */
static void open_standard_files(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			open("/dev/null", fd == STDOUT_FILENO ? O_RDONLY : O_RDWR);
}

static int run(int argc, char **argv)
{
	/* "pftrace --duration 30" records: a first word that is an option belongs to record */
	if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
	    strcmp(argv[1], "help") == 0) {
		print_help();
		return argc < 2 ? EXIT_USAGE : EXIT_OK;
	}
	if (strcmp(argv[1], "--version") == 0) {
		puts("pftrace " PFTRACE_VERSION);
		return EXIT_OK;
	}
	if (strcmp(argv[1], "--licenses") == 0)
		return print_licences();
	if (argv[1][0] == '-')
		return cmd_record(argc, argv);
	for (size_t i = 0; i < ARRAY_LENGTH(commands); i++)
		if (strcmp(argv[1], commands[i].name) == 0)
			return commands[i].run(argc - 1, argv + 1);
	log_error("no command '%s'; pftrace --help lists them", argv[1]);
	return EXIT_USAGE;
}

int main(int argc, char **argv)
{
	int code;

	open_standard_files();
	code = run(argc, argv);
	if (code == EXIT_FAILED) /* and said so */
		return code;
	signal(SIGPIPE, SIG_IGN);
	return reading_printed(code, 0); /* help, of whatever command */
}
