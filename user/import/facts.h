/* SPDX-License-Identifier: Apache-2.0 */
/* What the first megabyte of a text tells of its recording: the machine, CPUs, the first event. */
#ifndef IMPORT_FACTS_H
#define IMPORT_FACTS_H

#include "capture/capture.h"
#include "capture/exit_reason.h"
#include "import/event_line.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct facts {
	bool has_events;
	uint64_t first_ns;    /* times as the recording has them */
	uint64_t last_ns;     /* of what was looked at */
	uint64_t duration_ns; /* as perf's header tells it; 0: not told */
	char host[65];
	char kernel[65];
	char arch[65];
	bool cpus[EVENT_LINE_CPUS];
	bool has_switches;
	bool has_kvm;
	enum exit_isa isa; /* EXIT_ISAS: not told */
};

/* `facts` is all zero at first, but for isa. */
void facts_read(struct facts *facts, const char *text, size_t length);

/* False where KVM's events alone were recorded. */
bool facts_has_switches(const struct facts *facts);

/* Fills `header` in, but for the bucket; `cpus` has room for EVENT_LINE_CPUS. */
void facts_header(const struct facts *facts, struct capture_cpu *cpus,
		  struct capture_header *header);

/* The bucket for a recording of this length (0: not known). */
uint64_t facts_bucket_ns(uint64_t duration_ns);

#endif
