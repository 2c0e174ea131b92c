/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command that is recorded. It is forked before anything else is done, so that it inherits
 * nothing of ours (priority, signals, descriptors, fewer rights), found, and held before its exec
 * until the capture has begun.
 */
#ifndef CHILD_H
#define CHILD_H

#include <stdbool.h>
#include <sys/types.h>

struct invoker;
struct signalfd_siginfo;

struct child {
	const char *name;
	pid_t pid;
	int pid_fd;  /* readable when it has ended */
	int go_fd;   /* closed without a word: it ends before its exec */
	int told_fd; /* what went wrong: an errno, or nothing */
};

/* Exit codes of our own, as env(1), timeout(1) and shells have them. */
enum { CHILD_WE_FAILED = 125, CHILD_CANNOT_RUN = 126, CHILD_NOT_FOUND = 127, CHILD_SIGNAL = 128 };

/*
 * Forks, as the invoker when given, and looks for the command in PATH. 0, or one of the codes
 * above after a line on stderr; then there is no child.
 */
int child_start(struct child *child, char **argv, const struct invoker *invoker);

/* Lets it exec. */
void child_go(struct child *child);

/*
 * Passes a signal on that was sent to us alone. What the terminal sends (Ctrl-C), the command gets
 * by itself.
 */
void child_pass_on(const struct child *child, const struct signalfd_siginfo *signal);

/* Waits for its end. Its exit status, 128 + the signal that killed it, or a code of our own. */
int child_wait(struct child *child);

/* Ends it when it was never let go, and closes all. Harmless on a struct of zeros with pid 0. */
void child_free(struct child *child);

#endif
