/* SPDX-License-Identifier: Apache-2.0 */
/* What a capture says of itself: header, rows, losses, proof, cost. Two printers. */
#ifndef REPORT_INFO_REPORT_H
#define REPORT_INFO_REPORT_H

#include "capture/capture.h"
#include "cdict/cdict.h"
#include "chart/loss_stats.h"

#include <stdio.h>

struct info_report {
	const char *path;
	const struct capture_header *header;
	const struct cdict_summary *summary;
	const struct loss_stats *losses;
};

/* Samples + losses against totals, summed over the CPUs; nil where a CPU has no totals. */
struct info_proof {
	uint64_t samples_switches;
	uint64_t samples_run_ns;
	uint64_t lost_switches;
	uint64_t lost_run_ns;
	uint64_t totals_switches;
	uint64_t totals_run_ns;
	size_t cpus;
	size_t cpus_different;
};
void info_proof_sum(const struct capture_end *end, struct info_proof *proof);

/* Packages, cores and NUMA nodes of a header's CPUs. */
struct info_topology {
	size_t packages;
	size_t cores;
	size_t nodes;
};
void info_topology_count(const struct capture_header *header, struct info_topology *topology);

/* Lines for people. Returns 0, or -errno when the file takes no more. */
int info_print_text(const struct info_report *report, FILE *file);
/* One JSON object, exact. Likewise. */
int info_print_json(const struct info_report *report, FILE *file);

#endif
