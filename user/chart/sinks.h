/* SPDX-License-Identifier: Apache-2.0 */
/* What most chart sinks share: one pass that feeds several, and calls that ignore what comes. */
#ifndef CHART_SINKS_H
#define CHART_SINKS_H

#include "capture/capture.h"

#define SINK_TEE_MAX 8

/* Hands everything to each of `sinks` in turn, which it borrows; stops at the first error. */
struct sink_tee {
	struct capture_sink sink; /* first: the address of both is the same */
	struct capture_sink *sinks[SINK_TEE_MAX];
	size_t count;
};

void sink_tee_init(struct sink_tee *tee);
/* 0, or -ENOSPC when there are SINK_TEE_MAX. */
int sink_tee_add(struct sink_tee *tee, struct capture_sink *sink);

/* A sink that looks at batches only. */
struct capture_sink sink_of_batches(int (*batch)(struct capture_sink *sink,
						 const struct capture_batch *batch));

#endif
