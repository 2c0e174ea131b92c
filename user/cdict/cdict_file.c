/* SPDX-License-Identifier: Apache-2.0 */
#include "cdict/cdict_file.h"

#include "base/open_name.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * Room is reserved by fallocate(2) with FALLOC_FL_KEEP_SIZE: blocks behind the end of the file,
 * which readers do not see and which ftruncate(2), also to the same length, gives back. NFS before
 * 4.2 and some FUSE file systems cannot.
 */
static int reserve(struct cdict_file *file, uint64_t bytes)
{
	while (file->reserves) {
		if (fallocate(file->fd, FALLOC_FL_KEEP_SIZE, (off_t)file->end, (off_t)bytes) == 0)
			return 0;
		if (errno == EOPNOTSUPP || errno == ENOSYS)
			file->reserves = false;
		else if (errno != EINTR)
			return -errno;
	}
	return 0;
}

static int write_at(int fd, const char *bytes, size_t length, uint64_t at)
{
	while (length) {
		ssize_t written = pwrite(fd, bytes, length, (off_t)at);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return -errno;
		if (written == 0)
			return -EIO;
		bytes += written;
		length -= (size_t)written;
		at += (uint64_t)written;
	}
	return 0;
}

static void release(struct cdict_file *file)
{
	if (file->fd >= 0)
		close(file->fd);
	free(file->path);
	free(file->part_path);
	*file = (struct cdict_file){ .fd = -1 };
}

/*
 * The rename at the end puts the file in the place of whatever has its name: done by root, that
 * would be the end of /dev/null, or of /dev/stdout, a link into /proc also when it leads to a file.
 */
static int refuse_what_is_no_file(const char *path)
{
	struct stat status;

	if (stat(path, &status) == 0 && S_ISDIR(status.st_mode))
		return -EISDIR;
	if (stat(path, &status) == 0 && !S_ISREG(status.st_mode))
		return -ENOTSUP;
	return open_name_find(path) == -ENOENT ? 0 : -ENOTSUP;
}

int cdict_file_create(struct cdict_file *file, const char *path, uint64_t room)
{
	int err = refuse_what_is_no_file(path);

	*file = (struct cdict_file){ .fd = -1, .reserves = true };
	if (err)
		return err;
	err = -ENOMEM;
	file->path = strdup(path);
	if (!file->path || asprintf(&file->part_path, "%s.part", path) < 0) {
		file->part_path = NULL;
		goto out;
	}
	file->fd = open(file->part_path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (file->fd < 0) {
		err = -errno;
		goto out;
	}
	err = reserve(file, room);
	if (err)
		unlink(file->part_path);
out:
	if (err)
		release(file);
	return err;
}

/* Not all file systems can make a file without a name: there it loses it at once. */
static int open_unnamed(const char *folder)
{
	int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	char *path;

	if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR))
		return fd < 0 ? -errno : fd;
	if (asprintf(&path, "%s/pftrace-XXXXXX", folder) < 0)
		return -ENOMEM;
	fd = mkostemp(path, O_CLOEXEC);
	fd = fd < 0 ? -errno : fd;
	if (fd >= 0)
		unlink(path);
	free(path);
	return fd;
}

int cdict_file_create_unnamed(struct cdict_file *file, const char *folder, uint64_t room)
{
	int err;

	*file = (struct cdict_file){ .fd = open_unnamed(folder), .reserves = true };
	if (file->fd < 0)
		return file->fd;
	err = reserve(file, room);
	if (err)
		release(file);
	return err;
}

int cdict_file_create_in_memory(struct cdict_file *file)
{
	*file = (struct cdict_file){ .fd = memfd_create("pftrace", MFD_CLOEXEC) };
	return file->fd < 0 ? -errno : 0;
}

int cdict_file_append_last(struct cdict_file *file, const void *bytes, size_t length)
{
	int err = write_at(file->fd, bytes, length, file->end);

	if (err)
		return err;
	file->previous = file->end;
	file->end += length;
	return 0;
}

int cdict_file_append(struct cdict_file *file, const void *bytes, size_t length, uint64_t room)
{
	int err = reserve(file, length + room);

	return err ? err : cdict_file_append_last(file, bytes, length);
}

/*
 * Nothing is truncated here: that would give the reserved room back, to whoever else fills the
 * disk. The closing messages are written over what is behind the end.
 */
bool cdict_file_cut_back(struct cdict_file *file)
{
	if (file->reserves || !file->previous)
		return false;
	file->end = file->previous;
	return true;
}

static int give_room_back(struct cdict_file *file)
{
	return ftruncate(file->fd, (off_t)file->end) ? -errno : 0;
}

/* Somebody may have removed or replaced it. */
static bool is_still_ours(const struct cdict_file *file)
{
	struct stat ours, there;

	return fstat(file->fd, &ours) == 0 && lstat(file->part_path, &there) == 0 &&
	       ours.st_dev == there.st_dev && ours.st_ino == there.st_ino;
}

int cdict_file_finish(struct cdict_file *file)
{
	int err = give_room_back(file);

	if (!file->part_path) {
		release(file);
		return err;
	}
	/* some file systems cannot sync (EINVAL, EROFS): that loses nothing but safety */
	if (!err && fsync(file->fd) && errno != EINVAL && errno != EROFS)
		err = -errno;
	if (!err && !is_still_ours(file))
		err = -ESTALE;
	if (close(file->fd) && !err)
		err = -errno;
	file->fd = -1;
	if (!err && rename(file->part_path, file->path))
		err = -errno;
	release(file);
	return err;
}

void cdict_file_drop(struct cdict_file *file)
{
	if (file->part_path && is_still_ours(file))
		unlink(file->part_path);
	release(file);
}

void cdict_file_leave(struct cdict_file *file)
{
	if (file->fd >= 0)
		give_room_back(file);
	release(file);
}
