/* SPDX-License-Identifier: Apache-2.0 */
#include "live/merge.h"

#include "account/account.h"
#include "live/merge_cpu.h"
#include "live/merge_heap.h"

#include <errno.h>
#include <stdlib.h>

/* How long a switch-in waits for the switch-out elsewhere: clocks lag by a tick at most. */
#define PATIENCE_NS 20000000ULL

struct merge {
	struct account *account;
	struct merge_cpu *cpus;
	uint32_t cpu_count;
	uint64_t zero_ns;
	uint64_t watermark_ns; /* since zero; account has what lies before */
	uint64_t complete_ns;
	bool final;
	bool has_switches;

	struct merge_heap heap; /* CPUs with events before the watermark */
	uint32_t *held;		/* CPUs whose next event waits for another CPU */
	uint32_t held_count;
};

struct merge *merge_new(uint32_t cpu_count, uint64_t zero_ns, struct account *account)
{
	struct merge *merge = calloc(1, sizeof(*merge));

	if (!merge)
		return NULL;
	merge->account = account;
	merge->cpu_count = cpu_count;
	merge->zero_ns = zero_ns;
	merge->has_switches = true;
	merge->cpus = calloc(cpu_count, sizeof(*merge->cpus));
	merge->held = calloc(cpu_count, sizeof(*merge->held));
	if (!merge->cpus || !merge->held || merge_heap_init(&merge->heap, cpu_count)) {
		merge_free(merge);
		return NULL;
	}
	for (uint32_t i = 0; i < cpu_count; i++)
		merge_cpu_init(&merge->cpus[i], zero_ns);
	return merge;
}

void merge_free(struct merge *merge)
{
	if (!merge)
		return;
	for (uint32_t i = 0; merge->cpus && i < merge->cpu_count; i++)
		merge_cpu_free(&merge->cpus[i]);
	free(merge->cpus);
	merge_heap_free(&merge->heap);
	free(merge->held);
	free(merge);
}

/* ---- what comes in ---- */

int merge_look(struct merge *merge, uint32_t cpu, const struct pft_block *block)
{
	if (cpu >= merge->cpu_count)
		return -EINVAL;
	return merge_cpu_look(&merge->cpus[cpu], block, merge->final);
}

int merge_block(struct merge *merge, const struct pft_block *block, size_t bytes)
{
	struct merge_cpu *cpu;
	uint32_t count;
	int error;

	if (bytes < PFT_BLOCK_HEADER_BYTES)
		return -EINVAL;
	count = PFT_WORD_COUNT(block->word);
	if (block->cpu >= merge->cpu_count || count > PFT_BLOCK_SAMPLES ||
	    bytes < PFT_BLOCK_HEADER_BYTES + count * sizeof(struct pft_sample))
		return -EINVAL;
	cpu = &merge->cpus[block->cpu];
	error = 0;
	if (block->first_number > cpu->next_number) /* a look saw some of what is missing */
		error = merge_cpu_looked(cpu, merge->watermark_ns);
	if (!error)
		error = merge_cpu_take(cpu, block, count, merge->watermark_ns);
	cpu->next_sequence = PFT_WORD_SEQUENCE(block->word) + 1;
	return error;
}

int merge_kvm_look_at(struct merge *merge, uint32_t cpu, const struct pft_kvm_block *block)
{
	if (cpu >= merge->cpu_count)
		return -EINVAL;
	return merge_kvm_look(&merge->cpus[cpu].kvm, block, merge->final);
}

static int take_kvm_block(struct merge *merge, const struct pft_kvm_block *block, size_t bytes)
{
	uint32_t count = PFT_WORD_COUNT(block->word);
	struct merge_kvm *kvm;
	int error = 0;

	if (block->cpu >= merge->cpu_count || count > PFT_KVM_BLOCK_SAMPLES ||
	    bytes < PFT_KVM_BLOCK_HEADER_BYTES + count * sizeof(struct pft_kvm_sample))
		return -EINVAL;
	kvm = &merge->cpus[block->cpu].kvm;
	if (block->first_number > kvm->next_number) /* a look saw some of what is missing */
		error = merge_kvm_looked(kvm, merge->zero_ns);
	return error ? error : merge_kvm_take(kvm, block, count, merge->zero_ns);
}

int merge_kvm_record(struct merge *merge, const void *record, size_t bytes)
{
	const struct pft_kvm_alone *alone = record;

	if (bytes >= PFT_KVM_BLOCK_HEADER_BYTES)
		return take_kvm_block(merge, record, bytes);
	if (bytes < sizeof(*alone) || alone->cpu >= merge->cpu_count)
		return -EINVAL;
	return merge_kvm_take_alone(&merge->cpus[alone->cpu].kvm, alone, merge->zero_ns);
}

void merge_without_switches(struct merge *merge)
{
	merge->has_switches = false;
}

int merge_looked(struct merge *merge)
{
	int error = 0;

	for (uint32_t i = 0; i < merge->cpu_count && !error; i++) {
		error = merge_cpu_looked(&merge->cpus[i], merge->watermark_ns);
		if (!error)
			error = merge_kvm_looked(&merge->cpus[i].kvm, merge->zero_ns);
	}
	return error;
}

int merge_cpu_offline(struct merge *merge, uint32_t cpu, uint64_t mono_ns)
{
	if (cpu >= merge->cpu_count)
		return -EINVAL;
	return merge_cpu_moment(&merge->cpus[cpu], mono_ns, false);
}

int merge_cpu_online(struct merge *merge, uint32_t cpu, uint64_t mono_ns)
{
	if (cpu >= merge->cpu_count)
		return -EINVAL;
	return merge_cpu_moment(&merge->cpus[cpu], mono_ns, true);
}

void merge_final(struct merge *merge)
{
	merge->final = true;
}

/* ---- what goes out ---- */

static const struct merge_event *head(const struct merge *merge, uint32_t cpu)
{
	const struct merge_queue *queue = &merge->cpus[cpu].queue;

	return &queue->events[queue->first];
}

/* pft_state and account_state name the same states in the same order but for the last ones. */
static const enum account_state states[8] = {
	[PFT_STATE_RUNNING] = ACCOUNT_RUNNING,
	[PFT_STATE_INTERRUPTIBLE] = ACCOUNT_SLEEPING,
	[PFT_STATE_UNINTERRUPTIBLE] = ACCOUNT_UNINTERRUPTIBLE,
	[PFT_STATE_STOPPED] = ACCOUNT_STOPPED,
	[PFT_STATE_TRACED] = ACCOUNT_TRACED,
	[PFT_STATE_DEAD] = ACCOUNT_DEAD,
	[PFT_STATE_IDLE] = ACCOUNT_IDLE,
	[PFT_STATE_PARKED] = ACCOUNT_PARKED,
};

_Static_assert(PFT_WAIT_NONE == CAPTURE_NIL, "no wait");

static inline struct account_switch to_switch(uint32_t cpu, const struct merge_event *event)
{
	return (struct account_switch){
		.at_ns = event->at_ns,
		.run_ns = event->length_ns,
		.wait_total_ns = event->value,
		.cpu = cpu,
		.next_tid = event->next & PFT_TID_MASK,
		.prev_state =
			states[(event->next & PFT_SAMPLE_STATE_MASK) >> PFT_SAMPLE_STATE_SHIFT],
		.preempted = event->next & PFT_SAMPLE_PREEMPTED,
		.first = event->next & PFT_SAMPLE_FIRST,
		.run_known = event->run_known,
	};
}

/* A loss lasts until somebody is found running, which is the CPU's next event. */
static int feed_loss(struct merge *merge, uint32_t cpu, const struct merge_event *event)
{
	return account_lost(merge->account, cpu, event[1].at_ns, event->value, event->length_ns,
			    event->next);
}

static int feed_marker(struct merge *merge, uint32_t cpu, const struct merge_event *event)
{
	int error = account_missed_switch(merge->account, cpu, event->at_ns,
					  event->next & PFT_TID_MASK, event->length_ns);

	if (error || !event->run_known)
		return error;
	return account_missed_wait(merge->account, cpu, (uint32_t)event->value);
}

static int feed_other(struct merge *merge, uint32_t cpu, const struct merge_event *event)
{
	switch (event->kind) {
	case MERGE_MARKER:
		return feed_marker(merge, cpu, event);
	case MERGE_LOST:
		return feed_loss(merge, cpu, event);
	case MERGE_FOUND:
		return account_found_running(merge->account, cpu, event->at_ns,
					     event->next & PFT_TID_MASK, event->value,
					     event->after_loss);
	default:
		return account_offline(merge->account, cpu, event->at_ns);
	}
}

/* What happened in the run that ends here comes first. After a loss nobody knows when it ended. */
static int end_run(struct merge *merge, uint32_t number, const struct merge_event *event)
{
	struct merge_cpu *cpu = &merge->cpus[number];
	bool found = event->kind == MERGE_MARKER && event->has_run_key;
	const struct merge_run_end end = { event->at_ns, event->run_key,
					   found ? event->next & PFT_TID_MASK : 0 };

	if (!merge_kvm_length(&cpu->kvm) && !cpu->kvm.gap_until_ns)
		return 0;
	if (event->kind == MERGE_SWITCH || event->kind == MERGE_MARKER)
		return merge_kvm_run_ends(&cpu->kvm, merge->account, number, &cpu->run, &end);
	return merge_kvm_run_goes_on(&cpu->kvm, merge->account, number, &cpu->run,
				     event->kind == MERGE_LOST ? event[1].at_ns : event->at_ns);
}

static void begin_run(struct merge_cpu *cpu, const struct merge_event *event)
{
	bool known = event->kind != MERGE_LOST && event->kind != MERGE_OFFLINE;

	cpu->run = (struct merge_run){ .begin_ns = event->at_ns,
				       .tid = known ? event->next & PFT_TID_MASK : 0,
				       .key = event->run_key,
				       .key_before = cpu->run.key,
				       .has_key = known && event->has_run_key,
				       .was_missed = event->kind == MERGE_MARKER };
}

/* A switch, when it need not wait for another CPU. */
static int feed_switch(struct merge *merge, uint32_t cpu, const struct merge_event *event,
		       bool force, bool *held)
{
	struct account_switch change = to_switch(cpu, event);
	int error;

	*held = !force && account_must_wait(merge->account, &change);
	if (*held)
		return 0;
	error = end_run(merge, cpu, event);
	return error ? error : account_switch(merge->account, &change);
}

/*
 * Feeds events of one CPU until one lies at or after until_ns, one in any case. *held: its next
 * event has to wait for another CPU.
 */
static int feed(struct merge *merge, uint32_t cpu, uint64_t until_ns, bool force, bool *held)
{
	struct merge_queue *queue = &merge->cpus[cpu].queue;
	bool first = true;
	int error = 0;

	*held = false;
	for (; queue->first < queue->end && !error; first = false) {
		struct merge_event *event = &queue->events[queue->first];

		if (event->at_ns >= until_ns && !first)
			return 0;
		if (event->kind == MERGE_SWITCH) {
			error = feed_switch(merge, cpu, event, force, held);
			if (*held)
				return 0;
		} else {
			error = end_run(merge, cpu, event);
			if (!error)
				error = feed_other(merge, cpu, event);
		}
		begin_run(&merge->cpus[cpu], event);
		force = false;
		if (++queue->first < queue->end && event[1].kind == MERGE_SWITCH)
			account_prepare(merge->account, event[1].next & PFT_TID_MASK);
	}
	return error;
}

/* ---- whose turn it is ---- */

static bool has_events(const struct merge *merge, uint32_t cpu)
{
	return merge_queue_length(&merge->cpus[cpu].queue) &&
	       head(merge, cpu)->at_ns < merge->watermark_ns;
}

static void push(struct merge *merge, uint32_t cpu)
{
	merge_heap_push(&merge->heap, head(merge, cpu)->at_ns, cpu);
}

/* ---- waiting for each other ---- */

static void hold(struct merge *merge, uint32_t cpu)
{
	struct merge_event *event = &merge->cpus[cpu].queue.events[merge->cpus[cpu].queue.first];

	merge->held[merge->held_count++] = cpu;
	if (!event->reordered)
		account_count_loss(merge->account, LOSS_REORDERED, 1);
	event->reordered = true;
}

/* Those whose wait is over come back into the heap. */
static void release(struct merge *merge)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < merge->held_count; i++) {
		uint32_t cpu = merge->held[i];
		struct account_switch change = to_switch(cpu, head(merge, cpu));

		if (account_must_wait(merge->account, &change))
			merge->held[kept++] = cpu;
		else
			push(merge, cpu);
	}
	merge->held_count = kept;
}

static bool is_earlier(const struct merge *merge, uint32_t a, uint32_t b)
{
	uint64_t at = head(merge, a)->at_ns, bt = head(merge, b)->at_ns;

	return at != bt ? at < bt : a < b;
}

/* The one that has waited longest, when that was too long; else NO_CPU. */
static uint32_t out_of_patience(const struct merge *merge)
{
	uint32_t earliest = UINT32_MAX;

	for (uint32_t i = 0; i < merge->held_count; i++)
		if (earliest == UINT32_MAX || is_earlier(merge, merge->held[i], earliest))
			earliest = merge->held[i];
	if (earliest == UINT32_MAX ||
	    head(merge, earliest)->at_ns + PATIENCE_NS > merge->watermark_ns)
		return UINT32_MAX;
	return earliest;
}

static void unhold(struct merge *merge, uint32_t cpu)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < merge->held_count; i++)
		if (merge->held[i] != cpu)
			merge->held[kept++] = merge->held[i];
	merge->held_count = kept;
}

static int feed_heap(struct merge *merge)
{
	int error = 0;
	bool held;

	while (merge->heap.count && !error) {
		uint32_t cpu = merge->heap.turns[0].cpu;
		/* each event may be the one that those who are held back wait for */
		uint64_t until_ns =
			merge->held_count ? 0 : merge_heap_until(&merge->heap, merge->watermark_ns);

		error = feed(merge, cpu, until_ns, false, &held);
		if (error)
			break;
		if (held || !has_events(merge, cpu))
			merge_heap_pop(&merge->heap);
		else
			merge_heap_delay(&merge->heap, head(merge, cpu)->at_ns);
		if (held)
			hold(merge, cpu);
		if (merge->held_count)
			release(merge);
	}
	return error;
}

/* ---- without switches: only KVM's events, by their clock ---- */

/* Feeds what one CPU has before until_ns, one event in any case. */
static int feed_kvm(struct merge *merge, uint32_t cpu, uint64_t until_ns)
{
	struct merge_kvm *kvm = &merge->cpus[cpu].kvm;
	int error;

	do
		error = merge_kvm_feed_first(kvm, merge->account, cpu);
	while (!error && merge_kvm_next_ns(kvm) < until_ns);
	return error;
}

static int advance_kvm(struct merge *merge)
{
	struct merge_heap *heap = &merge->heap;
	int error = 0;

	heap->count = 0;
	for (uint32_t i = 0; i < merge->cpu_count; i++)
		if (merge_kvm_next_ns(&merge->cpus[i].kvm) < merge->watermark_ns)
			merge_heap_push(heap, merge_kvm_next_ns(&merge->cpus[i].kvm), i);
	while (heap->count && !error) {
		uint32_t cpu = heap->turns[0].cpu;
		uint64_t next_ns;

		error = feed_kvm(merge, cpu, merge_heap_until(heap, merge->watermark_ns));
		next_ns = merge_kvm_next_ns(&merge->cpus[cpu].kvm);
		if (next_ns < merge->watermark_ns)
			merge_heap_delay(heap, next_ns);
		else
			merge_heap_pop(heap);
	}
	merge->complete_ns = merge->watermark_ns;
	return error;
}

/* ---- time passes ---- */

static int place_moments(struct merge *merge)
{
	int error = 0;

	for (uint32_t i = 0; i < merge->cpu_count && !error; i++)
		if (merge->cpus[i].moment_count)
			error = merge_cpu_place_moments(&merge->cpus[i], merge->watermark_ns);
	return error;
}

static void fill_heap(struct merge *merge)
{
	merge->heap.count = 0;
	for (uint32_t i = 0; i < merge->cpu_count; i++)
		if (has_events(merge, i))
			push(merge, i);
	merge->held_count = 0; /* they are in the heap again */
}

static void finish(struct merge *merge)
{
	merge->complete_ns = merge->watermark_ns;
	for (uint32_t i = 0; i < merge->held_count; i++)
		if (head(merge, merge->held[i])->at_ns < merge->complete_ns)
			merge->complete_ns = head(merge, merge->held[i])->at_ns;
	for (uint32_t i = 0; i < merge->cpu_count; i++) {
		account_count_loss(merge->account, LOSS_LATE, merge->cpus[i].late);
		merge->cpus[i].late = 0;
		if (!merge_queue_length(&merge->cpus[i].queue))
			merge_queue_emptied(&merge->cpus[i].queue);
	}
}

/* Runs that go on: whoever never leaves its CPU tells of itself all the same. */
static int feed_running(struct merge *merge)
{
	int error = 0;

	for (uint32_t i = 0; i < merge->cpu_count && !error; i++) {
		struct merge_cpu *cpu = &merge->cpus[i];

		if (merge_kvm_length(&cpu->kvm) || cpu->kvm.gap_until_ns)
			error = merge_kvm_run_goes_on(&cpu->kvm, merge->account, i, &cpu->run,
						      merge->watermark_ns);
	}
	return error;
}

static int advance_switches(struct merge *merge)
{
	uint32_t cpu;
	bool held;
	int error = place_moments(merge);

	if (error)
		return error;
	fill_heap(merge);
	error = feed_heap(merge);
	while (!error && (cpu = out_of_patience(merge)) != UINT32_MAX) {
		unhold(merge, cpu);
		error = feed(merge, cpu, 0, true, &held);
		if (error)
			break;
		if (has_events(merge, cpu))
			push(merge, cpu);
		release(merge);
		error = feed_heap(merge);
	}
	if (!error)
		error = feed_running(merge);
	if (!error)
		finish(merge);
	return error;
}

int merge_advance(struct merge *merge, uint64_t mono_ns)
{
	if (mono_ns <= merge->zero_ns || mono_ns - merge->zero_ns < merge->watermark_ns)
		return 0;
	merge->watermark_ns = mono_ns == UINT64_MAX ? UINT64_MAX : mono_ns - merge->zero_ns;
	return merge->has_switches ? advance_switches(merge) : advance_kvm(merge);
}

int merge_between(const struct merge *merge, uint32_t cpu, uint64_t number, struct merge_sum *sum)
{
	return merge_cpu_between(&merge->cpus[cpu], number, sum);
}

uint64_t merge_complete_ns(const struct merge *merge)
{
	return merge->complete_ns;
}

size_t merge_bytes(const struct merge *merge)
{
	size_t bytes = sizeof(*merge) +
		       merge->cpu_count * (sizeof(*merge->cpus) + sizeof(*merge->heap.turns) +
					   sizeof(*merge->held));

	for (uint32_t i = 0; i < merge->cpu_count; i++)
		bytes += merge_cpu_bytes(&merge->cpus[i]);
	return bytes;
}

size_t merge_pending(const struct merge *merge)
{
	size_t count = 0;

	for (uint32_t i = 0; i < merge->cpu_count; i++)
		count += merge_queue_length(&merge->cpus[i].queue);
	return count;
}
