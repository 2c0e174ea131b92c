/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A detail capture as a trace that ui.perfetto.dev opens: who ran on each core, with names and
 * states, counters of what each vCPU did, and what was lost.
 */
#ifndef REPORT_PERFETTO_H
#define REPORT_PERFETTO_H

#include "base/proto_writer.h"
#include "report/perfetto_losses.h"
#include "view/view.h"

#define PERFETTO_TABLES (1u << CAPTURE_SWITCHES | 1u << CAPTURE_VCPU_SAMPLES | 1u << CAPTURE_LOSSES)

struct perfetto_vcpu;

struct perfetto {
	struct capture_sink sink;
	const struct view *view;
	struct proto_writer proto;
	uint64_t zero_ns;      /* added to all times */
	bool knows_preemption; /* by the kernel's version, as Perfetto reads states */
	struct perfetto_losses losses;
	struct perfetto_vcpu *vcpus; /* by task of the view; NULL: no counters yet */
};

/* Ready to be read into; `view` and `file` are borrowed. The sink returns -errno of the file. */
void perfetto_init(struct perfetto *perfetto, const struct view *view, FILE *file);

/* After the read: what is left goes out. 0 or -errno of the file. */
int perfetto_finish(struct perfetto *perfetto);

#endif
