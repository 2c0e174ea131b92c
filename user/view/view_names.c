/* SPDX-License-Identifier: Apache-2.0 */
#include "view/view_names.h"

#include <stdbool.h>
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
