/* SPDX-License-Identifier: Apache-2.0 */
/* An openrc file: lines "export OS_NAME=value" of a shell script, read and never executed. */
#ifndef OPENSTACK_OPENRC_H
#define OPENSTACK_OPENRC_H

struct settings;

/*
 * Takes the assignments of OS_* variables. A value that the shell would have to compute ($X, `x`) is
 * left out, with a line on stderr that names file and line. 0, or -errno after a line on stderr.
 */
int openrc_read(struct settings *settings, const char *path);

#endif
