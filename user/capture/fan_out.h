/* SPDX-License-Identifier: Apache-2.0 */
/* One sink in front of several: one pass over a capture feeds many consumers. */
#ifndef CAPTURE_FAN_OUT_H
#define CAPTURE_FAN_OUT_H

#include "capture/capture.h"

#define FAN_OUT_MAX 16

struct fan_out {
	struct capture_sink sink;
	size_t count;
	struct capture_sink *sinks[FAN_OUT_MAX]; /* borrowed; called in this order */
};

/* Ready for fan_out_add(). */
void fan_out_init(struct fan_out *fan_out);
/* At most FAN_OUT_MAX. */
void fan_out_add(struct fan_out *fan_out, struct capture_sink *sink);

#endif
