/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of a capture and their columns (cdict(5) documents each for users). */
#ifndef CAPTURE_TABLE_H
#define CAPTURE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* "Not known", which is something else than 0; never a value that was measured. */
#define CAPTURE_NIL UINT64_MAX

enum capture_table {
	CAPTURE_TASKS,
	CAPTURE_SAMPLES,
	CAPTURE_VCPU_SAMPLES,
	CAPTURE_CELLS,
	CAPTURE_EXITS,
	CAPTURE_EXIT_CELLS,
	CAPTURE_TOTALS,
	CAPTURE_EXIT_TOTALS,
	CAPTURE_SWITCHES,
	CAPTURE_SUCCESSORS,
	CAPTURE_CPUS,
	CAPTURE_LOSSES,
	CAPTURE_TABLES, /* how many */
};

#define CAPTURE_COLUMNS_MAX 20

enum capture_column_type {
	CAPTURE_INTEGER, /* unsigned, or CAPTURE_NIL */
	CAPTURE_STRING,	 /* an id in the batch's string pool, or CAPTURE_NIL */
};

struct capture_column {
	const char *name;
	enum capture_column_type type;
};

struct capture_table_info {
	const char *name;
	bool bucketed; /* rows belong to a bucket: column 0 */
	size_t column_count;
	struct capture_column columns[CAPTURE_COLUMNS_MAX];
};

/* Column numbers, for code that builds or reads rows. */
enum capture_tasks_column {
	TASKS_TASK,
	TASKS_TID,
	TASKS_TGID,
	TASKS_START_NS, /* task_struct.start_time: ns of CLOCK_MONOTONIC since boot */
	TASKS_END_NS,	/* ns since the capture's zero; NIL while alive */
	TASKS_COMM,
	TASKS_NAME, /* annotated name, or NIL */
	TASKS_KIND, /* task, kthread, idle, vcpu, other, unknown */
	TASKS_VM,
	TASKS_VCPU,
	TASKS_CGROUP,
	TASKS_FIRST_VOLUNTARY, /* the kernel's own counters at first sight ... */
	TASKS_FIRST_INVOLUNTARY,
	TASKS_FIRST_RUN_DELAY_NS,
	TASKS_FIRST_RUN_NS,
	TASKS_LAST_VOLUNTARY, /* ... and at last sight */
	TASKS_LAST_INVOLUNTARY,
	TASKS_LAST_RUN_DELAY_NS,
	TASKS_LAST_RUN_NS,
	TASKS_COLUMNS,
};

enum capture_samples_column {
	SAMPLES_BUCKET,
	SAMPLES_TASK,
	SAMPLES_CPU,
	SAMPLES_RUN_NS,
	SAMPLES_SWITCHES,
	SAMPLES_VOLUNTARY,
	SAMPLES_INVOLUNTARY,
	SAMPLES_MIGRATIONS,
	SAMPLES_WAIT_NS,
	SAMPLES_WAIT_MAX_NS,
	SAMPLES_WAIT_MAX_AT_NS,
	SAMPLES_COLUMNS,
};

enum capture_vcpu_samples_column {
	VCPU_SAMPLES_BUCKET,
	VCPU_SAMPLES_TASK,
	VCPU_SAMPLES_GUEST_NS,
	VCPU_SAMPLES_HOST_NS,
	VCPU_SAMPLES_HALTED_NS,
	VCPU_SAMPLES_BLOCKED_NS,
	VCPU_SAMPLES_WAITING_NS,
	VCPU_SAMPLES_COLUMNS,
};

enum capture_cells_column {
	CELLS_BUCKET,
	CELLS_TASK,
	CELLS_KIND, /* run, sleep, wait, guest, host */
	CELLS_BIN,  /* capture/histogram.h */
	CELLS_COUNT,
	CELLS_COLUMNS,
};

enum capture_exits_column {
	EXITS_BUCKET,
	EXITS_TASK,
	EXITS_ISA,
	EXITS_REASON,
	EXITS_COUNT,
	EXITS_HOST_NS,
	EXITS_OFF_NS,
	EXITS_HOST_MIN_NS,
	EXITS_HOST_MAX_NS,
	EXITS_GUEST_NS,
	EXITS_UNPAIRED,
	EXITS_COLUMNS,
};

enum capture_exit_cells_column {
	EXIT_CELLS_BUCKET,
	EXIT_CELLS_TASK,
	EXIT_CELLS_ISA,
	EXIT_CELLS_REASON,
	EXIT_CELLS_BIN,
	EXIT_CELLS_COUNT,
	EXIT_CELLS_COLUMNS,
};

enum capture_totals_column {
	TOTALS_TASK,
	TOTALS_CPU,
	TOTALS_RUN_NS,
	TOTALS_SWITCHES,
	TOTALS_VOLUNTARY,
	TOTALS_INVOLUNTARY,
	TOTALS_COLUMNS,
};

enum capture_exit_totals_column {
	EXIT_TOTALS_TASK,
	EXIT_TOTALS_ISA,
	EXIT_TOTALS_REASON,
	EXIT_TOTALS_COUNT,
	EXIT_TOTALS_HOST_NS,
	EXIT_TOTALS_HOST_MAX_NS,
	EXIT_TOTALS_COLUMNS,
};

enum capture_switches_column {
	SWITCHES_AT_NS, /* difference to the row before; the first row's to base_ns */
	SWITCHES_CPU,
	SWITCHES_TASK,
	SWITCHES_NEXT,
	SWITCHES_STATE,
	SWITCHES_WAIT_US, /* next's; in ns it would be a byte more a switch on disk */
	SWITCHES_COLUMNS,
};

enum capture_successors_column {
	SUCCESSORS_TASK,
	SUCCESSORS_NEXT,
	SUCCESSORS_COUNT,
	SUCCESSORS_COLUMNS,
};

enum capture_cpus_column {
	CPUS_CPU,
	CPUS_AT_NS,
	CPUS_ONLINE, /* 1 or 0 */
	CPUS_COLUMNS,
};

enum capture_losses_column {
	LOSSES_AT_NS,
	LOSSES_CAUSE, /* a word of enum capture_loss_cause */
	LOSSES_COUNT,
	LOSSES_SWITCHES,
	LOSSES_RUN_NS,
	LOSSES_COLUMNS,
};

/* Name and columns of a table. */
const struct capture_table_info *capture_table_info(enum capture_table table);

/* The table of this name, or -ENOENT. */
int capture_table_find(const char *name);

/*
 * Rows of one table, bounded in number (CAPTURE_BATCH_ROWS at most). Everything belongs to whoever
 * pushes the batch and is valid during the call only.
 */
#define CAPTURE_BATCH_ROWS 65536

struct string_pool;

struct capture_batch {
	enum capture_table table;
	uint64_t bucket_ns; /* length of the buckets these rows count in; 0 for tables without */
	uint64_t base_ns;   /* switches: what the first at_ns is a difference to */
	size_t rows;
	const uint64_t *columns[CAPTURE_COLUMNS_MAX];
	const struct string_pool *strings;
};

#endif
