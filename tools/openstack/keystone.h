/* SPDX-License-Identifier: Apache-2.0 */
/* A token of Keystone's Identity API v3, and where its catalogue says that Nova is. */
#ifndef OPENSTACK_KEYSTONE_H
#define OPENSTACK_KEYSTONE_H

#include <stdbool.h>

struct http;
struct settings;

struct session {
	char token[8192];
	char compute_url[2048]; /* without a "/" at its end */
};

/*
 * Authenticates. 0, or after a line on stderr: -EACCES: it does not take these credentials; -ENOENT:
 * there is no compute endpoint as asked for; -EINVAL: it does not take the question; -EHOSTUNREACH: it
 * does not answer, or nothing of sense.
 */
int keystone_authenticate(struct http *http, const struct settings *settings,
			  struct session *session);

/* Overwrites the token. */
void session_wipe(struct session *session);

#endif
