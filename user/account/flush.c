/* SPDX-License-Identifier: Apache-2.0 */
#include "account/flush.h"

#include "account/fill.h"
#include "account/lives.h"
#include "account/selection.h"
#include "account/switches.h"
#include "account/texts.h"
#include "base/array.h"
#include "base/string_pool.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- tasks ---- */

/* KVM knows a vCPU that whoever named it could not tell from other threads of its VM. */
static uint64_t name_of(struct account *account, const struct life_who *who)
{
	const char *vm = string_pool_text(account->strings, who->vm);
	uint64_t id = STRING_NONE;
	char *text;

	if (!who->name_is_open || who->vcpu == CAPTURE_NIL || !vm)
		return who->name;
	if (asprintf(&text, "%s.vcpu%" PRIu64, vm, who->vcpu) >= 0) {
		id = string_pool_add(account->strings, text);
		free(text);
	}
	return id == STRING_NONE ? who->name : id;
}

/* Within account all that has no tid has 0, as the cores' idle tasks do have. */
static uint64_t tid_of(const struct account *account, uint32_t slot)
{
	return slot == UNKNOWN_LIFE || slot == account->other_life ? CAPTURE_NIL
								   : account->lives[slot].tid;
}

static int write_task(struct account *account, uint32_t slot)
{
	const struct life *life = &account->lives[slot];
	const struct life_who *who = &account->who[slot];
	const uint64_t values[TASKS_COLUMNS] = {
		[TASKS_TASK] = life->task,
		[TASKS_TID] = tid_of(account, slot),
		[TASKS_TGID] = who->tgid,
		[TASKS_START_NS] = who->start_ns,
		[TASKS_END_NS] =
			who->end_ns == CAPTURE_NIL ? CAPTURE_NIL : in_part(account, who->end_ns),
		[TASKS_COMM] = who->comm,
		[TASKS_NAME] = name_of(account, who),
		[TASKS_KIND] = who->is_vcpu ? account->words.vcpu : who->kind,
		[TASKS_VM] = who->vm,
		[TASKS_VCPU] = who->vcpu != CAPTURE_NIL ? who->vcpu : who->named_vcpu,
		[TASKS_CGROUP] = who->cgroup,
		[TASKS_FIRST_VOLUNTARY] = who->first[0],
		[TASKS_FIRST_INVOLUNTARY] = who->first[1],
		[TASKS_FIRST_RUN_DELAY_NS] = who->first[2],
		[TASKS_FIRST_RUN_NS] = who->first[3],
		[TASKS_LAST_VOLUNTARY] = who->last[0],
		[TASKS_LAST_INVOLUNTARY] = who->last[1],
		[TASKS_LAST_RUN_DELAY_NS] = who->last[2],
		[TASKS_LAST_RUN_NS] = who->last[3],
	};

	return output_row(&account->output, CAPTURE_TASKS, 0, values);
}

int flush_tasks(struct account *account)
{
	int error = 0;

	for (size_t i = 0; i < account->dirty_count && !error; i++) {
		struct life *life = &account->lives[account->dirty[i]];

		error = selection_look(account, account->dirty[i]);
		if (!error && selection_shown(account, life->task) == life->task)
			error = write_task(account, account->dirty[i]);
		life->dirty = false;
	}
	account->dirty_count = 0;
	return error ? error : output_done(&account->output);
}

/* ---- samples ---- */

/* Neither idle nor the unknown task ever waits. */
static bool can_wait(const struct account *account, const struct row *row)
{
	uint32_t idle = account->cpus[row->cpu].idle;

	if (!account->options.wait_offered || row->task == account->lives[UNKNOWN_LIFE].task)
		return false;
	return idle == NO_LIFE || account->lives[idle].task != row->task;
}

static int write_row(struct account *account, const struct row *row)
{
	uint64_t bucket_ns = grid_part_at(&account->grid, row->start_ns)->bucket_ns;
	bool known = can_wait(account, row) && row->wait_flags != WAIT_UNKNOWN;
	const uint64_t values[SAMPLES_COLUMNS] = {
		[SAMPLES_BUCKET] = in_part(account, row->start_ns) / bucket_ns,
		[SAMPLES_TASK] = row->task,
		[SAMPLES_CPU] = row->cpu,
		[SAMPLES_RUN_NS] = row->run_ns,
		[SAMPLES_SWITCHES] = row->switches,
		[SAMPLES_VOLUNTARY] = row->voluntary,
		[SAMPLES_INVOLUNTARY] = row->involuntary,
		[SAMPLES_MIGRATIONS] = row->migrations,
		[SAMPLES_WAIT_NS] = known ? row->wait_ns : CAPTURE_NIL,
		[SAMPLES_WAIT_MAX_NS] = known ? row->wait_max_ns : CAPTURE_NIL,
		[SAMPLES_WAIT_MAX_AT_NS] = known && row->wait_max_ns
						   ? in_part(account, row->wait_max_at_ns)
						   : CAPTURE_NIL,
	};

	return output_columns(&account->output, CAPTURE_SAMPLES, bucket_ns, values,
			      SAMPLES_COLUMNS);
}

static int write_sorted_rows(struct account *account, const struct sort_item *items, size_t count)
{
	int error = 0;

	for (size_t i = 0; i < count && !error;) {
		struct row sum = account->rows.items[items[i].value];
		size_t first = i++;

		for (; i < count && items[i].high == items[first].high &&
		       items[i].low == items[first].low;
		     i++)
			row_add(&sum, &account->rows.items[items[i].value]);
		error = write_row(account, &sum);
	}
	return error ? error : output_done(&account->output);
}

static int flush_samples(struct account *account, uint64_t until_ns)
{
	struct rows *rows = &account->rows;
	struct sort_item *items;
	size_t count = 0;
	int error;

	if (ARRAY_RESERVE(account->scratch, account->scratch_capacity, 2 * rows->count))
		return -ENOMEM;
	items = account->scratch;
	for (size_t i = 0; i < rows->count; i++) {
		struct row *row = &rows->items[i];

		if (row->start_ns >= until_ns || !selection_lists_cpu(account, row->cpu))
			continue;
		row->task = selection_shown(account, row->task);
		items[count++] = (struct sort_item){
			.high = row->start_ns,
			.low = (uint64_t)row->task << 16 | row->cpu,
			.value = i,
		};
	}
	sort_items(items, items + count, count);
	error = write_sorted_rows(account, items, count);
	rows_drop(rows, until_ns);
	return error;
}

/* ---- cells ---- */

static int write_cell(struct account *account, const struct sort_item *cell, uint64_t count)
{
	uint64_t bucket_ns = grid_part_at(&account->grid, cell->high)->bucket_ns;
	const uint64_t values[CELLS_COLUMNS] = {
		[CELLS_BUCKET] = in_part(account, cell->high) / bucket_ns,
		[CELLS_TASK] = CELL_TASK(cell->low),
		[CELLS_KIND] = account->words.cells[CELL_KIND(cell->low)],
		[CELLS_BIN] = CELL_BIN(cell->low),
		[CELLS_COUNT] = count,
	};

	return output_columns(&account->output, CAPTURE_CELLS, bucket_ns, values, CELLS_COLUMNS);
}

static int write_sorted_cells(struct account *account, const struct sort_item *items, size_t count,
			      flush_cell *write)
{
	int error = 0;

	for (size_t i = 0; i < count && !error;) {
		size_t first = i++;
		uint64_t sum = items[first].value;

		for (; i < count && items[i].high == items[first].high &&
		       items[i].low == items[first].low;
		     i++)
			sum += items[i].value;
		error = write(account, &items[first], sum);
	}
	return error ? error : output_done(&account->output);
}

/* Who is not selected becomes "other". */
static void show_cells(const struct account *account, struct sort_item *items, size_t count)
{
	if (!account->options.selects)
		return;
	for (size_t i = 0; i < count; i++) {
		uint64_t key = items[i].low;
		uint32_t task = selection_shown(account, (uint32_t)CELL_TASK(key));

		items[i].low = CELL_KEY(task, CELL_KIND(key), CELL_BIN(key));
	}
}

/* Those to write come first, the others keep their places behind. */
static size_t split_older(struct cells *cells, uint64_t until_ns, struct sort_item *kept)
{
	size_t count = 0, kept_count = 0;

	for (size_t i = 0; i < cells->older_count; i++)
		if (cells->older[i].high < until_ns)
			cells->older[count++] = cells->older[i];
		else
			kept[kept_count++] = cells->older[i];
	if (kept_count)
		memcpy(cells->older + count, kept, kept_count * sizeof(*kept));
	return count;
}

int flush_cells(struct account *account, struct cells *cells, uint64_t until_ns, flush_cell *write)
{
	struct sort_item *scratch;
	size_t count;
	int error;

	if (ARRAY_RESERVE(account->scratch, account->scratch_capacity, cells->older_count))
		return -ENOMEM;
	scratch = account->scratch;
	count = split_older(cells, until_ns, scratch);
	show_cells(account, cells->older, count);
	sort_items(cells->older, scratch, count);
	error = write_sorted_cells(account, cells->older, count, write);
	cells->older_count -= count;
	if (cells->older_count)
		memmove(cells->older, cells->older + count,
			cells->older_count * sizeof(*cells->older));
	return error;
}

int flush_rows(struct account *account, uint64_t until_ns)
{
	int error = flush_tasks(account);

	if (!error && until_ns > account->cells.start_ns)
		error = cells_advance(&account->cells, account->cells.start_ns);
	if (!error)
		error = flush_samples(account, until_ns);
	if (!error)
		error = flush_cells(account, &account->cells, until_ns, write_cell);
	return error ? error : kvm_flush(account, until_ns);
}

/* ---- losses ---- */

/* Which causes know of switches and run time. */
static uint64_t known_for(enum capture_loss_cause cause, uint64_t value)
{
	return cause == LOSS_RING_FULL ? value : CAPTURE_NIL;
}

int flush_losses(struct account *account, uint64_t at_ns)
{
	int error = 0;

	for (int cause = 0; cause < LOSS_CAUSES && !error; cause++) {
		const struct loss_sums *now = &account->losses[cause];
		const struct loss_sums *before = &account->part.losses[cause];
		uint64_t run_ns = now->run_ns - before->run_ns;
		const uint64_t values[LOSSES_COLUMNS] = {
			[LOSSES_AT_NS] = in_part(account, at_ns),
			[LOSSES_CAUSE] = account->words.losses[cause],
			[LOSSES_COUNT] = now->count - before->count,
			[LOSSES_SWITCHES] = known_for(cause, now->switches - before->switches),
			[LOSSES_RUN_NS] =
				cause == LOSS_MISSED_SWITCH ? run_ns : known_for(cause, run_ns),
		};

		error = output_row(&account->output, CAPTURE_LOSSES, 0, values);
	}
	return error ? error : output_done(&account->output);
}

/* ---- CPUs ---- */

int flush_online(struct account *account, const struct cpu *cpu, uint64_t at_ns, bool online)
{
	const uint64_t values[CPUS_COLUMNS] = {
		[CPUS_CPU] = cpu->number,
		[CPUS_AT_NS] = in_part(account, at_ns),
		[CPUS_ONLINE] = online,
	};

	if (!selection_lists_cpu(account, cpu->number))
		return 0;
	return output_row(&account->output, CAPTURE_CPUS, 0, values);
}

/* ---- time passes ---- */

static int flush_fill(struct account *account, uint64_t at_ns)
{
	int error = 0;

	for (uint32_t i = 0; i < account->options.cpu_count && !error; i++)
		if (account->cpus[i].known)
			error = fill_cpu(account, &account->cpus[i], at_ns);
	return error ? error : kvm_fill(account, at_ns);
}

int flush_all(struct account *account, uint64_t at_ns, uint64_t until_ns,
	      int (*end_states)(struct account *, uint64_t))
{
	int error = 0;

	if (at_ns >= account->grid.end_ns)
		error = fill_advance(account, at_ns);
	if (!error)
		error = flush_fill(account, at_ns);
	if (!error)
		error = end_states(account, at_ns);
	if (!error)
		error = flush_rows(account, until_ns);
	return error ? error : switches_flush(account, at_ns, true);
}

#define NS_PER_S 1000000000ULL

/*
 * The current bucket is longer than the time between two flushes: what is there of it is written,
 * too, as often as half of the rows allowed a second permit.
 */
static bool partial_is_due(const struct account *account, uint64_t start_ns, uint64_t at_ns)
{
	uint64_t rows = fill_rows_made(account);
	uint64_t since_ns = at_ns - account->partial_ns;
	uint64_t max = account->options.rows_per_s_max;

	if (start_ns > account->flushed_ns || at_ns == start_ns)
		return false;
	return !max || (double)rows * 2 <= (double)max * (double)since_ns / NS_PER_S;
}

int account_flush(struct account *account, uint64_t at_ns)
{
	bool partial;
	uint64_t start_ns;
	int error = 0;

	if (at_ns < account->flushed_ns)
		return 0;
	if (at_ns >= account->grid.end_ns)
		error = fill_advance(account, at_ns);
	if (error)
		return error;
	error = fill_settle(account);
	if (error)
		return error;
	lives_end_gone(account, at_ns);
	start_ns = grid_start(&account->grid, at_ns);
	partial = partial_is_due(account, start_ns, at_ns);
	error = flush_fill(account, partial ? at_ns : start_ns);
	if (!error)
		error = flush_rows(account, partial ? at_ns : start_ns);
	if (!error)
		error = switches_flush(account, at_ns, false);
	if (!error)
		error = flush_totals(account, false);
	if (!error)
		error = flush_losses(account, at_ns);
	if (!error)
		error = texts_tidy(account);
	if (error)
		return error;
	if (partial)
		account->partial_ns = at_ns;
	account->flushed_ns = at_ns;
	return account->sink->flush
		       ? account->sink->flush(account->sink, in_part(account, start_ns))
		       : 0;
}
