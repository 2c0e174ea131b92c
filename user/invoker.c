/* SPDX-License-Identifier: Apache-2.0 */
#include "invoker.h"

#include "base/log.h"
#include "base/options.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* How far up sudo's caller may be: sudo has a process or two of its own between. */
#define GENERATIONS_MAX 8

/* sudo(8) sets these. False: not there; *error: there, but no number. */
static bool read_variable(const char *name, unsigned int *value, int *error)
{
	const char *text = getenv(name);
	char *end;

	if (!text)
		return false;
	*value = (unsigned int)strtoul(text, &end, 10);
	if (!options_is_number(text) || *end || strlen(text) > 10)
		*error = -EINVAL;
	return true;
}

/* ---- a process up the line that is theirs has their groups ---- */

struct ancestor {
	pid_t parent;
	bool theirs; /* in all of its uids: sudo itself has theirs as its real one only */
	gid_t groups[INVOKER_GROUPS_MAX];
	size_t group_count;
};

static void parse_groups(struct ancestor *ancestor, char *rest)
{
	char *end;

	while (ancestor->group_count < INVOKER_GROUPS_MAX) {
		gid_t group = (gid_t)strtoul(rest, &end, 10);

		if (end == rest)
			break;
		ancestor->groups[ancestor->group_count++] = group;
		rest = end;
	}
}

/* "Uid:" real, effective, saved, of the file system. */
static bool has_uid_alone(const char *line, uid_t uid)
{
	unsigned int uids[4];

	return sscanf(line, "Uid: %u %u %u %u", &uids[0], &uids[1], &uids[2], &uids[3]) == 4 &&
	       uids[0] == uid && uids[1] == uid && uids[2] == uid && uids[3] == uid;
}

static bool read_ancestor(pid_t pid, uid_t uid, struct ancestor *ancestor)
{
	char path[64], *line = NULL;
	size_t line_bytes = 0;
	FILE *file;

	ancestor->parent = 0;
	ancestor->theirs = false;
	ancestor->group_count = 0;
	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	file = fopen(path, "re");
	if (!file)
		return false;
	while (getline(&line, &line_bytes, file) > 0) {
		sscanf(line, "PPid: %d", &ancestor->parent);
		ancestor->theirs |= has_uid_alone(line, uid);
		if (strncmp(line, "Groups:", 7) == 0)
			parse_groups(ancestor, line + 7);
	}
	free(line);
	fclose(file);
	return true;
}

/* Without one, the group that sudo names is all. */
static void find_groups(struct invoker *invoker)
{
	struct ancestor ancestor;
	pid_t pid = getppid();

	invoker->groups[0] = invoker->gid;
	invoker->group_count = 1;
	for (int i = 0; i < GENERATIONS_MAX && pid > 1; i++) {
		if (!read_ancestor(pid, invoker->uid, &ancestor))
			return;
		if (ancestor.theirs) {
			memcpy(invoker->groups, ancestor.groups,
			       ancestor.group_count * sizeof(*ancestor.groups));
			invoker->group_count = ancestor.group_count;
			return;
		}
		pid = ancestor.parent;
	}
}

/* ---- name, home and shell ---- */

static void copy(char *to, size_t size, const char *text)
{
	snprintf(to, size, "%s", text ? text : "");
}

static void read_passwd(struct invoker *invoker)
{
	FILE *file = fopen("/etc/passwd", "re");
	const struct passwd *entry;

	if (!file)
		return;
	while ((entry = fgetpwent(file))) {
		if (entry->pw_uid != invoker->uid)
			continue;
		copy(invoker->name, sizeof(invoker->name), entry->pw_name);
		copy(invoker->home, sizeof(invoker->home), entry->pw_dir);
		copy(invoker->shell, sizeof(invoker->shell), entry->pw_shell);
		break;
	}
	fclose(file);
}

/* What /etc/passwd does not know: users of a directory service. */
static void fill_in(struct invoker *invoker)
{
	if (!invoker->name[0])
		copy(invoker->name, sizeof(invoker->name), getenv("SUDO_USER"));
	if (!invoker->home[0]) /* from sudo 1.9.14 on */
		copy(invoker->home, sizeof(invoker->home), getenv("SUDO_HOME"));
	if (!invoker->home[0])
		copy(invoker->home, sizeof(invoker->home), "/");
	if (!invoker->shell[0])
		copy(invoker->shell, sizeof(invoker->shell), "/bin/sh");
}

int invoker_find(struct invoker *invoker)
{
	int error = 0;

	memset(invoker, 0, sizeof(*invoker));
	invoker->uid = getuid();
	invoker->gid = getgid();
	if (invoker->uid != 0 || !read_variable("SUDO_UID", &invoker->uid, &error))
		return 0;
	read_variable("SUDO_GID", &invoker->gid, &error);
	if (error || !invoker->uid)
		return error;
	invoker->by_sudo = true;
	find_groups(invoker);
	read_passwd(invoker);
	fill_in(invoker);
	return 0;
}

int invoker_become(const struct invoker *invoker)
{
	if (invoker->by_sudo && setgroups(invoker->group_count, invoker->groups))
		return -errno;
	if (setresgid(invoker->gid, invoker->gid, invoker->gid) ||
	    setresuid(invoker->uid, invoker->uid, invoker->uid))
		return -errno;
	return 0;
}

static int borrow(const struct invoker *invoker)
{
	/* the uid last: it takes the right to change the others */
	if (setgroups(invoker->group_count, invoker->groups) || setegid(invoker->gid) ||
	    seteuid(invoker->uid))
		return -errno;
	return 0;
}

int invoker_write_begin(void)
{
	struct invoker invoker;
	int error = invoker_find(&invoker);

	if (error) {
		log_error("SUDO_UID or SUDO_GID is no number: unset them, or call pftrace by sudo");
		return error;
	}
	if (!invoker.by_sudo)
		return 0;
	error = borrow(&invoker);
	if (error)
		log_error("cannot write as %s, who called sudo: %s", invoker.name,
			  strerror(-error));
	return error;
}

/* Root has its own rights back; of groups it needs none. */
void invoker_write_end(void)
{
	if (geteuid() == getuid())
		return;
	if (seteuid(getuid()) || setegid(getgid()))
		log_warning("cannot become root again: %s", strerror(errno));
}

void invoker_set_environment(const struct invoker *invoker)
{
	setenv("HOME", invoker->home, 1);
	setenv("SHELL", invoker->shell, 1);
	if (!invoker->name[0])
		return;
	setenv("USER", invoker->name, 1);
	setenv("LOGNAME", invoker->name, 1);
}
