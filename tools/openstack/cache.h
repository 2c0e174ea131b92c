/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The last whole answer of a cloud, for when it does not answer: a file of rows "uuid,name" below the
 * user's cache folder, readable to the user alone. No secret is in it.
 */
#ifndef OPENSTACK_CACHE_H
#define OPENSTACK_CACHE_H

#include "servers.h"
#include "settings.h"

#include <limits.h>
#include <time.h>

/*
 * The file for these settings (another cloud, region, user or scope has another one): `told`, or one in
 * XDG_CACHE_HOME or ~/.cache. 0, or -ENOENT where there is no home.
 */
int cache_path(const struct settings *settings, const char *host, const char *told,
	       char path[PATH_MAX]);

/* Makes the folder and replaces the file. 0 or -errno. */
int cache_write(const char *path, const struct servers *servers);

/* Adds what the file has; *when is when it was written. 0 or -errno. */
int cache_read(const char *path, struct servers *servers, time_t *when);

#endif
