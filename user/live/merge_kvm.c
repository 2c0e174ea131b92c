/* SPDX-License-Identifier: Apache-2.0 */
#include "live/merge_kvm.h"

#include "account/account.h"
#include "base/array.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The run queue's clock lags CLOCK_MONOTONIC by a tick at most. */
#define LAG_NS 10000000ULL

/* Half of the time after which a run key comes again (2^32 ns), rounded down. */
#define KEYS_TELL_NS 1000000000ULL

void merge_kvm_free(struct merge_kvm *kvm)
{
	free(kvm->events);
	merge_look_free(&kvm->look);
}

/* ---- what comes in ---- */

/* What was fed goes, when there is no room, or nothing is left. */
static int make_room(struct merge_kvm *kvm)
{
	if (kvm->first == kvm->end)
		kvm->first = kvm->end = 0;
	if (kvm->end < kvm->capacity)
		return 0;
	if (kvm->first >= kvm->capacity / 2 && kvm->first) {
		kvm->end -= kvm->first;
		memmove(kvm->events, kvm->events + kvm->first, kvm->end * sizeof(*kvm->events));
		kvm->first = 0;
		return 0;
	}
	return ARRAY_RESERVE(kvm->events, kvm->capacity, kvm->end + 1) ? -ENOMEM : 0;
}

/* Behind all that are not after it: nearly always at the end. */
static int insert(struct merge_kvm *kvm, const struct merge_kvm_event *event)
{
	size_t place;

	if (make_room(kvm))
		return -ENOMEM;
	place = kvm->end++;
	for (; place > kvm->first && kvm->events[place - 1].at_ns > event->at_ns; place--)
		kvm->events[place] = kvm->events[place - 1];
	kvm->events[place] = *event;
	return 0;
}

static uint64_t since(uint64_t zero_ns, uint64_t mono_ns)
{
	return mono_ns > zero_ns ? mono_ns - zero_ns : 0;
}

static int take_sample(struct merge_kvm *kvm, const struct pft_kvm_sample *sample, uint64_t at_ns)
{
	struct merge_kvm_event event = {
		.at_ns = at_ns,
		.who = sample->who,
		.value = sample->value,
		.run_key = sample->run_key,
	};

	if (at_ns > kvm->last_ns)
		kvm->last_ns = at_ns;
	return insert(kvm, &event);
}

static int take_gap(struct merge_kvm *kvm, const struct pft_kvm_block *block, uint64_t zero_ns)
{
	struct merge_kvm_event gap = {
		.at_ns = kvm->last_ns,
		.value = (uint32_t)(block->first_number - kvm->next_number),
		.run_key = since(zero_ns, block->mono_ns),
	};

	kvm->next_number = block->first_number;
	return insert(kvm, &gap);
}

int merge_kvm_take(struct merge_kvm *kvm, const struct pft_kvm_block *block, uint32_t count,
		   uint64_t zero_ns)
{
	uint64_t first = block->first_number;
	int error = 0;

	if (!count || first + count <= kvm->next_number)
		return 0;
	if (first > kvm->next_number)
		error = take_gap(kvm, block, zero_ns);
	while (!error && kvm->next_number < first + count) {
		const struct pft_kvm_sample *sample = &block->samples[kvm->next_number++ - first];

		error = take_sample(kvm, sample, since(zero_ns, block->mono_ns + sample->delta_ns));
	}
	return error;
}

int merge_kvm_take_alone(struct merge_kvm *kvm, const struct pft_kvm_alone *alone, uint64_t zero_ns)
{
	return take_sample(kvm, &alone->sample, since(zero_ns, alone->mono_ns));
}

/* ---- blocks in progress ---- */

static const struct merge_block_kind block_kind = {
	.header_bytes = PFT_KVM_BLOCK_HEADER_BYTES,
	.sample_bytes = sizeof(struct pft_kvm_sample),
	.samples_max = PFT_KVM_BLOCK_SAMPLES,
};

int merge_kvm_look(struct merge_kvm *kvm, const struct pft_kvm_block *block, bool final)
{
	return merge_look_at(&kvm->look, block, &block_kind, final);
}

int merge_kvm_looked(struct merge_kvm *kvm, uint64_t zero_ns)
{
	if (!kvm->look.has_copy)
		return 0;
	kvm->look.has_copy = false;
	return merge_kvm_take(kvm, kvm->look.copy, kvm->look.copy_count, zero_ns);
}

/* ---- what goes out ---- */

static uint32_t tid_of(const struct merge_kvm_event *event)
{
	return event->who & PFT_TID_MASK;
}

static int feed(struct account *account, uint32_t cpu, const struct merge_kvm_event *event)
{
	/* pft_isa and account_isa have the same order */
	struct account_kvm_exit told = {
		.at_ns = event->at_ns,
		.reason = event->value,
		.cpu = cpu,
		.tid = tid_of(event),
		.isa = (enum account_isa)((event->who & PFT_KVM_ISA_MASK) >> PFT_KVM_ISA_SHIFT),
		.vcpu = ACCOUNT_NO_VCPU,
	};

	if (event->who & PFT_KVM_ENTRY)
		return account_kvm_entry(account, cpu, told.tid, event->at_ns, event->value);
	return account_kvm_exit(account, &told);
}

static bool happened_in(const struct merge_kvm_event *event, const struct merge_run *run)
{
	uint32_t key = (uint32_t)event->run_key;

	return run->has_key && tid_of(event) == run->tid &&
	       (key == run->key || (run->was_missed && key == run->key_before));
}

/* What is missing was of whoever ran here meanwhile. */
static int feed_gap(struct merge_kvm *kvm, struct account *account,
		    const struct merge_kvm_event *gap)
{
	if (!kvm->gap_until_ns || kvm->gap_until_ns + LAG_NS < gap->at_ns)
		kvm->gap_from_ns = gap->at_ns;
	kvm->gap_until_ns = gap->run_key;
	return account_kvm_lost(account, 0, gap->value);
}

static int feed_gap_of_run(const struct merge_kvm *kvm, struct account *account,
			   struct merge_run *run, uint64_t until_ns)
{
	if (run->told_until_ns >= kvm->gap_until_ns || !run->tid ||
	    run->begin_ns > kvm->gap_until_ns + LAG_NS || until_ns + LAG_NS < kvm->gap_from_ns)
		return 0;
	run->told_until_ns = kvm->gap_until_ns;
	return account_kvm_lost(account, run->tid, 0);
}

/* It happened in a run that nobody knows: switches were lost. */
static int drop(struct account *account, const struct merge_kvm_event *event)
{
	return account_kvm_lost(account, tid_of(event), 1);
}

/* Whether an event lies before a moment of the run queue that has this key, and that was at at_ns:
   by the keys, which tell as long as they do not come again. */
static bool is_before(const struct merge_kvm_event *event, uint32_t key, uint64_t at_ns)
{
	return (int32_t)((uint32_t)event->run_key - key) < 0 && event->at_ns < at_ns + KEYS_TELL_NS;
}

/* Whether it happened in the run that is found next, of which the hook knew nothing yet. */
static bool is_of_found(const struct merge_kvm_event *event, const struct merge_run *run,
			const struct merge_run_end *end)
{
	return end->found && tid_of(event) == end->found && (uint32_t)event->run_key == run->key;
}

int merge_kvm_run_ends(struct merge_kvm *kvm, struct account *account, uint32_t cpu,
		       struct merge_run *run, const struct merge_run_end *end)
{
	int error = feed_gap_of_run(kvm, account, run, end->at_ns);

	for (; kvm->first < kvm->end && !error; kvm->first++) {
		const struct merge_kvm_event *event = &kvm->events[kvm->first];

		if (happened_in(event, run)) {
			error = feed(account, cpu, event);
		} else if (!event->who) {
			if (event->at_ns > end->at_ns + LAG_NS)
				break;
			error = feed_gap(kvm, account, event);
			if (!error)
				error = feed_gap_of_run(kvm, account, run, end->at_ns);
		} else if (!is_of_found(event, run, end) &&
			   is_before(event, end->key, end->at_ns)) {
			error = drop(account, event);
		} else {
			break;
		}
	}
	return error;
}

int merge_kvm_run_goes_on(struct merge_kvm *kvm, struct account *account, uint32_t cpu,
			  struct merge_run *run, uint64_t until_ns)
{
	bool last = until_ns == UINT64_MAX;
	int error = feed_gap_of_run(kvm, account, run, last ? kvm->last_ns : until_ns);

	for (; kvm->first < kvm->end && !error; kvm->first++) {
		const struct merge_kvm_event *event = &kvm->events[kvm->first];

		if (event->at_ns >= until_ns)
			break;
		if (!event->who) {
			error = feed_gap(kvm, account, event);
			if (!error)
				error = feed_gap_of_run(kvm, account, run, event->run_key);
		} else if (happened_in(event, run)) {
			error = feed(account, cpu, event);
		} else if (last || (run->has_key && is_before(event, run->key, run->begin_ns))) {
			error = drop(account, event);
		} else {
			break;
		}
	}
	return error;
}

size_t merge_kvm_bytes(const struct merge_kvm *kvm)
{
	return kvm->capacity * sizeof(*kvm->events) + merge_look_bytes(&kvm->look, &block_kind);
}

int merge_kvm_feed_first(struct merge_kvm *kvm, struct account *account, uint32_t cpu)
{
	const struct merge_kvm_event *event = &kvm->events[kvm->first++];

	if (!event->who)
		return account_kvm_lost(account, ACCOUNT_ALL_TIDS, event->value);
	return feed(account, cpu, event);
}
