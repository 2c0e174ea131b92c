/* SPDX-License-Identifier: Apache-2.0 */
#include "live/stats_switch.h"

#include "base/capability.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define NICE (-20)

struct stats_switch {
	pid_t pid;
	int fd;
};

/* What else is open here would outlive the recorder: our own end of the socket, whose closing ends
   us, and the pipe at which somebody waits for its words to end. */
static void close_others(int fd)
{
	syscall(SYS_close_range, 0, fd - 1, 0);
	syscall(SYS_close_range, fd + 1, ~0U, 0);
}

/* Until the recorder is gone, however it went. Timing is on while stats_fd is open. */
static void follow(int fd)
{
	int stats_fd = -1;
	char on;

	while (read(fd, &on, 1) == 1) {
		if (on && stats_fd < 0) {
			stats_fd = bpf_enable_stats(BPF_STATS_RUN_TIME);
		} else if (!on && stats_fd >= 0) {
			close(stats_fd);
			stats_fd = -1;
		}
	}
}

_Noreturn static void be_switch(int fd)
{
	const uint64_t capability = CAPABILITY(CAP_SYS_ADMIN);
	sigset_t all;

	/* it does next to nothing, and that in time; may be refused */
	setpriority(PRIO_PROCESS, 0, NICE);
	sigfillset(&all); /* Ctrl-C is for the recorder */
	sigprocmask(SIG_SETMASK, &all, NULL);
	close_others(fd);
	prctl(PR_SET_NAME, "pftrace-stats");
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (!capability_set((struct capabilities){ capability, capability }))
		follow(fd);
	_exit(0);
}

static bool is_refused(void)
{
	int fd = bpf_enable_stats(BPF_STATS_RUN_TIME);

	if (fd < 0)
		return true;
	close(fd);
	return false;
}

static int fork_switch(struct stats_switch *stats)
{
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds))
		return -errno;
	stats->pid = fork();
	if (!stats->pid)
		be_switch(fds[1]);
	close(fds[1]);
	stats->fd = fds[0];
	return stats->pid < 0 ? -errno : 0;
}

struct stats_switch *stats_switch_new(void)
{
	struct stats_switch *stats;

	if (is_refused())
		return NULL;
	stats = calloc(1, sizeof(*stats));
	if (!stats)
		return NULL;
	stats->fd = -1;
	if (!fork_switch(stats))
		return stats;
	stats_switch_free(stats);
	return NULL;
}

void stats_switch_free(struct stats_switch *stats)
{
	if (!stats)
		return;
	if (stats->fd >= 0)
		close(stats->fd);
	if (stats->pid > 0)
		waitpid(stats->pid, NULL, 0);
	free(stats);
}

void stats_switch_set(struct stats_switch *stats, bool on)
{
	char word = on;

	/* when it was killed, programs are not timed any more, which is seen by their counts */
	send(stats->fd, &word, 1, MSG_NOSIGNAL | MSG_DONTWAIT);
}
