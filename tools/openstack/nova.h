/* SPDX-License-Identifier: Apache-2.0 */
/* The instances that Nova's Compute API lists. */
#ifndef OPENSTACK_NOVA_H
#define OPENSTACK_NOVA_H

#include "keystone.h"
#include "servers.h"

struct nova_options {
	const char *host; /* only instances of this compute node; NULL: all */
	/* Those of the last answer. Where Nova keeps silent about a cell that is down, they tell of it. */
	const struct servers *known;
};

/*
 * Adds all instances, of all tenants where that is allowed (else of its own, which is said). Gets a new
 * token when the one it has ends in between. Those of a cell that is down have no name. 0, or after a
 * line on stderr as keystone_authenticate(); servers then has a part.
 */
int nova_list(struct http *http, const struct settings *settings, struct session *session,
	      const struct nova_options *options, struct servers *servers);

#endif
