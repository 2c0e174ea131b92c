/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's own sums of exits, by vCPU thread and reason. */
#include "account/flush.h"
#include "account/lives.h"
#include "account/selection.h"
#include "base/array.h"

#include <errno.h>
#include <stdlib.h>

int account_exit_total(struct account *account, const struct account_exit_total *total)
{
	struct kvm *kvm = &account->kvm;
	uint32_t task;
	int reason;

	if (!account->options.kvm || !total->tid || total->tid >= ACCOUNT_TIDS)
		return -EINVAL;
	kvm->total.count += total->count;
	kvm->total.host_ns += total->host_ns;
	if (account->options.in_parts)
		return 0;
	task = life_task_of_total(account, total->tid, total->start_ns, total->over);
	if (!task || ARRAY_RESERVE(kvm->totals, kvm->total_capacity, kvm->total_count + 1))
		return -ENOMEM;
	reason = kvm_rows_reason(&kvm->rows, total->isa,
				 exit_reason_basic((enum exit_isa)total->isa, total->reason));
	if (reason == -ENOSPC)
		return account_kvm_lost(account, total->tid, total->count);
	if (reason < 0)
		return reason;
	kvm->totals[kvm->total_count++] = (struct kvm_total){
		.task = task,
		.reason = (uint32_t)reason,
		.count = total->count,
		.host_ns = total->host_ns,
		.host_max_ns = total->host_max_ns,
	};
	return 0;
}

static int by_task_and_reason(const void *a, const void *b)
{
	const struct kvm_total *x = a, *y = b;

	if (x->task != y->task)
		return x->task < y->task ? -1 : 1;
	return x->reason < y->reason ? -1 : x->reason > y->reason;
}

static int write_total(struct account *account, const struct kvm_total *total)
{
	const struct kvm_reason *reason = &account->kvm.rows.reasons[total->reason];
	const uint64_t values[EXIT_TOTALS_COLUMNS] = {
		[EXIT_TOTALS_TASK] = total->task,
		[EXIT_TOTALS_ISA] = account->words.isas[reason->isa],
		[EXIT_TOTALS_REASON] = reason->reason,
		[EXIT_TOTALS_COUNT] = total->count,
		[EXIT_TOTALS_HOST_NS] = total->host_ns,
		[EXIT_TOTALS_HOST_MAX_NS] = total->host_max_ns,
	};

	return output_row(&account->output, CAPTURE_EXIT_TOTALS, 0, values);
}

static void add_total(struct kvm_total *sum, const struct kvm_total *more)
{
	sum->count += more->count;
	sum->host_ns += more->host_ns;
	if (more->host_max_ns > sum->host_max_ns)
		sum->host_max_ns = more->host_max_ns;
}

int kvm_flush_totals(struct account *account)
{
	struct kvm *kvm = &account->kvm;
	size_t count = kvm->total_count;
	int error = 0;

	kvm->total_count = 0;
	for (size_t i = 0; i < count; i++)
		kvm->totals[i].task = selection_shown(account, kvm->totals[i].task);
	if (count)
		qsort(kvm->totals, count, sizeof(*kvm->totals), by_task_and_reason);
	for (size_t i = 0; i < count && !error;) {
		struct kvm_total sum = kvm->totals[i++];

		for (; i < count && !by_task_and_reason(&sum, &kvm->totals[i]); i++)
			add_total(&sum, &kvm->totals[i]);
		error = write_total(account, &sum);
	}
	return error ? error : output_done(&account->output);
}
