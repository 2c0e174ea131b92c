/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why vCPUs left their guests in a view's window and what that cost, by vCPU and kind of exit; added
 * up by VM or over all when asked. Read EXIT_STATS_TABLES into sink.
 */
#ifndef CHART_EXIT_STATS_H
#define CHART_EXIT_STATS_H

#include "base/number_map.h"
#include "chart/exit_kinds.h"
#include "chart/length_counts.h"

#define EXIT_STATS_TABLES (1u << CAPTURE_EXITS | 1u << CAPTURE_EXIT_CELLS)

/* Exits of one kind of one group. */
struct exit_stats_row {
	uint64_t group; /* a task of the view, or what it was added up by */
	uint64_t kind;	/* in exit_stats.kinds */
	uint64_t count;
	uint64_t unpaired;
	uint64_t host_ns;
	uint64_t off_ns; /* CAPTURE_NIL: not known of any */
	uint64_t host_min_ns;
	uint64_t host_max_ns; /* these two CAPTURE_NIL: there was none with a length */
	uint64_t guest_ns;
	struct length_counts lengths; /* of host time */
};

/* Rows by group and kind. */
struct exit_stats_rows {
	struct exit_stats_row *items;
	size_t count;
	size_t capacity;
	struct number_map places; /* group << 16 | kind */
};

struct exit_stats {
	struct capture_sink sink;
	struct exit_kinds kinds;
	struct exit_stats_rows rows; /* by task */
	uint32_t steps_per_octave;
};

/* The sink returns -ENOMEM, -EBADMSG for a task number that cannot be, -ERANGE for too many kinds. */
void exit_stats_init(struct exit_stats *stats);
void exit_stats_free(struct exit_stats *stats);

/* Zero bytes are no rows. */
void exit_stats_rows_free(struct exit_stats_rows *rows);

/* Adds a row to those of `group`. 0 or -ENOMEM. */
int exit_stats_add(struct exit_stats_rows *rows, uint64_t group, const struct exit_stats_row *row);

/* The row of a group and kind, or NULL. */
const struct exit_stats_row *exit_stats_find(const struct exit_stats_rows *rows, uint64_t group,
					     uint64_t kind);

/* The average host time of an exit, CAPTURE_NIL without one. */
uint64_t exit_stats_average_ns(const struct exit_stats_row *row);

#endif
