/* SPDX-License-Identifier: Apache-2.0 */
#include "servers.h"

#include "base/array.h"
#include "base/clean.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool servers_is_uuid(const char *text)
{
	for (size_t i = 0; i < SERVERS_UUID_BYTES; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? text[i] != '-' : !isxdigit((unsigned char)text[i]))
			return false;
	}
	return !text[SERVERS_UUID_BYTES];
}

int servers_add(struct servers *servers, const char *uuid, const char *name)
{
	struct server *server;

	if (!servers_is_uuid(uuid))
		return 0;
	if (ARRAY_RESERVE(servers->items, servers->capacity, servers->count + 1))
		return -ENOMEM;
	server = &servers->items[servers->count];
	memcpy(server->uuid, uuid, sizeof(server->uuid));
	server->name = name && *name ? strdup(name) : NULL;
	if (name && *name && !server->name)
		return -ENOMEM;
	if (server->name)
		clean_text(server->name, strlen(server->name));
	else
		servers->nameless++;
	servers->count++;
	return 0;
}

struct server *servers_find(const struct servers *servers, const char *uuid)
{
	for (size_t i = 0; i < servers->count; i++)
		if (strcmp(servers->items[i].uuid, uuid) == 0)
			return &servers->items[i];
	return NULL;
}

void servers_free(struct servers *servers)
{
	for (size_t i = 0; i < servers->count; i++)
		free(servers->items[i].name);
	free(servers->items);
	*servers = (struct servers){ 0 };
}
