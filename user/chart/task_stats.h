/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What each task did in a view's window: run time, switches, waits; percentiles of lengths where
 * cells were read, too. Read the tables TASK_STATS_TABLES (and `cells` for percentiles) into sink.
 */
#ifndef CHART_TASK_STATS_H
#define CHART_TASK_STATS_H

#include "chart/length_counts.h"
#include "capture/capture.h"

#define TASK_STATS_TABLES (1u << CAPTURE_SAMPLES)

/* Sums of the samples of one task; partial rows of one key add up. */
struct task_stats_row {
	uint64_t run_ns;
	uint64_t switches;
	uint64_t voluntary;
	uint64_t involuntary;
	uint64_t migrations;
	uint64_t wait_ns; /* CAPTURE_NIL, like the two below: not known of any row */
	uint64_t wait_max_ns;
	uint64_t wait_max_at_ns;
};

enum task_stats_length { TASK_STATS_RUN, TASK_STATS_SLEEP, TASK_STATS_WAIT, TASK_STATS_LENGTHS };

struct task_stats_lengths {
	struct length_counts of[TASK_STATS_LENGTHS];
};

struct task_stats {
	struct capture_sink sink;
	size_t count; /* tasks of the view that have rows are below this */
	struct task_stats_row *tasks;
	size_t task_capacity;
	size_t length_count; /* likewise, of cells */
	struct task_stats_lengths *lengths;
	size_t length_capacity;
	struct task_stats_row unknown; /* rows without a known task */
	uint32_t steps_per_octave;
};

/* The sink returns -ENOMEM, or -EBADMSG for a task number that cannot be. */
void task_stats_init(struct task_stats *stats);
void task_stats_free(struct task_stats *stats);

/* The sums of a task of the view, task_stats_none without a row. */
const struct task_stats_row *task_stats_of(const struct task_stats *stats, uint64_t task);

/* Adds `row` to `sum`; start the sum with task_stats_none. */
void task_stats_add(struct task_stats_row *sum, const struct task_stats_row *row);
extern const struct task_stats_row task_stats_none;

/* The average wait before a switch-in, CAPTURE_NIL when not known. */
uint64_t task_stats_wait_average_ns(const struct task_stats_row *row);

/* A percentile of a task's lengths, CAPTURE_NIL when there are none. */
uint64_t task_stats_percentile_ns(const struct task_stats *stats, size_t task,
				  enum task_stats_length length, double share);

#endif
