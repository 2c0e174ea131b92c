/* SPDX-License-Identifier: Apache-2.0 */
#include "base/stream.h"

#include <errno.h>

int stream_error(FILE *stream)
{
	if (!ferror(stream))
		return 0;
	return errno ? -errno : -EIO;
}
