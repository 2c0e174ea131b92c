/* SPDX-License-Identifier: Apache-2.0 */
#include "out_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINKS_MAX 40 /* as the kernel has it: path_resolution(7) */

struct walk {
	int fd; /* the folder reached so far */
	int links;
	char rest[PATH_MAX]; /* of the path, from there */
};

static int move_to(struct walk *walk, int fd)
{
	int error = -errno;

	if (fd < 0)
		return error;
	if (walk->fd >= 0)
		close(walk->fd);
	walk->fd = fd;
	return 0;
}

static int enter(struct walk *walk, const char *name)
{
	return move_to(walk, openat(walk->fd, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

/* A path that begins at the root, or where we are. */
static int begin(struct walk *walk)
{
	const char *start = walk->rest[0] == '/' ? "/" : ".";

	if (walk->rest[0] != '/' && walk->fd >= 0)
		return 0;
	return move_to(walk, open(start, O_PATH | O_DIRECTORY | O_CLOEXEC));
}

/* may_follow_link() of fs/namei.c */
static bool may_follow(const struct stat *folder, const struct stat *link)
{
	bool shared = folder->st_mode & S_ISVTX && folder->st_mode & S_IWOTH;

	return !shared || link->st_uid == geteuid() || link->st_uid == folder->st_uid;
}

/* Puts the link's target before the rest. */
static int follow(struct walk *walk, const char *name, const struct stat *link)
{
	char target[PATH_MAX], rest[PATH_MAX];
	struct stat folder;
	ssize_t length;

	if (fstat(walk->fd, &folder))
		return -errno;
	if (!may_follow(&folder, link) || ++walk->links > LINKS_MAX)
		return -ELOOP;
	length = readlinkat(walk->fd, name, target, sizeof(target));
	if (length < 0)
		return -errno;
	strcpy(rest, walk->rest);
	if (snprintf(walk->rest, sizeof(walk->rest), "%.*s/%s", (int)length, target, rest) >=
	    (int)sizeof(walk->rest))
		return -ENAMETOOLONG;
	return begin(walk);
}

/* Cuts the first name off the rest; empty when there is none. */
static void next_name(struct walk *walk, char name[NAME_MAX + 1])
{
	char *from = walk->rest + strspn(walk->rest, "/");
	size_t length = strcspn(from, "/");

	snprintf(name, NAME_MAX + 1, "%.*s", (int)length, from);
	memmove(walk->rest, from + length, strlen(from + length) + 1);
}

static int walk_to_end(struct walk *walk)
{
	char name[NAME_MAX + 1];
	struct stat status;
	int error = begin(walk);

	for (next_name(walk, name); !error && name[0]; next_name(walk, name)) {
		if (fstatat(walk->fd, name, &status, AT_SYMLINK_NOFOLLOW))
			return -errno;
		error = S_ISLNK(status.st_mode) ? follow(walk, name, &status) : enter(walk, name);
	}
	return error;
}

int out_folder_open(const char *path, int *fd, char **fixed_path)
{
	struct walk walk = { .fd = -1 };
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	int error;

	*fd = -1;
	*fixed_path = NULL;
	if (strlen(path) >= PATH_MAX)
		return -ENAMETOOLONG;
	snprintf(walk.rest, sizeof(walk.rest), "%.*s", (int)(name - path), path);
	error = walk_to_end(&walk);
	if (!error && asprintf(fixed_path, "/proc/self/fd/%d/%s", walk.fd, name) < 0)
		error = -ENOMEM;
	if (error && walk.fd >= 0)
		close(walk.fd);
	*fd = error ? -1 : walk.fd;
	return error;
}
