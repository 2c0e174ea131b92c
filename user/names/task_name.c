/* SPDX-License-Identifier: Apache-2.0 */
#include "names/task_name.h"

#include "base/array.h"
#include "base/options.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

uint64_t task_name_vcpu(const char *part)
{
	if (strncmp(part, "vcpu", 4) != 0 || !options_is_number(part + 4) || strlen(part) > 12)
		return CAPTURE_NIL;
	return strtoull(part + 4, NULL, 10);
}

bool task_name_is_vm_part(const char *part)
{
	/* with or without a number behind */
	static const char *const parts[] = { "vcpu", "emulator", "iothread", "worker", "vhost" };

	for (size_t i = 0; i < ARRAY_LENGTH(parts); i++) {
		size_t length = strlen(parts[i]);

		if (strncmp(part, parts[i], length) == 0 &&
		    (!part[length] || options_is_number(part + length)))
			return true;
	}
	return false;
}

bool task_name_is_uuid(const char *text)
{
	for (size_t i = 0; i < NAMES_UUID_BYTES - 1; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? text[i] != '-' : !isxdigit((unsigned char)text[i]))
			return false;
	}
	return !text[NAMES_UUID_BYTES - 1];
}
