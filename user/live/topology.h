/* SPDX-License-Identifier: Apache-2.0 */
/* The CPUs of this machine: which are possible, which are online, how they hang together. */
#ifndef LIVE_TOPOLOGY_H
#define LIVE_TOPOLOGY_H

#include "capture/capture.h"

/*
 * The online CPUs with their place in the topology (/sys/devices/system/cpu), ascending. *cpus is
 * the caller's to free. 0 or -errno.
 */
int topology_read(struct capture_cpu **cpus, size_t *count);

#endif
