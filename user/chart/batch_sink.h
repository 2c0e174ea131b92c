/* SPDX-License-Identifier: Apache-2.0 */
/* What most chart sinks are: they look at batches, and ignore where a capture begins and ends. */
#ifndef CHART_BATCH_SINK_H
#define CHART_BATCH_SINK_H

#include "capture/capture.h"

struct capture_sink batch_sink(int (*batch)(struct capture_sink *sink,
					    const struct capture_batch *batch));

#endif
