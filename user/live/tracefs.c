/* SPDX-License-Identifier: Apache-2.0 */
#include "live/tracefs.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

static FILE *open_below(int folder, const char *path)
{
	int fd = openat(folder, path, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? NULL : fdopen(fd, "r");
}

static FILE *open_mounted(const char *path)
{
	static const char *const folders[] = { "/sys/kernel/tracing", "/sys/kernel/debug/tracing" };
	FILE *file = NULL;

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]) && !file; i++) {
		int folder = open(folders[i], O_PATH | O_DIRECTORY | O_CLOEXEC);

		if (folder >= 0) {
			file = open_below(folder, path);
			close(folder);
		}
		if (!file && errno == EACCES)
			break;
	}
	return file;
}

/* A mount that has no place in the tree, and goes with its last file: fsmount(2). The host's own
   mounts stay as they are. */
static int mount_unseen(void)
{
	int context = fsopen("tracefs", FSOPEN_CLOEXEC);
	int folder;

	if (context < 0)
		return -1;
	folder = fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0)
			 ? -1
			 : fsmount(context, FSMOUNT_CLOEXEC, MOUNT_ATTR_RDONLY);
	close(context);
	return folder;
}

static FILE *open_unseen(const char *path)
{
	int folder = mount_unseen();
	FILE *file = folder < 0 ? NULL : open_below(folder, path);

	if (folder >= 0)
		close(folder);
	if (!file)
		errno = ENOENT;
	return file;
}

FILE *tracefs_open_event(const char *event, const char *file)
{
	char path[128];
	FILE *opened;

	snprintf(path, sizeof(path), "events/%s/%s", event, file);
	opened = open_mounted(path);
	return opened || errno != ENOENT ? opened : open_unseen(path);
}
