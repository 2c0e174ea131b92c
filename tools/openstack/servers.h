/* SPDX-License-Identifier: Apache-2.0 */
/* Instances of a cloud: uuid and name. */
#ifndef OPENSTACK_SERVERS_H
#define OPENSTACK_SERVERS_H

#include <stdbool.h>
#include <stddef.h>

#define SERVERS_UUID_BYTES 36

struct server {
	char uuid[SERVERS_UUID_BYTES + 1];
	char *name; /* cleaned; owned; NULL: it is there, its name is not known now */
};

struct servers {
	struct server *items;
	size_t count;
	size_t capacity;
	size_t nameless; /* of them */
};

/* True for 8-4-4-4-12 hexadecimal digits. */
bool servers_is_uuid(const char *text);

/* Adds a copy; what is no uuid is left out. `name` may be NULL. 0 or -ENOMEM. */
int servers_add(struct servers *servers, const char *uuid, const char *name);

/* The one with this uuid, or NULL. */
struct server *servers_find(const struct servers *servers, const char *uuid);

void servers_free(struct servers *servers);

#endif
