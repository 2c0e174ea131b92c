/* SPDX-License-Identifier: Apache-2.0 */
/* What tracefs tells of tracepoints, also where nobody has mounted it. */
#ifndef LIVE_TRACEFS_H
#define LIVE_TRACEFS_H

#include <stdio.h>

/*
 * Opens a file of an event, say of("kvm/kvm_exit", "format"), for reading. The caller closes it. NULL
 * with errno: EACCES when it may not be read, ENOENT when it is not there, or tracefs is not mounted
 * and there is no right to see it nevertheless (CAP_SYS_ADMIN, Linux 5.2).
 */
FILE *tracefs_open_event(const char *event, const char *file);

#endif
