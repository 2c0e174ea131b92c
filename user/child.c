/* SPDX-License-Identifier: Apache-2.0 */
#include "child.h"

#include "base/log.h"
#include "base/program_path.h"
#include "invoker.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- in the child ---- */

static void tell(int fd, int error)
{
	if (write(fd, &error, sizeof(error)) != sizeof(error))
		_exit(CHILD_WE_FAILED); /* the parent is gone */
}

_Noreturn static void be_child(char **argv, const struct invoker *invoker, int go_fd, int told_fd)
{
	char path[PATH_MAX], byte;
	int error = 0;

	if (invoker) {
		error = invoker_become(invoker);
		invoker_set_environment(invoker);
	}
	if (!error)
		error = program_path_find(argv[0], path);
	tell(told_fd, error);
	if (!error && read(go_fd, &byte, 1) == 1) {
		execv(path, argv);
		tell(told_fd, -errno);
	}
	_exit(CHILD_CANNOT_RUN);
}

/* ---- in the parent ---- */

static int code_of(int error)
{
	return error == -ENOENT ? CHILD_NOT_FOUND : CHILD_CANNOT_RUN;
}

static int say_cannot_run(const struct child *child, int error)
{
	if (error == -ENOENT)
		log_error("the command '%s' is not found", child->name);
	else if (error == -ENOEXEC)
		log_error("the command '%s' cannot be run: it is no program, and no script that "
			  "begins with #!",
			  child->name);
	else
		log_error("the command '%s' cannot be run: %s", child->name, strerror(-error));
	return code_of(error);
}

/* What the child told, 0 when it closed its end (by its exec) without. */
static int read_told(const struct child *child)
{
	int error = 0;
	ssize_t got;

	do
		got = read(child->told_fd, &error, sizeof(error));
	while (got < 0 && errno == EINTR);
	return got == sizeof(error) ? error : 0;
}

static int open_pipes(int go[2], int told[2])
{
	if (pipe2(go, O_CLOEXEC))
		return -errno;
	if (pipe2(told, O_CLOEXEC) == 0)
		return 0;
	close(go[0]);
	close(go[1]);
	return -EMFILE;
}

static int fork_child(struct child *child, char **argv, const struct invoker *invoker)
{
	int go[2], told[2];
	int error = open_pipes(go, told);

	if (error)
		return error;
	child->pid = fork();
	if (child->pid == 0) {
		close(go[1]);
		close(told[0]);
		be_child(argv, invoker, go[0], told[1]);
	}
	close(go[0]);
	close(told[1]);
	child->go_fd = go[1];
	child->told_fd = told[0];
	if (child->pid < 0)
		return -errno;
	child->pid_fd = (int)syscall(SYS_pidfd_open, child->pid, 0);
	return child->pid_fd < 0 ? -errno : 0;
}

int child_start(struct child *child, char **argv, const struct invoker *invoker)
{
	int error;

	*child = (struct child){ .name = argv[0], .pid_fd = -1, .go_fd = -1, .told_fd = -1 };
	error = fork_child(child, argv, invoker);
	signal(SIGCHLD, SIG_DFL); /* whoever ignores it gets no status */
	if (error) {
		log_error("cannot start '%s': %s", child->name, strerror(-error));
		error = CHILD_WE_FAILED;
	} else {
		error = read_told(child);
		if (error)
			error = say_cannot_run(child, error);
	}
	if (error)
		child_free(child);
	return error;
}

void child_go(struct child *child)
{
	/* a child that was killed meanwhile is seen by its pid_fd */
	if (write(child->go_fd, "", 1) < 0)
		errno = 0;
	close(child->go_fd);
	child->go_fd = -1;
}

void child_pass_on(const struct child *child, const struct signalfd_siginfo *signal)
{
	if (signal->ssi_code <= 0) /* by kill(2) and its like; SI_KERNEL: to all at the terminal */
		syscall(SYS_pidfd_send_signal, child->pid_fd, (int)signal->ssi_signo, NULL, 0);
}

static int status_code(int status)
{
	return WIFSIGNALED(status) ? CHILD_SIGNAL + WTERMSIG(status) : WEXITSTATUS(status);
}

int child_wait(struct child *child)
{
	int error, status = 0;
	pid_t got;

	do
		got = waitpid(child->pid, &status, 0);
	while (got < 0 && errno == EINTR);
	child->pid = 0;
	if (got < 0)
		return CHILD_WE_FAILED;
	error = read_told(child);
	return error ? say_cannot_run(child, error) : status_code(status);
}

void child_free(struct child *child)
{
	if (!child->name)
		return;
	if (child->go_fd >= 0)
		close(child->go_fd);
	if (child->pid > 0)
		waitpid(child->pid, NULL, 0);
	if (child->pid_fd >= 0)
		close(child->pid_fd);
	if (child->told_fd >= 0)
		close(child->told_fd);
	*child = (struct child){ 0 };
}
