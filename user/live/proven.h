/* SPDX-License-Identifier: Apache-2.0 */
/* On which kernels pftrace was really run, and where it is only written to their source. */
#ifndef LIVE_PROVEN_H
#define LIVE_PROVEN_H

#include "live/probe.h"

#include <stddef.h>

struct proven {
	const char *machine;
	unsigned int major;
	unsigned int minor;
	const char *what;
};

/* All of them. */
const struct proven *proven_list(size_t *count);

/* What is only written to the kernel's source, each in some words. */
const char *const *proven_not(size_t *count);

/* True when this series was tried on this architecture. */
bool proven_includes(const struct probe *probe);

/* One line about this kernel: tried, between tried ones, older or newer than all, or another
   architecture. Constant. */
const char *proven_words(const struct probe *probe);

#endif
