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
	free(cpu->copy);
}

static int push(struct merge_cpu *cpu, const struct merge_event *event)
{
	struct merge_event *room = merge_queue_room(&cpu->queue);

	if (!room)
		return -ENOMEM;
	*room = *event;
	cpu->queue.end++;
	return 0;
}

/* ---- headers ---- */

/* Where the run in progress before the block's first sample began. */
static uint64_t since_position(struct merge_cpu *cpu, const struct pft_block *block)
{
	if (block->flags & PFT_BLOCK_SINCE_IS_MONO)
		return timeline_at_mono(&cpu->line, block->since_ns);
	return timeline_at_rq(&cpu->line, block->since_ns);
}

/*
 * A CPU that comes back goes on with its idle task, whose run has lasted all the while: how long of
 * it was real, nobody knows.
 */
static const struct merge_event found_idle = { .kind = MERGE_FOUND };

/*
 * The header, behind a loss, tells of a run from before the CPU went offline. We may know when it
 * was back; else its first sample afterwards says so.
 */
static int start_after_offline(struct merge_cpu *cpu)
{
	struct merge_event back = found_idle;

	cpu->run_unknown = true;
	if (cpu->offline && !cpu->told_back)
		return 0;
	cpu->offline = false;
	back.at_ns = cpu->back_ns;
	return push(cpu, &back);
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
		return start_after_offline(cpu);
	cpu->offline = false;
	return push(cpu, &found);
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
	error = push(cpu, &lost);
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

/* An offline CPU speaks before we are told that it is back. */
static int come_back(struct merge_cpu *cpu, uint64_t rq_ns)
{
	struct merge_event back = found_idle;

	back.at_ns = timeline_at_rq(&cpu->line, rq_ns);
	if (back.at_ns <= cpu->offline_ns)
		return 0;
	cpu->offline = false;
	cpu->back_ns = back.at_ns;
	cpu->run_unknown = true;
	return push(cpu, &back);
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
	if (cpu->offline && come_back(cpu, rq_ns))
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

/* So many samples an earlier look has seen counted, so they are whole; -1: nothing is. */
static int64_t trusted(const struct merge_cpu *cpu, uint32_t sequence, uint32_t count, bool final)
{
	if (final || (!sequence && !count))
		return count; /* nobody writes; or only the seed did, before we were told of it */
	if (!cpu->looked || cpu->look_sequence != sequence)
		return -1;
	return cpu->look_count < count ? cpu->look_count : count;
}

int merge_cpu_look(struct merge_cpu *cpu, const struct pft_block *block, bool final)
{
	uint64_t word = __atomic_load_n(&block->word, __ATOMIC_ACQUIRE);
	uint32_t sequence = PFT_WORD_SEQUENCE(word), count = PFT_WORD_COUNT(word);
	int64_t use = trusted(cpu, sequence, count, final);

	cpu->looked = true;
	cpu->look_sequence = sequence;
	cpu->look_count = count;
	cpu->has_copy = false;
	if (use < 0 || count > PFT_BLOCK_SAMPLES)
		return 0;
	if (!cpu->copy)
		cpu->copy = malloc(sizeof(*cpu->copy));
	if (!cpu->copy)
		return -ENOMEM;
	memcpy(cpu->copy, block, PFT_BLOCK_HEADER_BYTES + (size_t)use * sizeof(block->samples[0]));
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	if (PFT_WORD_SEQUENCE(__atomic_load_n(&block->word, __ATOMIC_RELAXED)) != sequence)
		return 0; /* it went to the ring meanwhile, and is overwritten */
	cpu->copy->word = word;
	cpu->copy_count = (uint32_t)use;
	cpu->has_copy = true;
	return 0;
}

int merge_cpu_looked(struct merge_cpu *cpu, uint64_t watermark_ns)
{
	if (!cpu->has_copy)
		return 0;
	cpu->has_copy = false;
	return merge_cpu_take(cpu, cpu->copy, cpu->copy_count, watermark_ns);
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

/* ---- offline and back ---- */

int merge_cpu_moment(struct merge_cpu *cpu, uint64_t mono_ns, bool online)
{
	uint64_t zero_ns = cpu->line.zero_ns;

	if (ARRAY_RESERVE(cpu->moments, cpu->moment_capacity, cpu->moment_count + 1))
		return -ENOMEM;
	cpu->moments[cpu->moment_count++] = (struct merge_moment){
		.at_ns = mono_ns > zero_ns ? mono_ns - zero_ns : 0,
		.online = online,
	};
	return 0;
}

/* Behind all events that are not after behind_ns. */
static int insert(struct merge_cpu *cpu, struct merge_event event, uint64_t behind_ns)
{
	struct merge_event *place = merge_queue_insert(&cpu->queue, behind_ns);

	if (!place)
		return -ENOMEM;
	*place = event;
	return 0;
}

/* The first event behind a moment, NULL: none. */
static struct merge_event *first_after(const struct merge_queue *queue, uint64_t at_ns)
{
	for (size_t i = queue->first; i < queue->end; i++)
		if (queue->events[i].at_ns > at_ns)
			return &queue->events[i];
	return NULL;
}

/*
 * Back is the CPU when its first event says so, or when we are told (back_ns; UINT64_MAX: not yet),
 * whatever was first.
 */
static int place_offline(struct merge_cpu *cpu, uint64_t at_ns, uint64_t back_ns)
{
	const struct merge_event offline = { .at_ns = at_ns, .kind = MERGE_OFFLINE };
	struct merge_event *next = first_after(&cpu->queue, at_ns);
	struct merge_event back = found_idle;
	int error;

	cpu->offline = !next;
	cpu->was_offline = true;
	cpu->offline_ns = at_ns;
	cpu->told_back = false;
	if (!next || next->kind == MERGE_FOUND)
		return insert(cpu, offline, at_ns);
	next->run_known = false;
	back.at_ns = next->at_ns < back_ns ? next->at_ns : back_ns;
	cpu->back_ns = back.at_ns;
	error = insert(cpu, offline, at_ns);
	return error ? error : insert(cpu, back, at_ns);
}

static int place_online(struct merge_cpu *cpu, uint64_t at_ns)
{
	struct merge_event *next = first_after(&cpu->queue, at_ns);
	struct merge_event back = found_idle;

	if (!cpu->started) { /* its block will say who runs */
		cpu->told_back = true;
		cpu->back_ns = at_ns;
		return 0;
	}
	if (!cpu->offline) {
		/* its first sample was known before we were told */
		if (next && next->kind == MERGE_FOUND && !next->next && !next->after_loss)
			next->at_ns = at_ns;
		return 0;
	}
	cpu->offline = false;
	cpu->back_ns = at_ns;
	cpu->run_unknown = true;
	back.at_ns = at_ns;
	return insert(cpu, back, at_ns);
}

/* The first of `left` moments that are still to be placed. */
static int place(struct merge_cpu *cpu, const struct merge_moment *moment, size_t left)
{
	bool told = left > 1 && moment[1].online;

	if (moment->online)
		return place_online(cpu, moment->at_ns);
	return place_offline(cpu, moment->at_ns, told ? moment[1].at_ns : UINT64_MAX);
}

int merge_cpu_place_moments(struct merge_cpu *cpu, uint64_t at_ns)
{
	size_t done = 0;
	int error = 0;

	for (; done < cpu->moment_count && cpu->moments[done].at_ns < at_ns && !error; done++)
		error = place(cpu, &cpu->moments[done], cpu->moment_count - done);
	cpu->moment_count -= done;
	memmove(cpu->moments, cpu->moments + done, cpu->moment_count * sizeof(*cpu->moments));
	return error;
}
