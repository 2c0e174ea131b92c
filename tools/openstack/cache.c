/* SPDX-License-Identifier: Apache-2.0 */
#include "cache.h"

#include "base/array.h"
#include "base/out_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Who asked what of whom: FNV-1a, for a file's name. */
static uint64_t add_text(uint64_t hash, const char *text)
{
	if (text)
		for (; *text; text++)
			hash = (hash ^ (unsigned char)*text) * 0x100000001b3ULL;
	return (hash ^ 0xff) * 0x100000001b3ULL; /* where one text ends */
}

static uint64_t hash_of(const struct settings *settings, const char *host)
{
	static const enum setting who[] = {
		SET_AUTH_URL,
		SET_USERNAME,
		SET_USER_ID,
		SET_PROJECT_NAME,
		SET_PROJECT_ID,
		SET_DOMAIN_NAME,
		SET_DOMAIN_ID,
		SET_SYSTEM_SCOPE,
		SET_REGION_NAME,
		SET_APPLICATION_CREDENTIAL_ID,
		SET_APPLICATION_CREDENTIAL_NAME,
	};
	uint64_t hash = 0xcbf29ce484222325ULL;

	for (size_t i = 0; i < ARRAY_LENGTH(who); i++)
		hash = add_text(hash, settings->values[who[i]]);
	return add_text(hash, host);
}

int cache_path(const struct settings *settings, const char *host, const char *told,
	       char path[PATH_MAX])
{
	const char *folder = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	unsigned long long hash = hash_of(settings, host);
	int length;

	if (told)
		length = snprintf(path, PATH_MAX, "%s", told);
	else if (folder && *folder == '/')
		length = snprintf(path, PATH_MAX, "%s/pftrace/openstack-%016llx.csv", folder, hash);
	else if (home && *home == '/')
		length = snprintf(path, PATH_MAX, "%s/.cache/pftrace/openstack-%016llx.csv", home,
				  hash);
	else
		return -ENOENT;
	return length < PATH_MAX ? 0 : -ENAMETOOLONG;
}

/* The folders of `path`; those that are there stay as they are. */
static void make_folders(const char *path)
{
	char part[PATH_MAX];

	for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		snprintf(part, sizeof(part), "%.*s", (int)(slash - path), path);
		mkdir(part, 0700);
	}
}

int cache_write(const char *path, const struct servers *servers)
{
	struct out_file out;
	int error;

	make_folders(path);
	error = out_file_open(&out, path);
	if (error)
		return error;
	if (fchmod(fileno(out.stream), 0600))
		error = -errno;
	for (size_t i = 0; i < servers->count && !error; i++)
		if (servers->items[i].name)
			fprintf(out.stream, "%s,%s\n", servers->items[i].uuid,
				servers->items[i].name);
	if (!error)
		error = out_file_keep(&out);
	else
		out_file_drop(&out);
	return error;
}

static int add_line(struct servers *servers, char *line)
{
	line[strcspn(line, "\n")] = '\0';
	if (strlen(line) <= SERVERS_UUID_BYTES || line[SERVERS_UUID_BYTES] != ',')
		return 0;
	line[SERVERS_UUID_BYTES] = '\0';
	return servers_add(servers, line, line + SERVERS_UUID_BYTES + 1);
}

/* Nobody else may give us names: a file of another user's, or a link to one, is not read. */
static FILE *open_own(const char *path, time_t *when)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct stat status;

	if (fd < 0)
		return NULL;
	if (fstat(fd, &status) || !S_ISREG(status.st_mode) || status.st_uid != geteuid()) {
		close(fd);
		errno = EPERM;
		return NULL;
	}
	*when = status.st_mtime;
	return fdopen(fd, "r");
}

int cache_read(const char *path, struct servers *servers, time_t *when)
{
	FILE *file = open_own(path, when);
	size_t capacity = 0;
	char *line = NULL;
	int error = 0;

	if (!file)
		return -errno;
	while (!error && getline(&line, &capacity, file) > 0)
		error = add_line(servers, line);
	free(line);
	fclose(file);
	return error;
}
