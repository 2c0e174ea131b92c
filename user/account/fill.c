/* SPDX-License-Identifier: Apache-2.0 */
#include "account/fill.h"

#include "account/flush.h"
#include "account/lives.h"

/* No doubling to more than a minute. */
#define BUCKET_NS_MAX 60000000000ULL
#define NS_PER_S 1000000000ULL

/* Rows and cells made so far that are not counted in the window yet. */
static void count_rows(struct account *account)
{
	account->window_rows += fill_rows_made(account);
	account->kvm.rows.made = 0;
}

static uint64_t bucket_max_ns(const struct account *account)
{
	return account->options.bucket_max_ns ? account->options.bucket_max_ns : BUCKET_NS_MAX;
}

/* Buckets double when the rows of a second were made in less, or longer ones hold too many. */
static void double_buckets(struct account *account)
{
	uint64_t max = account->options.rows_per_s_max;
	uint64_t start_ns = account->grid.start_ns;
	uint64_t window_ns = start_ns - account->window_ns;
	double seconds = window_ns > NS_PER_S ? (double)window_ns / NS_PER_S : 1.0;
	bool doubled = false;

	if (!max)
		return;
	if ((double)account->window_rows > (double)max * seconds &&
	    grid_bucket_ns(&account->grid) * 2 <= bucket_max_ns(account))
		doubled = grid_double(&account->grid);
	if (!doubled && window_ns < NS_PER_S)
		return;
	account->window_ns = start_ns;
	account->window_rows = 0;
}

int fill_settle(struct account *account)
{
	int error = cells_settle(&account->cells);

	if (!error && account->options.kvm)
		error = cells_settle(&account->kvm.rows.cells);
	return error;
}

int fill_advance(struct account *account, uint64_t at_ns)
{
	int error = fill_settle(account);

	if (error)
		return error;
	count_rows(account);
	grid_advance(&account->grid, at_ns);
	double_buckets(account);
	rows_advance(&account->rows, account->grid.start_ns);
	error = cells_advance(&account->cells, account->grid.start_ns);
	if (!error && account->options.kvm)
		error = cells_advance(&account->kvm.rows.cells, account->grid.start_ns);
	if (!error && account->rows.count + account->cells.older_count +
				      kvm_rows_pending(&account->kvm.rows) >
			      ROWS_KEPT_MAX)
		error = flush_rows(account, account->grid.start_ns);
	return error;
}

struct row *fill_row_slow(struct account *account, const struct cpu *cpu, uint32_t slot,
			  uint64_t start_ns)
{
	struct life *life = &account->lives[slot];
	uint32_t index;

	if (life_tell(account, slot))
		return NULL;
	index = rows_find(&account->rows, start_ns, life->task, cpu->number);
	if (index == UINT32_MAX)
		return NULL;
	life->row = index;
	return &account->rows.items[index];
}

/* Adds to the row of each bucket that [from_ns, to_ns) touches. */
static int split(struct account *account, const struct cpu *cpu, uint32_t slot, uint64_t from_ns,
		 uint64_t to_ns, bool wait)
{
	while (from_ns < to_ns) {
		uint64_t end_ns = grid_end(&account->grid, from_ns);
		uint64_t until_ns = end_ns < to_ns ? end_ns : to_ns;
		struct row *row = fill_row(account, cpu, slot, grid_start(&account->grid, from_ns));
		int error = fill_spend(account);

		if (error || !row)
			return error ? error : -ENOMEM;
		if (wait) {
			row->wait_ns += until_ns - from_ns;
			row->wait_flags |= WAIT_KNOWN;
		} else {
			row->run_ns += until_ns - from_ns;
		}
		from_ns = until_ns;
		if (account->rows.count <= ROWS_KEPT_MAX)
			continue;
		error = flush_rows(account, account->grid.start_ns);
		if (error)
			return error;
	}
	return 0;
}

int fill_cpu_slow(struct account *account, struct cpu *cpu, uint64_t at_ns)
{
	uint64_t from_ns = cpu->filled_ns;

	if (at_ns <= from_ns)
		return 0;
	cpu->filled_ns = at_ns;
	if (cpu->offline)
		return 0;
	return split(account, cpu, cpu->filler, from_ns, at_ns, false);
}

/* The part that a wait began in is closed: what it lasted there goes to the first bucket of this. */
static int add_before(struct account *account, const struct cpu *cpu, uint32_t slot,
		      uint64_t wait_ns)
{
	struct row *row = fill_row(account, cpu, slot, account->part.zero_ns);

	if (!row)
		return -ENOMEM;
	row->wait_ns += wait_ns;
	row->wait_flags |= WAIT_KNOWN;
	return 0;
}

int fill_wait_slow(struct account *account, struct cpu *cpu, uint32_t slot, uint64_t at_ns,
		   uint64_t wait_ns, uint64_t *here_ns)
{
	uint64_t start_ns = fill_start(account, at_ns), zero_ns = account->part.zero_ns;
	uint64_t from_ns = wait_ns < at_ns ? at_ns - wait_ns : 0;
	uint64_t before_ns = 0;
	int error;

	if (from_ns < zero_ns) {
		before_ns = zero_ns - from_ns;
		from_ns = zero_ns;
	}
	*here_ns = at_ns - (from_ns > start_ns ? from_ns : start_ns);
	error = split(account, cpu, slot, from_ns, start_ns, true);
	return error || !before_ns ? error : add_before(account, cpu, slot, before_ns);
}
