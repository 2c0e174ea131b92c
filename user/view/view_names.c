/* SPDX-License-Identifier: Apache-2.0 */
#include "view/view_names.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * kernel/workqueue.c, create_worker(): "kworker/CPU:ID" and "kworker/CPU:IDH", or "kworker/uPOOL:ID"
 * for workers bound to no CPU ("kworker/R-NAME" is a rescuer and belongs to one queue).
 */
static bool is_worker(const char *name, size_t slash)
{
	return slash == strlen("kworker") && strncmp(name, "kworker", slash) == 0;
}

size_t view_names_shared_length(const char *name)
{
	const char *slash = strrchr(name, '/');
	size_t length = strlen(name);
	const char *number, *rest;
	bool unbound;

	if (!slash)
		return length;
	unbound = slash[1] == 'u' && is_worker(name, (size_t)(slash - name));
	number = slash + 1 + unbound;
	rest = number + strspn(number, "0123456789");
	if (rest == number)
		return length;
	if (*rest && !(*rest == ':' && is_worker(name, (size_t)(slash - name))))
		return length;
	return (size_t)(slash - name) + (unbound ? 2 : 0);
}

/* ---- the order ---- */

#define KEY_BYTES 256

/* Where the group's number begins and ends in "NAME.GROUP.PART". False for any other name. */
static bool find_group(const char *name, const char **number, const char **rest)
{
	for (const char *dot = strchr(name, '.'); dot; dot = strchr(dot + 1, '.')) {
		size_t digits = strspn(dot + 1, "0123456789");

		*number = dot + 1;
		*rest = dot + 1 + digits;
		if (digits && digits < 10 && **rest == '.' && dot > name)
			return true;
	}
	return false;
}

/* "CSR.1.vcpu0" -> "01.CSR.vcpu0" in `key`; names without a group as they are. */
static const char *order_key(const char *name, char key[KEY_BYTES])
{
	const char *number, *rest;

	if (!find_group(name, &number, &rest))
		return name;
	snprintf(key, KEY_BYTES, "%02lu.%.*s%s", strtoul(number, NULL, 10),
		 (int)(number - name - 1), name, rest);
	return key;
}

/* Two numbers by value; *one and *other go behind them. */
static int compare_numbers(const char **one, const char **other)
{
	size_t length, other_length;
	int result;

	*one += strspn(*one, "0");
	*other += strspn(*other, "0");
	length = strspn(*one, "0123456789");
	other_length = strspn(*other, "0123456789");
	if (length != other_length)
		return length < other_length ? -1 : 1;
	result = strncmp(*one, *other, length);
	*one += length;
	*other += length;
	return result;
}

static int compare_keys(const char *one, const char *other)
{
	while (*one && *other) {
		int result;

		if (isdigit((unsigned char)*one) && isdigit((unsigned char)*other))
			result = compare_numbers(&one, &other);
		else
			result = (unsigned char)*one++ - (unsigned char)*other++;
		if (result)
			return result;
	}
	return (unsigned char)*one - (unsigned char)*other;
}

int view_names_compare(const char *one, const char *other)
{
	char key[KEY_BYTES], other_key[KEY_BYTES];
	int result = compare_keys(order_key(one, key), order_key(other, other_key));

	return result ? result : strcmp(one, other);
}
