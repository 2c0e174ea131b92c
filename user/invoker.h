/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who called us: whose rights files are written with, and a command runs with when asked. Under
 * sudo that is who called sudo; else the real user.
 *
 * Nothing here asks the name service: a binary without shared libraries cannot safely.
 */
#ifndef INVOKER_H
#define INVOKER_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define INVOKER_GROUPS_MAX 1024

struct invoker {
	uid_t uid;
	gid_t gid;
	gid_t groups[INVOKER_GROUPS_MAX];
	size_t group_count;
	bool by_sudo;  /* and not by root itself */
	char name[64]; /* may be empty */
	char home[PATH_MAX];
	char shell[PATH_MAX];
};

/* 0, or -EINVAL when SUDO_UID or SUDO_GID are no numbers. */
int invoker_find(struct invoker *invoker);

/*
 * Makes this process theirs: groups, gid, uid (capabilities go by the kernel's rules:
 * capabilities(7)). 0 or -errno.
 */
int invoker_become(const struct invoker *invoker);

/*
 * For a command that reads as root and writes one file: until invoker_write_end() this process has
 * the rights of whoever called sudo in effect, and no others. Without sudo nothing changes. 0, or
 * -errno after a line on stderr.
 */
int invoker_write_begin(void);
void invoker_write_end(void);

/* HOME, USER, LOGNAME and SHELL are theirs. */
void invoker_set_environment(const struct invoker *invoker);

#endif
