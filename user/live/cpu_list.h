/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of CPUs, as sysfs has them: "0-3,8". */
#ifndef LIVE_CPU_LIST_H
#define LIVE_CPU_LIST_H

#include <stddef.h>
#include <stdint.h>

/* The numbers in a list, in its order; to be freed. 0 or -ENOMEM. */
int cpu_list_parse(const char *text, uint32_t **numbers, size_t *count);

/* The same of a file. -ENOENT when it cannot be read. */
int cpu_list_read(const char *path, uint32_t **numbers, size_t *count);

/*
 * The value of a per-CPU map is one item for each possible CPU, in their order and without holes
 * (kernel/bpf/arraymap.c, bpf_percpu_array_copy()): moves each to the place of its CPU's number, and
 * makes zeros of the others. There is room for the highest number; numbers grow.
 */
void cpu_list_spread(void *items, size_t item_bytes, const uint32_t *numbers, size_t count);

#endif
