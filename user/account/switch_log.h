/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Switches one by one, for detail captures: held until there are many, then written core by core,
 * where a task that leaves is the one that came before.
 */
#ifndef ACCOUNT_SWITCH_LOG_H
#define ACCOUNT_SWITCH_LOG_H

#include "account/output.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct string_pool;

#define SWITCH_LOG_CPUS 65536

/* The states beyond those of account.h. */
enum switch_log_state {
	SWITCH_LOG_PREEMPTED = 8,
	SWITCH_LOG_UNKNOWN,
	SWITCH_LOG_FOUND, /* no switch: who runs is found, or lost */
	SWITCH_LOG_STATES,
};

struct switch_log_row {
	uint64_t at_ns;
	uint64_t wait_ns; /* of next; CAPTURE_NIL: not known */
	uint32_t task;
	uint32_t next; /* 0: not known */
	uint16_t cpu;
	uint8_t state; /* enum account_state or the above */
};

struct switch_log {
	struct switch_log_row *rows;
	uint32_t *order; /* indices, core by core */
	size_t count;
	uint64_t words[SWITCH_LOG_STATES]; /* of states, as ids */
};

/* Takes the memory. 0 or -ENOMEM. */
int switch_log_init(struct switch_log *log, struct string_pool *strings);
void switch_log_free(struct switch_log *log);

/* True: it must be written before a row can be added. */
bool switch_log_is_full(const struct switch_log *log);

/* Rows of one CPU come in time order. */
static inline void switch_log_add(struct switch_log *log, const struct switch_log_row *row)
{
	log->rows[log->count++] = *row;
}

/* Writes all rows, whose tasks have been written before, with times since zero_ns. 0 or the sink's
   error. */
int switch_log_write(struct switch_log *log, struct output *output, uint64_t zero_ns);

#endif
