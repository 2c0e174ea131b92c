/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIM_COMPARE_H
#define SIM_COMPARE_H

#include "sim.h"

#define NOBODY INT64_MIN

/* One run's rows beside the oracle's. */
struct comparison {
	struct sim_result *result;
	struct sim_grid grid;
	struct sim_oracle oracle;
	struct sim_rows rows; /* account's */
	int64_t *tasks;	      /* account's key -> index */
	size_t key_count;
	bool exact; /* nothing lost, missed or late: equal to the nanosecond */
	bool timed; /* rows are compared bucket by bucket */
	uint64_t lost_ns_allowed;
	uint64_t cells_allowed;
	uint64_t nobodies; /* lives whose begin and name could not be matched */
	uint64_t nobodies_allowed;
};

/* Notes what differs; false. */
bool differs(struct comparison *c, const char *format, ...) __attribute__((format(printf, 2, 3)));

const struct tallied_table *table(const struct comparison *c, enum capture_table which);

/* The buckets that account cut, from its rows. */
void take_grid(struct comparison *c);

/* Whose each of account's keys is. False: some are nobody's, or one is two. */
bool take_tasks(struct comparison *c);

/* Account's rows and cells, with the machine's tasks. */
void take_rows(struct comparison *c);

#endif
