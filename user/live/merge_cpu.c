/* SPDX-License-Identifier: Apache-2.0 */
#include "live/merge_cpu.h"

#include "base/array.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void merge_cpu_init(struct merge_cpu *cpu, uint64_t zero_ns)
{
	timeline_init(&cpu->line, zero_ns);
}

void merge_cpu_free(struct merge_cpu *cpu)
{
	merge_kvm_free(&cpu->kvm);
	free(cpu->queue.events);
	free(cpu->moments);
	merge_look_free(&cpu->look);
}

/* ---- headers ---- */

/* Where the run in progress before the block's first sample began. */
static uint64_t since_position(struct merge_cpu *cpu, const struct pft_block *block)
{
	if (block->flags & PFT_BLOCK_SINCE_IS_MONO)
		return timeline_at_mono(&cpu->line, block->since_ns);
	return timeline_at_rq(&cpu->line, block->since_ns);
}

/* Who runs, and since when, as the header says it. */
static int start(struct merge_cpu *cpu, const struct pft_block *block, bool after_loss)
{
	struct merge_event found = {
		.at_ns = since_position(cpu, block),
		.value = block->running_start_ns,
		.next = block->running_tid,
		.kind = MERGE_FOUND,
		.after_loss = after_loss,
		.run_key = (uint32_t)block->since_ns,
		.has_run_key = !(block->flags & PFT_BLOCK_RUN_UNKNOWN),
	};

	cpu->started = true;
	cpu->since_ns = block->since_ns;
	cpu->since_is_mono = block->flags & PFT_BLOCK_SINCE_IS_MONO;
	cpu->run_unknown = block->flags & PFT_BLOCK_RUN_UNKNOWN;
	if (cpu->was_offline && found.at_ns <= cpu->offline_ns)
		return merge_cpu_starts_offline(cpu);
	cpu->offline = false;
	return merge_queue_push(&cpu->queue, &found);
}

/* Samples are missing before this block: what the header says of them, and on from there. */
static int resume_after_gap(struct merge_cpu *cpu, const struct pft_block *block)
{
	uint32_t markers = block->markers - cpu->markers;
	struct merge_event lost = {
		.at_ns = cpu->line.last_ns,
		.length_ns = block->closed_run_ns - cpu->closed_run_ns,
		.value = block->first_number - cpu->next_number - markers,
		.next = PFT_WORD_SEQUENCE(block->word) - cpu->next_sequence,
		.kind = MERGE_LOST,
	};
	int error;

	if (!cpu->started && block->seeded_mono_ns)
		lost.at_ns = timeline_at_mono(&cpu->line, block->seeded_mono_ns);
	error = merge_queue_push(&cpu->queue, &lost);
	cpu->next_number = block->first_number;
	cpu->next_sequence = PFT_WORD_SEQUENCE(block->word);
	cpu->closed_run_ns = block->closed_run_ns;
	cpu->markers = block->markers;
	return error ? error : start(cpu, block, true);
}

/* ---- samples ---- */

static uint64_t run_length(const struct merge_cpu *cpu, const struct pft_block *block,
			   uint64_t rq_ns)
{
	if (cpu->since_is_mono)
		return block->mono_ns - cpu->since_ns;
	return rq_ns - cpu->since_ns;
}

static int take_sample(struct merge_cpu *cpu, const struct pft_block *block,
		       const struct pft_sample *sample, uint64_t watermark_ns)
{
	uint64_t rq_ns = block->rq_ns + sample->delta_ns;
	bool marker = sample->next & PFT_SAMPLE_MARKER;
	bool began = marker && sample->wait_total_ns;
	struct merge_event *event;

	if (began)
		rq_ns = sample->wait_total_ns;
	if (cpu->offline && merge_cpu_comes_back(cpu, rq_ns, sample))
		return -ENOMEM;
	event = merge_queue_room(&cpu->queue);
	if (!event)
		return -ENOMEM;
	*event = (struct merge_event){
		.at_ns = timeline_at_rq(&cpu->line, rq_ns),
		.length_ns = run_length(cpu, block, rq_ns),
		.value = sample->wait_total_ns,
		.next = sample->next,
		.kind = marker ? MERGE_MARKER : MERGE_SWITCH,
		.run_known = !cpu->since_is_mono && !cpu->run_unknown,
		.run_key = (uint32_t)rq_ns,
		.has_run_key = !marker || began,
	};
	if (marker) { /* what is known of is the run that it found */
		event->run_known = began;
		event->value = sample->delta_ns;
	}
	cpu->queue.end++;
	cpu->late += !marker && event->at_ns < watermark_ns; /* a marker tells of the past */
	cpu->closed_run_ns += event->length_ns;
	cpu->since_ns = rq_ns;
	cpu->since_is_mono = false;
	cpu->run_unknown = marker && !began;
	cpu->markers += marker;
	cpu->next_number++;
	return 0;
}

/* A block without samples tells nothing but, when it is the first, who was seeded. */
static bool tells_of_seed(const struct merge_cpu *cpu, const struct pft_block *block)
{
	return !cpu->started && !PFT_WORD_SEQUENCE(block->word) && block->seeded_mono_ns;
}

int merge_cpu_take(struct merge_cpu *cpu, const struct pft_block *block, uint32_t count,
		   uint64_t watermark_ns)
{
	uint64_t first = block->first_number;
	int error = 0;

	if (!count)
		return tells_of_seed(cpu, block) ? start(cpu, block, false) : 0;
	if (first + count <= cpu->next_number)
		return 0;
	timeline_pair(&cpu->line, block->rq_ns, block->mono_ns);
	if (first > cpu->next_number)
		error = resume_after_gap(cpu, block);
	else if (!cpu->started)
		error = start(cpu, block, false);
	while (!error && cpu->next_number < first + count)
		error = take_sample(cpu, block, &block->samples[cpu->next_number - first],
				    watermark_ns);
	return error;
}

/* ---- blocks in progress ---- */

static const struct merge_block_kind block_kind = {
	.header_bytes = PFT_BLOCK_HEADER_BYTES,
	.sample_bytes = sizeof(struct pft_sample),
	.samples_max = PFT_BLOCK_SAMPLES,
	.empty_tells = true, /* who was seeded */
};

int merge_cpu_look(struct merge_cpu *cpu, const struct pft_block *block, bool final)
{
	return merge_look_at(&cpu->look, block, &block_kind, final);
}

int merge_cpu_looked(struct merge_cpu *cpu, uint64_t watermark_ns)
{
	if (!cpu->look.has_copy)
		return 0;
	cpu->look.has_copy = false;
	return merge_cpu_take(cpu, cpu->look.copy, cpu->look.copy_count, watermark_ns);
}

/* ---- sums ---- */

static bool is_sample(const struct merge_event *event)
{
	return event->kind == MERGE_SWITCH || event->kind == MERGE_MARKER;
}

/* Where in the queue the samples end whose numbers are below `number`; 0: it is not in there. */
static size_t end_of_samples_before(const struct merge_cpu *cpu, uint64_t number)
{
	uint64_t behind = cpu->next_number - number;
	size_t end = cpu->queue.end;

	while (behind && end > cpu->queue.first) {
		const struct merge_event *event = &cpu->queue.events[--end];

		if (event->kind == MERGE_LOST)
			return 0;
		behind -= is_sample(event);
	}
	return behind ? 0 : end + 1;
}

int merge_cpu_between(const struct merge_cpu *cpu, uint64_t number, struct merge_sum *sum)
{
	size_t end = number <= cpu->next_number ? end_of_samples_before(cpu, number) : 0;

	*sum = (struct merge_sum){ 0 };
	if (!end--)
		return -EAGAIN;
	for (size_t i = cpu->queue.first; i < end; i++) {
		const struct merge_event *event = &cpu->queue.events[i];

		if (event->kind == MERGE_SWITCH)
			sum->switches++;
		if (event->kind == MERGE_LOST)
			sum->switches += event->value;
		if (is_sample(event) || event->kind == MERGE_LOST)
			sum->run_ns += event->length_ns;
	}
	return 0;
}

size_t merge_cpu_bytes(const struct merge_cpu *cpu)
{
	return cpu->queue.capacity * sizeof(*cpu->queue.events) + merge_kvm_bytes(&cpu->kvm) +
	       cpu->moment_capacity * sizeof(*cpu->moments) +
	       merge_look_bytes(&cpu->look, &block_kind);
}
