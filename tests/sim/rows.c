/* SPDX-License-Identifier: Apache-2.0 */
#include "sim.h"

#include "base/array.h"

#include <stdlib.h>

void sim_rows_free(struct sim_rows *rows)
{
	free(rows->rows);
	free(rows->cells);
}

void sim_add_row(struct sim_rows *rows, const struct sim_row *row)
{
	if (ARRAY_RESERVE(rows->rows, rows->capacity, rows->count + 1))
		abort();
	rows->rows[rows->count++] = *row;
}

void sim_add_cell(struct sim_rows *rows, const struct sim_cell *cell)
{
	if (ARRAY_RESERVE(rows->cells, rows->cell_capacity, rows->cell_count + 1))
		abort();
	rows->cells[rows->cell_count++] = *cell;
}

#define COMPARE(x, y)                              \
	do {                                       \
		if ((x) != (y))                    \
			return (x) < (y) ? -1 : 1; \
	} while (0)

static int compare_rows(const void *a, const void *b)
{
	const struct sim_row *x = a, *y = b;

	COMPARE(x->start_ns, y->start_ns);
	COMPARE(x->task, y->task);
	COMPARE(x->cpu, y->cpu);
	COMPARE(x->wait_max_at_ns, y->wait_max_at_ns); /* of equal maxima the first counts */
	return 0;
}

static int compare_cells(const void *a, const void *b)
{
	const struct sim_cell *x = a, *y = b;

	COMPARE(x->start_ns, y->start_ns);
	COMPARE(x->task, y->task);
	COMPARE(x->kind, y->kind);
	COMPARE(x->bin, y->bin);
	return 0;
}

static bool one_row(struct sim_row *sum, const struct sim_row *more)
{
	if (sum->start_ns != more->start_ns || sum->task != more->task || sum->cpu != more->cpu)
		return false;
	sum->wait_known |= more->wait_known;
	sum->wait_unknown |= more->wait_unknown;
	sum->run_ns += more->run_ns;
	sum->switches += more->switches;
	sum->voluntary += more->voluntary;
	sum->involuntary += more->involuntary;
	sum->migrations += more->migrations;
	sum->wait_ns += more->wait_ns;
	if (more->wait_max_ns > sum->wait_max_ns) {
		sum->wait_max_ns = more->wait_max_ns;
		sum->wait_max_at_ns = more->wait_max_at_ns;
	}
	return true;
}

static bool one_cell(struct sim_cell *sum, const struct sim_cell *more)
{
	if (compare_cells(sum, more))
		return false;
	sum->count += more->count;
	return true;
}

void sim_rows_settle(struct sim_rows *rows)
{
	size_t kept = 0;

	if (rows->count)
		qsort(rows->rows, rows->count, sizeof(*rows->rows), compare_rows);
	for (size_t i = 0; i < rows->count; i++)
		if (!kept || !one_row(&rows->rows[kept - 1], &rows->rows[i]))
			rows->rows[kept++] = rows->rows[i];
	rows->count = kept;
	kept = 0;
	if (rows->cell_count)
		qsort(rows->cells, rows->cell_count, sizeof(*rows->cells), compare_cells);
	for (size_t i = 0; i < rows->cell_count; i++)
		if (!kept || !one_cell(&rows->cells[kept - 1], &rows->cells[i]))
			rows->cells[kept++] = rows->cells[i];
	rows->cell_count = kept;
}

uint64_t sim_bucket_start(const struct sim_grid *grid, uint64_t at_ns, uint64_t *bucket_ns)
{
	size_t i = grid->count - 1;

	while (i && grid->from_ns[i] > at_ns)
		i--;
	*bucket_ns = grid->bucket_ns[i];
	return at_ns - at_ns % *bucket_ns;
}
