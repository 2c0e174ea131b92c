/* SPDX-License-Identifier: Apache-2.0 */
#include "account/kvm_rows.h"

#include "account/flush.h"
#include "account/selection.h"
#include "account/state.h"
#include "base/array.h"

#include <errno.h>
#include <stdlib.h>

int kvm_rows_init(struct kvm_rows *rows)
{
	return cells_init(&rows->cells);
}

void kvm_rows_free(struct kvm_rows *rows)
{
	cells_free(&rows->cells);
	free(rows->states);
	free(rows->exits);
	free(rows->reasons);
}

int kvm_rows_reason(struct kvm_rows *rows, enum account_isa isa, uint64_t reason)
{
	for (size_t i = 0; i < rows->reason_count; i++)
		if (rows->reasons[i].reason == reason && rows->reasons[i].isa == isa)
			return (int)i;
	if (rows->reason_count == KVM_REASONS_MAX)
		return -ENOSPC;
	if (ARRAY_RESERVE(rows->reasons, rows->reason_capacity, rows->reason_count + 1))
		return -ENOMEM;
	rows->reasons[rows->reason_count] = (struct kvm_reason){ .reason = reason, .isa = isa };
	return (int)rows->reason_count++;
}

int kvm_rows_keep_states(struct kvm_rows *rows, const struct kvm_state_row *row)
{
	if (ARRAY_RESERVE(rows->states, rows->state_capacity, rows->state_count + 1))
		return -ENOMEM;
	rows->states[rows->state_count++] = *row;
	return 0;
}

int kvm_rows_keep_exits(struct kvm_rows *rows, const struct kvm_exit_row *row)
{
	if (ARRAY_RESERVE(rows->exits, rows->exit_capacity, rows->exit_count + 1))
		return -ENOMEM;
	rows->exits[rows->exit_count++] = *row;
	return 0;
}

size_t kvm_rows_pending(const struct kvm_rows *rows)
{
	return rows->state_count + rows->exit_count + rows->cells.older_count + rows->cells.count;
}

static bool same_key(const struct sort_item *a, const struct sort_item *b)
{
	return a->high == b->high && a->low == b->low;
}

static uint64_t bucket_ns_at(const struct account *account, uint64_t start_ns)
{
	return grid_part_at(&account->grid, start_ns)->bucket_ns;
}

/* ---- states ---- */

/* Without switches only the guest's time is apart from the rest. */
static uint64_t off_cpu(const struct account *account, uint64_t ns)
{
	return account->options.sched_recorded ? ns : CAPTURE_NIL;
}

static int write_states(struct account *account, const struct kvm_state_row *row)
{
	uint64_t bucket_ns = bucket_ns_at(account, row->start_ns);
	const uint64_t values[VCPU_SAMPLES_COLUMNS] = {
		[VCPU_SAMPLES_BUCKET] = in_part(account, row->start_ns) / bucket_ns,
		[VCPU_SAMPLES_TASK] = row->task,
		[VCPU_SAMPLES_GUEST_NS] = row->ns[KVM_GUEST],
		[VCPU_SAMPLES_HOST_NS] = row->ns[KVM_HOST],
		[VCPU_SAMPLES_HALTED_NS] = off_cpu(account, row->ns[KVM_HALTED]),
		[VCPU_SAMPLES_BLOCKED_NS] = off_cpu(account, row->ns[KVM_BLOCKED]),
		[VCPU_SAMPLES_WAITING_NS] = off_cpu(account, row->ns[KVM_WAITING]),
	};

	return output_row(&account->output, CAPTURE_VCPU_SAMPLES, bucket_ns, values);
}

static int write_sorted_states(struct account *account, const struct sort_item *items, size_t count)
{
	const struct kvm_state_row *rows = account->kvm.rows.states;
	int error = 0;

	for (size_t i = 0; i < count && !error;) {
		size_t first = i++;
		struct kvm_state_row sum = rows[items[first].value];

		for (; i < count && same_key(&items[i], &items[first]); i++)
			for (int state = 0; state < KVM_STATES; state++)
				sum.ns[state] += rows[items[i].value].ns[state];
		error = write_states(account, &sum);
	}
	return error ? error : output_done(&account->output);
}

static int flush_states(struct account *account, uint64_t until_ns)
{
	struct kvm_rows *rows = &account->kvm.rows;
	struct sort_item *items = malloc((2 * rows->state_count + 1) * sizeof(*items));
	size_t count = 0, kept = 0;
	int error;

	if (!items)
		return -ENOMEM;
	for (size_t i = 0; i < rows->state_count; i++) {
		struct kvm_state_row *row = &rows->states[i];

		if (row->start_ns >= until_ns)
			continue;
		row->task = selection_shown(account, row->task);
		items[count++] = (struct sort_item){ row->start_ns, row->task, i };
	}
	sort_items(items, items + count, count);
	error = write_sorted_states(account, items, count);
	free(items);
	for (size_t i = 0; i < rows->state_count; i++)
		if (rows->states[i].start_ns >= until_ns)
			rows->states[kept++] = rows->states[i];
	rows->state_count = kept;
	return error;
}

/* ---- exits ---- */

static void add_exits(struct kvm_exit_row *sum, const struct kvm_exit_row *more)
{
	sum->count += more->count;
	sum->unpaired += more->unpaired;
	sum->host_ns += more->host_ns;
	sum->off_ns += more->off_ns;
	sum->guest_ns += more->guest_ns;
	sum->off_unknown |= more->off_unknown;
	if (more->host_min_ns < sum->host_min_ns) /* CAPTURE_NIL is the largest */
		sum->host_min_ns = more->host_min_ns;
	if (more->host_max_ns > sum->host_max_ns)
		sum->host_max_ns = more->host_max_ns;
}

static int write_exits(struct account *account, const struct kvm_exit_row *row)
{
	uint64_t bucket_ns = bucket_ns_at(account, row->start_ns);
	const struct kvm_reason *reason = &account->kvm.rows.reasons[row->reason];
	bool off_known = account->options.sched_recorded && !row->off_unknown;
	const uint64_t values[EXITS_COLUMNS] = {
		[EXITS_BUCKET] = in_part(account, row->start_ns) / bucket_ns,
		[EXITS_TASK] = row->task,
		[EXITS_ISA] = account->words.isas[reason->isa],
		[EXITS_REASON] = reason->reason,
		[EXITS_COUNT] = row->count,
		[EXITS_HOST_NS] = row->host_ns,
		[EXITS_OFF_NS] = off_known ? row->off_ns : CAPTURE_NIL,
		[EXITS_HOST_MIN_NS] = row->host_min_ns,
		[EXITS_HOST_MAX_NS] = row->count ? row->host_max_ns : CAPTURE_NIL,
		[EXITS_GUEST_NS] = row->guest_ns,
		[EXITS_UNPAIRED] = row->unpaired,
	};

	return output_row(&account->output, CAPTURE_EXITS, bucket_ns, values);
}

static int write_sorted_exits(struct account *account, const struct sort_item *items, size_t count)
{
	const struct kvm_exit_row *rows = account->kvm.rows.exits;
	int error = 0;

	for (size_t i = 0; i < count && !error;) {
		size_t first = i++;
		struct kvm_exit_row sum = rows[items[first].value];

		for (; i < count && same_key(&items[i], &items[first]); i++)
			add_exits(&sum, &rows[items[i].value]);
		error = write_exits(account, &sum);
	}
	return error ? error : output_done(&account->output);
}

static int flush_exits(struct account *account, uint64_t until_ns)
{
	struct kvm_rows *rows = &account->kvm.rows;
	struct sort_item *items = malloc((2 * rows->exit_count + 1) * sizeof(*items));
	size_t count = 0, kept = 0;
	int error;

	if (!items)
		return -ENOMEM;
	for (size_t i = 0; i < rows->exit_count; i++) {
		struct kvm_exit_row *row = &rows->exits[i];

		if (row->start_ns >= until_ns)
			continue;
		row->task = selection_shown(account, row->task);
		items[count++] = (struct sort_item){
			.high = row->start_ns,
			.low = (uint64_t)row->task << 16 | row->reason,
			.value = i,
		};
	}
	sort_items(items, items + count, count);
	error = write_sorted_exits(account, items, count);
	free(items);
	for (size_t i = 0; i < rows->exit_count; i++)
		if (rows->exits[i].start_ns >= until_ns)
			rows->exits[kept++] = rows->exits[i];
	rows->exit_count = kept;
	return error;
}

/* ---- cells by reason ---- */

static int write_exit_cell(struct account *account, const struct sort_item *cell, uint64_t count)
{
	uint64_t bucket_ns = bucket_ns_at(account, cell->high);
	const struct kvm_reason *reason = &account->kvm.rows.reasons[CELL_KIND(cell->low)];
	const uint64_t values[EXIT_CELLS_COLUMNS] = {
		[EXIT_CELLS_BUCKET] = in_part(account, cell->high) / bucket_ns,
		[EXIT_CELLS_TASK] = CELL_TASK(cell->low),
		[EXIT_CELLS_ISA] = account->words.isas[reason->isa],
		[EXIT_CELLS_REASON] = reason->reason,
		[EXIT_CELLS_BIN] = CELL_BIN(cell->low),
		[EXIT_CELLS_COUNT] = count,
	};

	return output_row(&account->output, CAPTURE_EXIT_CELLS, bucket_ns, values);
}

int kvm_rows_flush(struct account *account, uint64_t until_ns)
{
	int error = flush_states(account, until_ns);

	if (!error)
		error = flush_exits(account, until_ns);
	if (error)
		return error;
	return flush_cells(account, &account->kvm.rows.cells, until_ns, write_exit_cell);
}
