/* SPDX-License-Identifier: Apache-2.0 */
/* In which states vCPUs spent a view's window. Read VCPU_STATS_TABLES into sink. */
#ifndef CHART_VCPU_STATS_H
#define CHART_VCPU_STATS_H

#include "capture/capture.h"

#define VCPU_STATS_TABLES (1u << CAPTURE_VCPU_SAMPLES)

enum vcpu_state {
	VCPU_GUEST,
	VCPU_HOST,
	VCPU_HALTED,
	VCPU_BLOCKED,
	VCPU_WAITING,
	VCPU_STATES,
};

struct vcpu_stats_row {
	bool seen;
	uint64_t ns[VCPU_STATES]; /* each CAPTURE_NIL: not known of any row */
};

struct vcpu_stats {
	struct capture_sink sink;
	struct vcpu_stats_row *vcpus; /* by task of the view */
	size_t count;
};

/* The sink returns -ENOMEM, or -EBADMSG for a task number that cannot be. */
void vcpu_stats_init(struct vcpu_stats *stats);
void vcpu_stats_free(struct vcpu_stats *stats);

/* Adds `row` to `sum`, which begins as all zero. */
void vcpu_stats_add(struct vcpu_stats_row *sum, const struct vcpu_stats_row *row);

/* Time of all states that are known. */
uint64_t vcpu_stats_known_ns(const struct vcpu_stats_row *row);

#endif
