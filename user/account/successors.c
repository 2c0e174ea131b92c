/* SPDX-License-Identifier: Apache-2.0 */
#include "account/successors.h"

#include "account/flush.h"
#include "account/selection.h"
#include "account/sort.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_SLOTS 1024
#define SLOTS_MAX 262144 /* 4 MiB; two thirds of them are used at most */

/*
 * Whatever kills the recorder, the first half of a long capture is in the file; and a capture of a
 * day has the pairs a dozen times, not one a second.
 */
#define FIRST_DUE_NS 15000000000ULL

int successors_init(struct successors *successors)
{
	successors->due_ns = FIRST_DUE_NS;
	successors->slot_count = FIRST_SLOTS;
	successors->slots = calloc(FIRST_SLOTS, sizeof(*successors->slots));
	return successors->slots ? 0 : -ENOMEM;
}

void successors_free(struct successors *successors)
{
	free(successors->slots);
}

/* The pair's slot, or the free one that it would take. */
static struct successor *find(const struct successors *successors, uint32_t task, uint32_t next)
{
	size_t slot = successors_slot(successors, task, next);

	while (successors->slots[slot].task &&
	       (successors->slots[slot].task != task || successors->slots[slot].next != next))
		slot = (slot + 1) & (successors->slot_count - 1);
	return &successors->slots[slot];
}

static int grow(struct successors *successors)
{
	struct successor *old = successors->slots;
	size_t old_count = successors->slot_count;
	struct successor *slots = calloc(old_count * 2, sizeof(*slots));

	if (!slots)
		return -ENOMEM;
	successors->slots = slots;
	successors->slot_count = old_count * 2;
	for (size_t i = 0; i < old_count; i++)
		if (old[i].task)
			*find(successors, old[i].task, old[i].next) = old[i];
	free(old);
	return 0;
}

static int make_room(struct account *account)
{
	struct successors *successors = &account->successors;

	if (successors->used * 3 < successors->slot_count * 2)
		return 0;
	if (successors->slot_count < SLOTS_MAX)
		return grow(successors);
	return successors_flush(account, 0, true);
}

int successors_add_slow(struct account *account, uint32_t task, uint32_t next)
{
	struct successor *successor = find(&account->successors, task, next);

	if (!successor->task) {
		int error = make_room(account);

		if (error)
			return error;
		successor = find(&account->successors, task, next);
		*successor = (struct successor){ .task = task, .next = next };
		account->successors.used++;
	}
	successor->count++;
	return 0;
}

/* ---- out ---- */

void successors_begin_part(struct successors *successors, uint64_t at_ns)
{
	successors->begin_ns = at_ns;
	successors->due_ns = at_ns + FIRST_DUE_NS;
}

/* Under the tasks that they are written under, sorted; gives how many. */
static size_t collect(struct account *account, struct sort_item *items)
{
	const struct successors *successors = &account->successors;
	size_t count = 0;

	for (size_t i = 0; i < successors->slot_count; i++) {
		const struct successor *successor = &successors->slots[i];

		if (successor->task)
			items[count++] = (struct sort_item){
				.high = selection_shown(account, successor->task),
				.low = selection_shown(account, successor->next),
				.value = successor->count,
			};
	}
	sort_items(items, items + count, count);
	return count;
}

static int write_sorted(struct account *account, const struct sort_item *items, size_t count)
{
	int error = 0;

	for (size_t i = 0; i < count && !error;) {
		const struct sort_item *first = &items[i];
		uint64_t values[SUCCESSORS_COLUMNS] = {
			[SUCCESSORS_TASK] = first->high,
			[SUCCESSORS_NEXT] = first->low,
		};

		for (; i < count && items[i].high == first->high && items[i].low == first->low; i++)
			values[SUCCESSORS_COUNT] += items[i].value;
		error = output_row(&account->output, CAPTURE_SUCCESSORS, 0, values);
	}
	return error ? error : output_done(&account->output);
}

int successors_flush(struct account *account, uint64_t at_ns, bool now)
{
	struct successors *successors = &account->successors;
	struct sort_item *items;
	int error;

	if (!now && at_ns < successors->due_ns)
		return 0;
	while (successors->due_ns <= at_ns)
		successors->due_ns += successors->due_ns - successors->begin_ns;
	items = malloc((2 * successors->used + 1) * sizeof(*items));
	if (!items)
		return -ENOMEM;
	error = flush_tasks(account);
	if (!error)
		error = write_sorted(account, items, collect(account, items));
	free(items);
	memset(successors->slots, 0, successors->slot_count * sizeof(*successors->slots));
	successors->used = 0;
	return error;
}
