/* SPDX-License-Identifier: Apache-2.0 */
/* What each core did in a view's window. Read the tables CORE_STATS_TABLES into sink, all rows. */
#ifndef CHART_CORE_STATS_H
#define CHART_CORE_STATS_H

#include "capture/capture.h"

#define CORE_STATS_TABLES (1u << CAPTURE_TASKS | 1u << CAPTURE_SAMPLES | 1u << CAPTURE_CPUS)

/* No kernel has so many (NR_CPUS is at most 8192 on x86); a number beyond is -EBADMSG. */
#define CORE_STATS_CPU_MAX 65535

struct core_stats_row {
	bool seen;	     /* in the header or in a row */
	uint64_t busy_ns;    /* tasks, kernel threads, vCPUs */
	uint64_t idle_ns;    /* the idle task */
	uint64_t unknown_ns; /* nobody's: the core ran, but it is not known who */
	uint64_t offline_ns;
	uint64_t rest_ns; /* of the window, told by none of these: lost */
	uint64_t switches;
	size_t absences; /* so many absences end with this core's last one; 0: none yet */
};

struct core_stats_absence {
	uint32_t cpu;
	uint64_t from_ns;
	uint64_t to_ns; /* CAPTURE_NIL: until the end */
};

struct core_stats {
	struct capture_sink sink;
	size_t count; /* CPU numbers are below this */
	size_t capacity;
	struct core_stats_row *cores; /* by CPU number */
	uint64_t length_ns;	      /* of the window, after core_stats_finish */

	unsigned char *kinds; /* of tasks, by number */
	size_t task_count;
	size_t kind_capacity;
	struct core_stats_absence *absences; /* a core's last may be open */
	size_t absence_count;
	size_t absence_capacity;
};

/* The sink returns -ENOMEM, or -EBADMSG for a CPU or task number that cannot be. */
void core_stats_init(struct core_stats *stats);
void core_stats_free(struct core_stats *stats);

/* After the read, with what the view covered: offline times and the rest. */
void core_stats_finish(struct core_stats *stats, uint64_t from_ns, uint64_t to_ns);

#endif
