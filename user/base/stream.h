/* SPDX-License-Identifier: Apache-2.0 */
/* What stdio tells of writes that failed. */
#ifndef BASE_STREAM_H
#define BASE_STREAM_H

#include <stdio.h>

/*
 * 0, or -errno of a write that failed. To be asked right behind the writes, with no other calls
 * between that may fail: the stream itself remembers only that there was one.
 */
int stream_error(FILE *stream);

#endif
