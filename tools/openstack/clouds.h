/* SPDX-License-Identifier: Apache-2.0 */
/* clouds.yaml (and secure.yaml, which adds secrets to it), as openstacksdk reads them. */
#ifndef OPENSTACK_CLOUDS_H
#define OPENSTACK_CLOUDS_H

struct settings;

/*
 * Takes the settings of cloud `name` from `path`, or, when that is NULL, from the first clouds.yaml of
 * OS_CLIENT_CONFIG_FILE, this folder, ~/.config/openstack and /etc/openstack, and from the secure.yaml
 * beside it. 0, or -errno after a line on stderr.
 */
int clouds_read(struct settings *settings, const char *name, const char *path);

#endif
