/* SPDX-License-Identifier: Apache-2.0 */
#include "names/program.h"

#include "base/capability.h"
#include "base/clean.h"
#include "base/program_path.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define NS_PER_S 1000000000ULL
#define LINE_BYTES 4096
#define WORDS_BYTES 1024 /* of stderr: its last line is said */
#define READS_A_POLL 16

struct names_program {
	struct names_program_options options;
	pid_t pid; /* its process group, too; 0: it was waited for */
	int out_fd;
	int words_fd;
	uint64_t deadline_ns;
	size_t bytes;
	size_t line;
	char text[LINE_BYTES];
	size_t length;
	bool long_line;
	char words[WORDS_BYTES];
	size_t words_length;
	int status;
	bool done;
	char fault[256];
};

/* ---- in the child ---- */

static void reset_signals(void)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	for (int number = 1; number < NSIG; number++)
		signal(number, SIG_DFL);
}

/* It keeps the standard files only. Its rights are its user's: no capability comes with them, and none
   can be had by an exec. */
_Noreturn static void be_child(const struct names_program_options *options, const char *path,
			       int out_fd, int words_fd)
{
	const struct capabilities none = { 0 };
	int null_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (dup2(null_fd, STDIN_FILENO) < 0 || dup2(out_fd, STDOUT_FILENO) < 0 ||
	    dup2(words_fd, STDERR_FILENO) < 0)
		_exit(126);
	if (syscall(SYS_close_range, 3U, ~0U, 0U) && errno == ENOSYS) /* before 5.9 */
		for (int fd = 3; fd < 1024; fd++)
			close(fd);
	reset_signals();
	if (options->prepare)
		options->prepare(options->context);
	if (capability_set(none) || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		_exit(126);
	execv(path, options->argv);
	dprintf(STDERR_FILENO, "it cannot be run: %s%s\n", strerror(errno),
		errno == ENOEXEC ? " (a script begins with #!)" : "");
	_exit(126);
}

/* ---- starting ---- */

static int open_pipe(int *read_fd, int *write_fd)
{
	int fds[2];

	if (pipe2(fds, O_CLOEXEC))
		return -errno;
	*read_fd = fds[0];
	*write_fd = fds[1];
	return fcntl(fds[0], F_SETFL, O_NONBLOCK) ? -errno : 0;
}

static int start(struct names_program *program)
{
	char path[PATH_MAX];
	int out_fd = -1, words_fd = -1;
	int error = program_path_find(program->options.argv[0], path);

	if (!error)
		error = open_pipe(&program->out_fd, &out_fd);
	if (!error)
		error = open_pipe(&program->words_fd, &words_fd);
	if (!error) {
		program->pid = fork();
		if (!program->pid)
			be_child(&program->options, path, out_fd, words_fd);
		if (program->pid < 0)
			error = -errno;
		else
			setpgid(program->pid, program->pid); /* whoever is first */
	}
	if (out_fd >= 0)
		close(out_fd);
	if (words_fd >= 0)
		close(words_fd);
	if (error)
		program->pid = 0;
	return error;
}

int names_program_start(const struct names_program_options *options, uint64_t now_ns,
			struct names_program **result)
{
	struct names_program *program = calloc(1, sizeof(*program));
	uint64_t limit_ns =
		options->limit_ns ? options->limit_ns : NAMES_PROGRAM_SECONDS * NS_PER_S;
	int error;

	*result = NULL;
	if (!program)
		return -ENOMEM;
	program->options = *options;
	program->out_fd = program->words_fd = -1;
	program->deadline_ns = now_ns + limit_ns;
	error = start(program);
	if (error)
		names_program_free(program);
	else
		*result = program;
	return error;
}

/* ---- ending ---- */

/* Whatever of its group is left goes, too. It is not waited for: it may sleep in the kernel. */
static void reap(struct names_program *program)
{
	if (program->pid <= 0)
		return;
	kill(-program->pid, SIGKILL);
	waitpid(program->pid, &program->status, WNOHANG);
	program->pid = 0;
}

void names_program_free(struct names_program *program)
{
	if (!program)
		return;
	reap(program);
	if (program->out_fd >= 0)
		close(program->out_fd);
	if (program->words_fd >= 0)
		close(program->words_fd);
	free(program);
}

/* The last line that it said on stderr. */
static const char *last_words(struct names_program *program)
{
	char *words = program->words, *line;

	while (program->words_length && words[program->words_length - 1] == '\n')
		program->words_length--;
	words[program->words_length] = '\0';
	line = strrchr(words, '\n');
	line = line ? line + 1 : words;
	clean_text(line, strlen(line));
	return line;
}

static void tell_status(struct names_program *program)
{
	const char *words = last_words(program);
	const char *colon = *words ? ": " : "";

	if (WIFSIGNALED(program->status))
		snprintf(program->fault, sizeof(program->fault), "was killed by signal %d%s%.160s",
			 WTERMSIG(program->status), colon, words);
	else if (WEXITSTATUS(program->status))
		snprintf(program->fault, sizeof(program->fault),
			 "ended with exit status %d%s%.160s", WEXITSTATUS(program->status), colon,
			 words);
}

/* ---- its output ---- */

static int take_line(struct names_program *program)
{
	char why[MAP_ROW_WHY_BYTES] = "it is too long";
	enum map_row_kind kind = MAP_ROW_BAD;
	struct map_row row;

	program->text[program->length] = '\0';
	if (program->length && program->text[program->length - 1] == '\r')
		program->text[program->length - 1] = '\0';
	program->line++;
	if (!program->long_line)
		kind = map_row_read(program->text, true, &row, why);
	program->length = 0;
	program->long_line = false;
	if (kind == MAP_ROW_NAME)
		return program->options.row(program->options.context, &row);
	if (kind == MAP_ROW_BAD)
		program->options.complain(program->options.context, program->line, why);
	return 0;
}

static int take_bytes(struct names_program *program, const char *bytes, size_t count)
{
	int error = 0;

	for (size_t i = 0; i < count && !error; i++) {
		if (bytes[i] == '\n')
			error = take_line(program);
		else if (program->length == LINE_BYTES - 1 || !bytes[i])
			program->long_line = true;
		else
			program->text[program->length++] = bytes[i];
	}
	return error;
}

/* Once it has ended: a last line may lack its end. */
static int finish(struct names_program *program)
{
	reap(program);
	tell_status(program);
	program->done = true;
	return program->length || program->long_line ? take_line(program) : 0;
}

/* What it says on stderr: the end of it is kept. */
static void read_words(struct names_program *program)
{
	size_t half = WORDS_BYTES / 2;
	ssize_t got = 1;

	for (int i = 0; i < READS_A_POLL && got > 0; i++) {
		if (program->words_length >= WORDS_BYTES - 1) {
			memmove(program->words, program->words + half,
				program->words_length - half);
			program->words_length -= half;
		}
		got = read(program->words_fd, program->words + program->words_length,
			   WORDS_BYTES - 1 - program->words_length);
		if (got > 0)
			program->words_length += (size_t)got;
	}
}

/* *empty: nothing is left to read now. */
static int read_rows(struct names_program *program, bool *empty)
{
	char bytes[16384];
	int error = 0;

	for (int i = 0; i < READS_A_POLL && !error; i++) {
		ssize_t got = read(program->out_fd, bytes, sizeof(bytes));

		if (got < 0 && errno == EINTR)
			continue;
		*empty = got <= 0;
		if (got <= 0)
			return got < 0 && errno != EAGAIN ? -errno : 0;
		program->bytes += (size_t)got;
		if (program->bytes > NAMES_PROGRAM_BYTES)
			return 0;
		error = take_bytes(program, bytes, (size_t)got);
	}
	return error;
}

static bool has_ended(const struct names_program *program)
{
	siginfo_t info = { 0 };

	return waitid(P_PID, (id_t)program->pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
	       info.si_pid == program->pid;
}

static void give_up(struct names_program *program, const char *why)
{
	reap(program);
	snprintf(program->fault, sizeof(program->fault), "%s", why);
	program->done = true;
}

int names_program_poll(struct names_program *program, uint64_t now_ns)
{
	bool ended, empty = false;
	int error;

	if (program->done)
		return 0;
	ended = has_ended(program); /* what it printed before is read then */
	read_words(program);
	error = read_rows(program, &empty);
	if (error)
		return error;
	if (program->bytes > NAMES_PROGRAM_BYTES)
		give_up(program, "printed more than 4 MiB and was killed");
	else if (ended && empty)
		return finish(program);
	else if (now_ns >= program->deadline_ns)
		give_up(program, "took longer than its time and was killed");
	return 0;
}

bool names_program_is_done(const struct names_program *program)
{
	return program->done;
}

const char *names_program_fault(const struct names_program *program)
{
	return program->fault[0] ? program->fault : NULL;
}

uint64_t names_program_deadline_ns(const struct names_program *program)
{
	return program->deadline_ns;
}

int names_program_fd(const struct names_program *program)
{
	return program->out_fd;
}
