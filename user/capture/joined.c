/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/joined.h"

#include "base/array.h"
#include "base/string_pool.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_COUNTERS (TASKS_LAST_VOLUNTARY - TASKS_FIRST_VOLUNTARY)

static struct joined *joined_of(struct capture_sink *sink)
{
	return (struct joined *)sink; /* its first member */
}

static int join_header(struct capture_sink *sink, const struct capture_header *header)
{
	struct joined *joined = joined_of(sink);

	if (joined->has_header)
		return 0;
	joined->has_header = true;
	return joined->out->header(joined->out, header);
}

/* ---- rows ---- */

/* What a value of this column becomes larger by. */
static uint64_t shift_of(const struct joined *joined, const struct capture_batch *batch,
			 size_t column)
{
	static const char *const times[] = { "at_ns", "wait_max_at_ns", "end_ns" };
	const struct capture_table_info *info = capture_table_info(batch->table);

	if (info->bucketed && column == 0)
		return batch->bucket_ns ? joined->part_ns / batch->bucket_ns : 0;
	if (batch->table == CAPTURE_SWITCHES) /* differences: the batch's base is moved */
		return 0;
	for (size_t i = 0; i < ARRAY_LENGTH(times); i++)
		if (strcmp(info->columns[column].name, times[i]) == 0)
			return joined->part_ns;
	return 0;
}

static void shift(uint64_t *values, size_t count, uint64_t by)
{
	for (size_t i = 0; by && i < count; i++)
		if (values[i] != CAPTURE_NIL)
			values[i] += by;
}

/* A task's counters at first sight are those of the first part that it is in. */
static int keep_first_counters(struct joined *joined, uint64_t *const columns[], size_t rows)
{
	for (size_t row = 0; row < rows; row++) {
		uint64_t task = columns[TASKS_TASK][row];
		uint32_t place = number_map_find(&joined->tasks, task);

		if (place == NUMBER_MAP_NONE) {
			place = (uint32_t)joined->tasks.count;
			if (ARRAY_RESERVE(joined->first, joined->first_capacity, place + 1) ||
			    number_map_add(&joined->tasks, task, place))
				return -ENOMEM;
			for (size_t i = 0; i < FIRST_COUNTERS; i++)
				joined->first[place][i] = CAPTURE_NIL;
		}
		for (size_t i = 0; i < FIRST_COUNTERS; i++) {
			uint64_t *value = &columns[TASKS_FIRST_VOLUNTARY + i][row];

			if (joined->first[place][i] == CAPTURE_NIL)
				joined->first[place][i] = *value;
			*value = joined->first[place][i];
		}
	}
	return 0;
}

static int cause_of(const struct capture_batch *batch, uint64_t id)
{
	const char *text = string_pool_text(batch->strings, id);

	for (int cause = 0; text && cause < LOSS_CAUSES; cause++)
		if (strcmp(capture_loss_word(cause), text) == 0)
			return cause;
	return -1;
}

/* Losses are cumulated: over the whole, now. */
static void cumulate(struct joined *joined, const struct capture_batch *batch,
		     uint64_t *const columns[])
{
	for (size_t row = 0; row < batch->rows; row++) {
		int cause = cause_of(batch, columns[LOSSES_CAUSE][row]);
		const struct joined_loss *before = &joined->losses_before[cause];

		if (cause < 0)
			continue;
		joined->losses[cause] = (struct joined_loss){
			.count = columns[LOSSES_COUNT][row] += before->count,
			.switches = columns[LOSSES_SWITCHES][row],
			.run_ns = columns[LOSSES_RUN_NS][row],
		};
		if (joined->losses[cause].switches != CAPTURE_NIL)
			columns[LOSSES_SWITCHES][row] = joined->losses[cause].switches +=
				before->switches;
		if (joined->losses[cause].run_ns != CAPTURE_NIL)
			columns[LOSSES_RUN_NS][row] = joined->losses[cause].run_ns +=
				before->run_ns;
	}
}

static int join_batch(struct capture_sink *sink, const struct capture_batch *batch)
{
	struct joined *joined = joined_of(sink);
	size_t count = capture_table_info(batch->table)->column_count;
	struct capture_batch moved = *batch;
	uint64_t *columns[CAPTURE_COLUMNS_MAX];
	int error = 0;

	if (ARRAY_RESERVE(joined->columns, joined->column_capacity, count * batch->rows))
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		columns[i] = joined->columns + i * batch->rows;
		memcpy(columns[i], batch->columns[i], batch->rows * sizeof(*columns[i]));
		shift(columns[i], batch->rows, shift_of(joined, batch, i));
		moved.columns[i] = columns[i];
	}
	if (batch->table == CAPTURE_SWITCHES)
		moved.base_ns += joined->part_ns;
	if (batch->table == CAPTURE_LOSSES)
		cumulate(joined, batch, columns);
	if (batch->table == CAPTURE_TASKS)
		error = keep_first_counters(joined, columns, batch->rows);
	return error ? error : joined->out->batch(joined->out, &moved);
}

static int join_flush(struct capture_sink *sink, uint64_t at_ns)
{
	struct joined *joined = joined_of(sink);

	if (!joined->out->flush)
		return 0;
	return joined->out->flush(joined->out, joined->part_ns + at_ns);
}

/* ---- the end ---- */

static struct capture_proof_cpu *proof_of(struct joined *joined, uint32_t cpu)
{
	size_t place = 0;

	while (place < joined->end.proof_count && joined->proof[place].cpu < cpu)
		place++;
	if (place < joined->end.proof_count && joined->proof[place].cpu == cpu)
		return &joined->proof[place];
	if (ARRAY_RESERVE(joined->proof, joined->proof_capacity, joined->end.proof_count + 1))
		return NULL;
	memmove(&joined->proof[place + 1], &joined->proof[place],
		(joined->end.proof_count++ - place) * sizeof(*joined->proof));
	joined->proof[place] = (struct capture_proof_cpu){ .cpu = cpu };
	return &joined->proof[place];
}

/* Runs that follow each other last from the first begin to the last end. */
static int add_proof(struct joined *joined, const struct capture_proof_cpu *part)
{
	struct capture_proof_cpu *sum = proof_of(joined, part->cpu);

	if (!sum)
		return -ENOMEM;
	sum->samples_switches += part->samples_switches;
	sum->samples_run_ns += part->samples_run_ns;
	sum->lost_switches += part->lost_switches;
	sum->lost_run_ns += part->lost_run_ns;
	sum->totals_switches += part->totals_switches;
	sum->totals_run_ns += part->totals_run_ns;
	sum->live_ns += part->live_ns - sum->open_ns;
	sum->open_ns = part->open_ns;
	joined->unproven |= part->totals_switches == CAPTURE_NIL;
	return 0;
}

static void add(uint64_t *sum, uint64_t part)
{
	*sum = capture_add_known(*sum, part);
}

static void add_cost(struct capture_cost *sum, const struct capture_cost *part)
{
	sum->bpf_ns_per_switch = part->bpf_ns_per_switch;
	add(&sum->bpf_ns, part->bpf_ns);
	add(&sum->user_cpu_ns, part->user_cpu_ns);
	if (part->memory_peak_bytes > sum->memory_peak_bytes)
		sum->memory_peak_bytes = part->memory_peak_bytes;
	sum->kernel_memory_bytes = part->kernel_memory_bytes;
}

static int join_end(struct capture_sink *sink, const struct capture_end *part)
{
	struct joined *joined = joined_of(sink);
	struct capture_end *end = &joined->end;
	int error = 0;

	for (size_t i = 0; i < part->proof_count && !error; i++)
		error = add_proof(joined, &part->proof[i]);
	end->duration_ns = joined->part_ns + part->duration_ns;
	add(&end->switches, part->switches);
	add(&end->runs_before_zero, part->runs_before_zero);
	add(&end->runs_after_loss, part->runs_after_loss);
	add(&end->runs_missed_switch, part->runs_missed_switch);
	add(&end->kvm_exits, part->kvm_exits);
	add(&end->kvm_entries_unpaired, part->kvm_entries_unpaired);
	if (part->verdict > end->verdict) /* the words get worse */
		end->verdict = part->verdict;
	add_cost(&end->cost, &part->cost);
	memcpy(joined->losses_before, joined->losses, sizeof(joined->losses));
	return error ? error : join_flush(sink, part->duration_ns);
}

/* Without totals of one part, those of the whole are not known. */
static void forget_totals(struct joined *joined)
{
	for (size_t i = 0; i < joined->end.proof_count; i++) {
		joined->proof[i].totals_switches = CAPTURE_NIL;
		joined->proof[i].totals_run_ns = CAPTURE_NIL;
	}
}

int joined_end(struct joined *joined, const char *cause, bool cut)
{
	struct capture_end end = joined->end;

	if (joined->unproven)
		forget_totals(joined);
	end.proof = joined->proof;
	end.cause = cause;
	end.cut = cut;
	return joined->out->end(joined->out, &end);
}

void joined_init(struct joined *joined, struct capture_sink *out)
{
	*joined = (struct joined){
		.sink = { join_header, join_batch, join_flush, join_end },
		.out = out,
	};
}

void joined_free(struct joined *joined)
{
	number_map_free(&joined->tasks);
	free(joined->first);
	free(joined->columns);
	free(joined->proof);
	*joined = (struct joined){ 0 };
}

void joined_begin_part(struct joined *joined, uint64_t part_ns)
{
	joined->part_ns = part_ns;
}
