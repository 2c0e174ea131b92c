/* SPDX-License-Identifier: Apache-2.0 */
/* Paths of control groups (v2, the default hierarchy) from the ids that the kernel side sends. */
#ifndef LIVE_CGROUP_H
#define LIVE_CGROUP_H

#include <stdint.h>

struct cgroup_paths;

/* NULL without memory. Works (and knows no path) where there is no v2 hierarchy. */
struct cgroup_paths *cgroup_paths_new(void);
void cgroup_paths_free(struct cgroup_paths *paths);

/*
 * The path of a cgroup below its hierarchy's root, "/" for the root; NULL when it is not known,
 * e.g. because the cgroup was removed. Remembered for a while; valid until the next call.
 */
const char *cgroup_path(struct cgroup_paths *paths, uint64_t id);

/* 0 when paths can be told; -ENOENT: there is no v2 hierarchy; -EPERM: CAP_DAC_READ_SEARCH is missing. */
int cgroup_paths_offered(const struct cgroup_paths *paths);

#endif
