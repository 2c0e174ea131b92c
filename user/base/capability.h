/* SPDX-License-Identifier: Apache-2.0 */
/* This process's capabilities (capabilities(7)), a bit each: 1 << CAP_BPF. */
#ifndef BASE_CAPABILITY_H
#define BASE_CAPABILITY_H

#include <linux/capability.h>
#include <stdbool.h>
#include <stdint.h>

#define CAPABILITY(number) (1ULL << (number))

struct capabilities {
	uint64_t effective;
	uint64_t permitted;
};

/* All 0 when the kernel does not tell. */
struct capabilities capability_read(void);

/*
 * Sets both, and lets no program that is executed inherit any. What is not permitted now cannot be
 * asked for. 0 or -errno.
 */
int capability_set(struct capabilities wanted);

#endif
