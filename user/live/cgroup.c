/* SPDX-License-Identifier: Apache-2.0 */
#include "live/cgroup.h"

#include "base/array.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* include/linux/exportfs.h, FILEID_KERNFS: the handle is the 64-bit node id, which for a cgroup is
   its id (kernfs_fh_to_dentry, from 4.14). */
#define FILEID_KERNFS 0xfe

/* So many are remembered. Whoever may make cgroups may make them without end. */
#define KNOWN_MAX 8192

union handle {
	struct file_handle handle;
	char bytes[sizeof(struct file_handle) + sizeof(uint64_t)];
};

struct known_cgroup {
	uint64_t id;
	char *path; /* NULL: tried in vain */
};

struct cgroup_paths {
	char *mount_point;
	int mount_fd;
	struct known_cgroup *known; /* sorted by id */
	size_t count;
	size_t capacity;
};

/* Field 5 of /proc/self/mountinfo is the mount point, the type follows " - " (proc(5)). */
static char *find_mount_point(void)
{
	FILE *file = fopen("/proc/self/mountinfo", "re");
	char *found = NULL, *line = NULL;
	size_t line_bytes = 0;
	char point[PATH_MAX];

	if (!file)
		return NULL;
	while (!found && getline(&line, &line_bytes, file) > 0) {
		const char *type = strstr(line, " - ");

		if (type && strncmp(type + 3, "cgroup2 ", 8) == 0 &&
		    sscanf(line, "%*s %*s %*s %*s %4095s", point) == 1)
			found = strdup(point);
	}
	free(line);
	fclose(file);
	return found;
}

struct cgroup_paths *cgroup_paths_new(void)
{
	struct cgroup_paths *paths = calloc(1, sizeof(*paths));

	if (!paths)
		return NULL;
	paths->mount_fd = -1;
	paths->mount_point = find_mount_point();
	if (paths->mount_point)
		paths->mount_fd = open(paths->mount_point, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return paths;
}

static void forget_all(struct cgroup_paths *paths)
{
	for (size_t i = 0; i < paths->count; i++)
		free(paths->known[i].path);
	paths->count = 0;
}

void cgroup_paths_free(struct cgroup_paths *paths)
{
	if (!paths)
		return;
	forget_all(paths);
	free(paths->known);
	if (paths->mount_fd >= 0)
		close(paths->mount_fd);
	free(paths->mount_point);
	free(paths);
}

/* The path behind an open folder, below the mount point. */
static char *path_of_fd(const struct cgroup_paths *paths, int fd)
{
	size_t skip = strlen(paths->mount_point);
	char link[64], path[PATH_MAX];
	ssize_t length;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	length = readlink(link, path, sizeof(path) - 1);
	if (length < 0 || (size_t)length < skip)
		return NULL;
	path[length] = '\0';
	return strdup(path[skip] ? path + skip : "/");
}

static char *resolve(const struct cgroup_paths *paths, uint64_t id)
{
	union handle request = { .handle = { .handle_bytes = sizeof(id),
					     .handle_type = FILEID_KERNFS } };
	char *path;
	int fd;

	if (paths->mount_fd < 0)
		return NULL;
	memcpy(request.handle.f_handle, &id, sizeof(id));
	fd = open_by_handle_at(paths->mount_fd, &request.handle, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	path = path_of_fd(paths, fd);
	close(fd);
	return path;
}

/* Opens the hierarchy's root by a handle, as resolve() opens others. */
int cgroup_paths_offered(const struct cgroup_paths *paths)
{
	union handle request = { .handle = { .handle_bytes = sizeof(uint64_t) } };
	int mount_id, fd;

	if (paths->mount_fd < 0)
		return -ENOENT;
	if (name_to_handle_at(paths->mount_fd, "", &request.handle, &mount_id, AT_EMPTY_PATH))
		return -errno;
	fd = open_by_handle_at(paths->mount_fd, &request.handle, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

/* Where this id is, or would go. */
static size_t position_of(const struct cgroup_paths *paths, uint64_t id)
{
	size_t low = 0, high = paths->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (paths->known[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const char *cgroup_path(struct cgroup_paths *paths, uint64_t id)
{
	size_t position = position_of(paths, id);
	struct known_cgroup *known;

	if (position < paths->count && paths->known[position].id == id)
		return paths->known[position].path;
	if (paths->count == KNOWN_MAX) { /* those that are still there are soon known again */
		forget_all(paths);
		position = 0;
	}
	if (ARRAY_RESERVE(paths->known, paths->capacity, paths->count + 1))
		return NULL;
	known = &paths->known[position];
	memmove(known + 1, known, (paths->count - position) * sizeof(*known));
	known->id = id;
	known->path = resolve(paths, id);
	paths->count++;
	return known->path;
}
