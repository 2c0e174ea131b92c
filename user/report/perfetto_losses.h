/* SPDX-License-Identifier: Apache-2.0 */
/* A track of what a capture missed: where switches are missing, who reads the trace must see it. */
#ifndef REPORT_PERFETTO_LOSSES_H
#define REPORT_PERFETTO_LOSSES_H

#include "base/proto_writer.h"
#include "capture/capture.h"

struct perfetto_losses {
	uint64_t from_ns; /* what was lost before is not told */
	bool described;
	uint64_t count[LOSS_CAUSES]; /* as it was told last */
	uint64_t switches[LOSS_CAUSES];
};

/*
 * Rows of the table `losses`: an instant for each cause that has grown since the row before, of all
 * that may lie behind it. Times in the trace are `zero_ns` later. 0 or -errno of the file.
 */
int perfetto_losses_take(struct perfetto_losses *losses, const struct capture_batch *batch,
			 struct proto_writer *proto, uint64_t zero_ns);

#endif
