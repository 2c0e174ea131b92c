/* SPDX-License-Identifier: Apache-2.0 */
#include "live/cpu_list.h"

#include "base/array.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int cpu_list_parse(const char *text, uint32_t **numbers, size_t *count)
{
	size_t capacity = 0;

	*numbers = NULL;
	*count = 0;
	while (*text >= '0' && *text <= '9') {
		char *rest;
		unsigned long first = strtoul(text, &rest, 10);
		unsigned long last = *rest == '-' ? strtoul(rest + 1, &rest, 10) : first;

		for (unsigned long cpu = first; cpu <= last; cpu++) {
			if (ARRAY_RESERVE(*numbers, capacity, *count + 1)) {
				free(*numbers);
				*numbers = NULL;
				return -ENOMEM;
			}
			(*numbers)[(*count)++] = (uint32_t)cpu;
		}
		text = rest + (*rest == ',');
	}
	return 0;
}

int cpu_list_read(const char *path, uint32_t **numbers, size_t *count)
{
	FILE *file = fopen(path, "re");
	char line[4096];
	char *got;

	if (!file)
		return -ENOENT;
	got = fgets(line, sizeof(line), file);
	fclose(file);
	return got ? cpu_list_parse(line, numbers, count) : -ENOENT;
}

void cpu_list_spread(void *items, size_t item_bytes, const uint32_t *numbers, size_t count)
{
	char *bytes = items;

	/* from behind: no CPU has a lower number than its place, and none is overwritten unread */
	for (size_t i = count; i-- > 0;) {
		if (numbers[i] == i)
			return;
		memcpy(bytes + numbers[i] * item_bytes, bytes + i * item_bytes, item_bytes);
		memset(bytes + i * item_bytes, 0, item_bytes);
	}
}
