/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of pftrace-openstack. */
#ifndef OPENSTACK_OPTIONS_H
#define OPENSTACK_OPTIONS_H

#include <stdbool.h>

struct options {
	const char *openrc;
	const char *cloud; /* a name in clouds.yaml; else OS_CLOUD */
	const char *clouds_file;
	const char *region;
	const char *interface;
	const char *cacert;
	const char *host;
	const char *pattern;
	const char *name; /* the form of names that the pattern matches */
	const char *cache;
	bool no_cache;
	double timeout_s;
	bool help;
	bool version;
};

/* 0, or -EINVAL after a line on stderr. */
int options_parse(struct options *options, int argc, char **argv);

void options_help(void);

#endif
