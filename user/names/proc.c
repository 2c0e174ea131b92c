/* SPDX-License-Identifier: Apache-2.0 */
#include "names/proc.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int open_file(const char *root, uint32_t tgid, uint32_t tid, const char *name)
{
	char path[PATH_MAX];
	int fd;

	if (tid)
		snprintf(path, sizeof(path), "%s/%u/task/%u/%s", root, tgid, tid, name);
	else
		snprintf(path, sizeof(path), "%s/%u/%s", root, tgid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

ssize_t proc_read(const char *root, uint32_t tgid, uint32_t tid, const char *name, char *text,
		  size_t size)
{
	int fd = open_file(root, tgid, tid, name);
	size_t length = 0;
	ssize_t got = 0;

	text[0] = '\0';
	if (fd < 0)
		return fd;
	while (length < size - 1 && (got = read(fd, text + length, size - 1 - length)) > 0)
		length += (size_t)got;
	if (got < 0)
		got = -errno;
	close(fd);
	text[length] = '\0';
	return got < 0 ? got : (ssize_t)length;
}

/* readdir() of a task folder goes along the process's list of threads, where new ones come last
   (proc_task_readdir() in fs/proc/base.c). */
size_t proc_threads(const char *root, uint32_t tgid, uint32_t *tids, size_t max)
{
	char path[PATH_MAX];
	struct dirent *entry;
	size_t count = 0;
	DIR *folder;

	snprintf(path, sizeof(path), "%s/%u/task", root, tgid);
	folder = opendir(path);
	if (!folder)
		return 0;
	while (count < max && (entry = readdir(folder)))
		if (isdigit((unsigned char)entry->d_name[0]))
			tids[count++] = (uint32_t)strtoul(entry->d_name, NULL, 10);
	closedir(folder);
	return count;
}

/* PROC_PID_INIT_INO in include/linux/proc_ns.h */
#define FIRST_PID_NAMESPACE "pid:[4026531836]"

bool proc_is_of_host(const char *root)
{
	char path[PATH_MAX], link[64];
	ssize_t length;

	snprintf(path, sizeof(path), "%s/self/ns/pid", root);
	length = readlink(path, link, sizeof(link) - 1);
	if (length < 0)
		return false;
	link[length] = '\0';
	return strcmp(link, FIRST_PID_NAMESPACE) == 0;
}

bool proc_shows_all(const char *root)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/1/cmdline", root);
	return access(path, R_OK) == 0;
}
