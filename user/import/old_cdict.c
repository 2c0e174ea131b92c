/* SPDX-License-Identifier: Apache-2.0 */
#include "import/old_cdict.h"

#include <errno.h>
#include <stdio.h>

int old_cdict_read(int fd, const struct import_options *options, struct capture_sink *sink,
		   struct import_result *result, char message[IMPORT_MESSAGE_BYTES])
{
	(void)fd;
	(void)sink;
	(void)result;
	snprintf(message, IMPORT_MESSAGE_BYTES, "'%s' is a cdict of perfwhiz", options->path);
	return -ENOTSUP;
}
