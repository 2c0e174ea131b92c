/* SPDX-License-Identifier: Apache-2.0 */
#include "live/topology.h"

#include "base/array.h"
#include "live/cpu_list.h"

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

int topology_read(struct capture_cpu **cpus, size_t *count)
{
	uint32_t *numbers = NULL;
	size_t number_count = 0, capacity = 0;
	int error = cpu_list_read(SYSFS_CPU "/online", &numbers, &number_count);

	*cpus = NULL;
	*count = 0;
	for (size_t i = 0; i < number_count && !error; i++)
		error = add_cpu(cpus, count, &capacity, numbers[i]);
	free(numbers);
	return error;
}
