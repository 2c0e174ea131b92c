/* SPDX-License-Identifier: Apache-2.0 */
#include "tally.h"

#include "base/array.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int told(struct tally *tally, uint64_t task)
{
	size_t had = tally->told_count;

	if (ARRAY_RESERVE(tally->told, tally->told_count, task + 1))
		return -ENOMEM;
	memset(tally->told + had, 0, (tally->told_count - had) * sizeof(*tally->told));
	tally->told[task] = 1;
	return 0;
}

static unsigned int task_column(enum capture_table table)
{
	switch (table) {
	case CAPTURE_SAMPLES:
		return SAMPLES_TASK;
	case CAPTURE_CELLS:
		return CELLS_TASK;
	case CAPTURE_VCPU_SAMPLES:
		return VCPU_SAMPLES_TASK;
	case CAPTURE_EXITS:
		return EXITS_TASK;
	case CAPTURE_EXIT_CELLS:
		return EXIT_CELLS_TASK;
	case CAPTURE_EXIT_TOTALS:
		return EXIT_TOTALS_TASK;
	case CAPTURE_TOTALS:
		return TOTALS_TASK;
	case CAPTURE_SWITCHES:
		return SWITCHES_TASK;
	case CAPTURE_SUCCESSORS:
		return SUCCESSORS_TASK;
	default:
		return CAPTURE_COLUMNS_MAX;
	}
}

static unsigned int next_column(enum capture_table table)
{
	if (table == CAPTURE_SWITCHES)
		return SWITCHES_NEXT;
	return table == CAPTURE_SUCCESSORS ? SUCCESSORS_NEXT : CAPTURE_COLUMNS_MAX;
}

static void check_told(struct tally *tally, const struct capture_batch *batch, size_t row,
		       unsigned int column)
{
	uint64_t task;

	if (column == CAPTURE_COLUMNS_MAX)
		return;
	task = batch->columns[column][row];
	if (task >= tally->told_count || !tally->told[task])
		tally->used_before_told = true;
}

static int batch(struct capture_sink *sink, const struct capture_batch *batch)
{
	struct tally *tally = (struct tally *)sink;
	struct tallied_table *table = &tally->tables[batch->table];
	size_t columns = capture_table_info(batch->table)->column_count;
	uint64_t at_ns = batch->base_ns;

	if (tally->fail_with)
		return tally->fail_with;
	if (ARRAY_RESERVE(table->rows, table->capacity, table->count + batch->rows))
		return -ENOMEM;
	for (size_t row = 0; row < batch->rows; row++) {
		struct tallied_row *kept = &table->rows[table->count++];

		kept->bucket_ns = batch->bucket_ns;
		for (size_t i = 0; i < columns; i++)
			kept->values[i] = batch->columns[i][row];
		if (batch->table == CAPTURE_TASKS && told(tally, kept->values[TASKS_TASK]))
			return -ENOMEM;
		if (batch->table == CAPTURE_SWITCHES)
			kept->values[SWITCHES_AT_NS] = at_ns += kept->values[SWITCHES_AT_NS];
		check_told(tally, batch, row, task_column(batch->table));
		check_told(tally, batch, row, next_column(batch->table));
	}
	return 0;
}

static int flush(struct capture_sink *sink, uint64_t at_ns)
{
	struct tally *tally = (struct tally *)sink;

	tally->flushed_at_ns = at_ns;
	tally->flushes++;
	return 0;
}

static int end(struct capture_sink *sink, const struct capture_end *end)
{
	struct tally *tally = (struct tally *)sink;
	size_t bytes = end->proof_count * sizeof(*end->proof);
	struct capture_proof_cpu *proof = malloc(bytes + 1);

	if (!proof)
		return -ENOMEM;
	if (bytes)
		memcpy(proof, end->proof, bytes);
	tally->end = *end;
	tally->end.proof = proof;
	tally->ended = true;
	return 0;
}

void tally_init(struct tally *tally)
{
	*tally = (struct tally){ .sink = { .batch = batch, .flush = flush, .end = end } };
}

void tally_free(struct tally *tally)
{
	for (int i = 0; i < CAPTURE_TABLES; i++)
		free(tally->tables[i].rows);
	free((void *)tally->end.proof);
	free(tally->told);
}

uint64_t tally_sum(const struct tally *tally, enum capture_table table, unsigned int column,
		   unsigned int where, uint64_t value)
{
	const struct tallied_table *rows = &tally->tables[table];
	uint64_t sum = 0;

	for (size_t i = 0; i < rows->count; i++)
		if ((value == CAPTURE_NIL || rows->rows[i].values[where] == value) &&
		    rows->rows[i].values[column] != CAPTURE_NIL)
			sum += rows->rows[i].values[column];
	return sum;
}

const struct tallied_row *tally_task(const struct tally *tally, uint64_t task)
{
	const struct tallied_table *rows = &tally->tables[CAPTURE_TASKS];

	for (size_t i = rows->count; i-- > 0;)
		if (rows->rows[i].values[TASKS_TASK] == task)
			return &rows->rows[i];
	return NULL;
}
