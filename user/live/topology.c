/* SPDX-License-Identifier: Apache-2.0 */
#include "live/topology.h"

#include "base/array.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SYSFS_CPU "/sys/devices/system/cpu"

/* Reads the first line of a small file of sysfs. */
static bool read_line(const char *path, char *line, int line_bytes)
{
	FILE *file = fopen(path, "re");
	bool got;

	if (!file)
		return false;
	got = fgets(line, line_bytes, file);
	fclose(file);
	return got;
}

static uint32_t read_topology_number(uint32_t cpu, const char *name)
{
	char path[128], line[32];

	snprintf(path, sizeof(path), SYSFS_CPU "/cpu%u/topology/%s", cpu, name);
	return read_line(path, line, sizeof(line)) ? (uint32_t)strtoul(line, NULL, 10) : 0;
}

/* The folder of a CPU links to its NUMA node as nodeN. */
static uint32_t read_node(uint32_t cpu)
{
	unsigned int node = 0;
	struct dirent *entry;
	char path[64];
	DIR *folder;

	snprintf(path, sizeof(path), SYSFS_CPU "/cpu%u", cpu);
	folder = opendir(path);
	if (!folder)
		return 0;
	while ((entry = readdir(folder)))
		if (sscanf(entry->d_name, "node%u", &node) == 1)
			break;
	closedir(folder);
	return node;
}

/* How many of the CPUs before this one are on the same core. */
static uint32_t count_siblings_before(const struct capture_cpu *cpus, size_t count)
{
	const struct capture_cpu *cpu = &cpus[count];
	uint32_t siblings = 0;

	for (size_t i = 0; i < count; i++)
		siblings += cpus[i].package == cpu->package && cpus[i].core == cpu->core;
	return siblings;
}

static int add_cpu(struct capture_cpu **cpus, size_t *count, size_t *capacity, uint32_t number)
{
	struct capture_cpu *cpu;

	if (ARRAY_RESERVE(*cpus, *capacity, *count + 1))
		return -ENOMEM;
	cpu = &(*cpus)[*count];
	cpu->cpu = number;
	cpu->package = read_topology_number(number, "physical_package_id");
	cpu->core = read_topology_number(number, "core_id");
	cpu->node = read_node(number);
	cpu->thread = count_siblings_before(*cpus, *count);
	(*count)++;
	return 0;
}

/* A list such as "0-3,8". */
int topology_read(struct capture_cpu **cpus, size_t *count)
{
	char line[4096], *rest = line;
	size_t capacity = 0;
	int error = 0;

	*cpus = NULL;
	*count = 0;
	if (!read_line(SYSFS_CPU "/online", line, sizeof(line)))
		return -ENOENT;
	while (*rest && *rest != '\n' && !error) {
		unsigned long first = strtoul(rest, &rest, 10);
		unsigned long last = *rest == '-' ? strtoul(rest + 1, &rest, 10) : first;

		for (unsigned long cpu = first; cpu <= last && !error; cpu++)
			error = add_cpu(cpus, count, &capacity, (uint32_t)cpu);
		rest += *rest == ',';
	}
	return error;
}
