/* SPDX-License-Identifier: Apache-2.0 */
#include "account/switches.h"

#include "account/flush.h"

int switches_init(struct account *account)
{
	int error = successors_init(&account->successors);

	if (!error && account->options.detail)
		error = switch_log_init(&account->switch_log, account->strings);
	return error;
}

void switches_free(struct account *account)
{
	successors_free(&account->successors);
	switch_log_free(&account->switch_log);
}

/* Tasks that are not written by themselves; between them "other" runs on. */
static void select_rows(struct account *account)
{
	struct switch_log *log = &account->switch_log;
	size_t kept = 0;

	if (!account->options.selects)
		return;
	for (size_t i = 0; i < log->count; i++) {
		struct switch_log_row row = log->rows[i];

		row.task = selection_shown(account, row.task);
		row.next = selection_shown(account, row.next);
		if (row.task != account->other_task || row.next != account->other_task)
			log->rows[kept++] = row;
	}
	log->count = kept;
}

static int write_log(struct account *account)
{
	int error = flush_tasks(account);

	if (error)
		return error;
	select_rows(account);
	return switch_log_write(&account->switch_log, &account->output, account->part.zero_ns);
}

int switches_log(struct account *account, const struct switch_log_row *row)
{
	struct switch_log *log = &account->switch_log;

	if (!selection_lists_cpu(account, row->cpu))
		return 0;
	if (UNLIKELY(switch_log_is_full(log))) {
		int error = write_log(account);

		if (error)
			return error;
	}
	switch_log_add(log, row);
	return 0;
}

int switches_found(struct account *account, const struct cpu *cpu, uint64_t at_ns, uint32_t from,
		   uint32_t to)
{
	const struct switch_log_row row = {
		.at_ns = at_ns,
		.wait_ns = CAPTURE_NIL,
		.task = from,
		.next = to,
		.cpu = cpu->number,
		.state = SWITCH_LOG_FOUND,
	};

	return account->options.detail && from != to ? switches_log(account, &row) : 0;
}

int switches_flush(struct account *account, uint64_t at_ns, bool all)
{
	int error = 0;

	if (account->options.detail)
		error = write_log(account);
	return error ? error : successors_flush(account, at_ns, all);
}
