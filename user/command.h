/* SPDX-License-Identifier: Apache-2.0 */
/* The subcommands: each takes its own argv (argv[0] is its name) and returns the exit code. */
#ifndef COMMAND_H
#define COMMAND_H

enum exit_code {
	EXIT_OK = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
	EXIT_INCOMPLETE = 3, /* recorded, or read, but with losses or cut short */
	EXIT_CHANGED = 4,    /* diff: a condition of --fail-if holds */
};

int cmd_record(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_import(int argc, char **argv);
int cmd_info(int argc, char **argv);
int cmd_list(int argc, char **argv);
int cmd_stats(int argc, char **argv);
int cmd_successors(int argc, char **argv);
int cmd_diff(int argc, char **argv);
int cmd_export(int argc, char **argv);
int cmd_remap(int argc, char **argv);
int cmd_render(int argc, char **argv);

#endif
