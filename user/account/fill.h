/* SPDX-License-Identifier: Apache-2.0 */
/* Time into buckets. */
#ifndef ACCOUNT_FILL_H
#define ACCOUNT_FILL_H

#include "account/state.h"

#include <errno.h>

/* More rows than these are written at once: those of a CPU that was silent, or of a task that waited,
   for a long time. */
#define ROWS_KEPT_MAX 262144

/* One more bucket that some time is split into: 0, or -EOVERFLOW when those were too many. */
static inline int fill_spend(struct account *account)
{
	if (!account->splits_left)
		return -EOVERFLOW;
	account->splits_left--;
	return 0;
}

/* Sums the current bucket's cells. 0 or -ENOMEM. */
int fill_settle(struct account *account);

/* at_ns lies behind the current bucket: the one that holds it becomes current. 0 or -errno, as
   all. */
int fill_advance(struct account *account, uint64_t at_ns);

/* The CPU's time up to at_ns goes to its filler. */
int fill_cpu_slow(struct account *account, struct cpu *cpu, uint64_t at_ns);

/* The wait [at_ns - wait_ns, at_ns] of a life that got this CPU, but for its part in the bucket
   that starts at start_ns, which is returned in *here_ns. */
int fill_wait_slow(struct account *account, struct cpu *cpu, uint32_t slot, uint64_t at_ns,
		   uint64_t wait_ns, uint64_t *here_ns);

/* A row that is not there yet, or not where it was last. NULL without memory, as fill_row(). */
struct row *fill_row_slow(struct account *account, const struct cpu *cpu, uint32_t slot,
			  uint64_t start_ns);

static inline struct row *fill_row(struct account *account, const struct cpu *cpu, uint32_t slot,
				   uint64_t start_ns)
{
	const struct life *life = &account->lives[slot];
	struct row *row = rows_hinted(&account->rows, life->row, start_ns, life->task, cpu->number);

	return LIKELY(row != NULL) ? row : fill_row_slow(account, cpu, slot, start_ns);
}

/* Rows and cells of the current bucket so far; after fill_settle() that is exact. */
static inline uint64_t fill_rows_made(const struct account *account)
{
	return account->rows.slots_used + account->cells.count + account->kvm.rows.made +
	       account->kvm.rows.cells.count;
}

/* Start of the bucket that holds at_ns. */
static inline uint64_t fill_start(const struct account *account, uint64_t at_ns)
{
	if (LIKELY(at_ns >= account->grid.start_ns && at_ns < account->grid.end_ns))
		return account->grid.start_ns;
	return grid_start(&account->grid, at_ns);
}

/* The same, in the current bucket. */
static inline int fill_cpu(struct account *account, struct cpu *cpu, uint64_t at_ns)
{
	struct row *row;

	if (UNLIKELY(cpu->filled_ns < account->grid.start_ns || at_ns >= account->grid.end_ns ||
		     cpu->offline))
		return fill_cpu_slow(account, cpu, at_ns);
	if (at_ns <= cpu->filled_ns)
		return 0;
	row = fill_row(account, cpu, cpu->filler, account->grid.start_ns);
	if (!row)
		return -ENOMEM;
	row->run_ns += at_ns - cpu->filled_ns;
	cpu->filled_ns = at_ns;
	return 0;
}

#endif
