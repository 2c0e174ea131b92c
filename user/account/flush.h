/* SPDX-License-Identifier: Apache-2.0 */
/* Rows go out. All return 0, -ENOMEM or the sink's error. */
#ifndef ACCOUNT_FLUSH_H
#define ACCOUNT_FLUSH_H

#include "account/state.h"

/* Rows of tasks that are new or changed. */
int flush_tasks(struct account *account);

/* Rows and cells of the buckets that start before until_ns, sorted; tasks first. */
int flush_rows(struct account *account, uint64_t until_ns);

/* The totals told so far, when they are many, or all; memory for them is free again. */
int flush_totals(struct account *account, bool all);

/* One row a cause, cumulated. */
int flush_losses(struct account *account, uint64_t at_ns);

/* One row of cells: the bucket's start (high), the key (low), how many. */
typedef int flush_cell(struct account *account, const struct sort_item *cell, uint64_t count);

/* Cells of the buckets that start before until_ns; the current bucket's have been moved. */
int flush_cells(struct account *account, struct cells *cells, uint64_t until_ns, flush_cell *write);

/* The CPU goes, or comes back. */
int flush_online(struct account *account, const struct cpu *cpu, uint64_t at_ns, bool online);

/*
 * All up to at_ns, where something ends: each CPU's and vCPU's time, rows of the buckets that start
 * before until_ns, single switches. `end_states` is kvm_cut() or kvm_end().
 */
int flush_all(struct account *account, uint64_t at_ns, uint64_t until_ns,
	      int (*end_states)(struct account *, uint64_t));

#endif
