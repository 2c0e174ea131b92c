/* SPDX-License-Identifier: Apache-2.0 */
/* What a cgroup's path says, in short. */
#ifndef NAMES_CGROUP_NAME_H
#define NAMES_CGROUP_NAME_H

#include "names/task_name.h"

/*
 * A short name for a cgroup: "nginx" for /system.slice/nginx.service, "docker-0123456789ab" for a
 * container, "pod8f81e3a1/0123456789ab" for one of a Kubernetes pod, the name of a VM or of a machine
 * that systemd-machined knows. False for the root.
 */
bool cgroup_name_short(const char *path, char name[NAMES_NAME_BYTES]);

/* The name that libvirt's cgroup has for a VM: "machine-qemu\x2d1\x2dNAME.scope" (systemd), or
   "NAME.libvirt-qemu", anywhere in the path. False: none. */
bool cgroup_name_vm(const char *path, char name[NAMES_NAME_BYTES]);

/* Which part of a VM libvirt has in this cgroup, its last folder: "vcpu0", "emulator", "iothread1".
   NULL: it is none of these; else within the path. */
const char *cgroup_name_part(const char *path);

/*
 * The path that tells most in the text of /proc/TID/cgroup, its line cut off there (`text` is
 * changed): of the v2 hierarchy, or of v1's cpuset, cpu, memory or name=systemd. NULL: none but the root.
 */
const char *cgroup_name_path(char *text);

#endif
