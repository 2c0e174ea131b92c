/* SPDX-License-Identifier: Apache-2.0 */
#include "account/account.h"

#include "account/lives.h"
#include "account/selection.h"
#include "account/state.h"
#include "account/switches.h"
#include "account/texts.h"
#include "base/string_pool.h"

#include <stdlib.h>

static int add_words(struct account *account)
{
	static const char *const kinds[CELL_KINDS] = { "run", "sleep", "wait", "guest", "host" };
	struct string_pool *strings = account->strings;
	struct words *words = &account->words;

	words->task = string_pool_add(strings, "task");
	words->kthread = string_pool_add(strings, "kthread");
	words->idle = string_pool_add(strings, "idle");
	words->unknown = string_pool_add(strings, "unknown");
	words->other = string_pool_add(strings, "other");
	words->vcpu = string_pool_add(strings, "vcpu");
	for (int i = 0; i < ACCOUNT_ISAS; i++)
		words->isas[i] = string_pool_add(strings, exit_isa_word((enum exit_isa)i));
	for (int i = 0; i < CELL_KINDS; i++)
		words->cells[i] = string_pool_add(strings, kinds[i]);
	for (int i = 0; i < LOSS_CAUSES; i++)
		words->losses[i] =
			string_pool_add(strings, capture_loss_word((enum capture_loss_cause)i));
	return words->losses[LOSS_CAUSES - 1] == STRING_NONE ? -1 : 0;
}

static int init_cpus(struct account *account)
{
	uint32_t count = account->options.cpu_count;

	account->cpus = calloc(count ? count : 1, sizeof(*account->cpus));
	if (!account->cpus)
		return -1;
	for (uint32_t i = 0; i < count; i++) {
		account->cpus[i].number = (uint16_t)i;
		account->cpus[i].life = UNKNOWN_LIFE;
		account->cpus[i].filler = UNKNOWN_LIFE;
		account->cpus[i].idle = NO_LIFE;
	}
	return 0;
}

struct account *account_new(const struct account_options *options, struct capture_sink *sink,
			    struct string_pool *strings)
{
	struct account *account = calloc(1, sizeof(*account));

	if (!account)
		return NULL;
	account->options = *options;
	if (!options->keys_max)
		account->options.keys_max = LIFE_KEYS_MAX;
	account->sink = sink;
	account->strings = strings;
	account->splits_left = options->splits_max ? options->splits_max : UINT64_MAX;
	grid_init(&account->grid, 0, options->bucket_ns);
	if (add_words(account) || init_cpus(account) || rows_init(&account->rows) ||
	    cells_init(&account->cells) || output_init(&account->output, sink, strings) ||
	    lives_init(account) || selection_init(account) || kvm_init(account) ||
	    switches_init(account)) {
		account_free(account);
		return NULL;
	}
	texts_begin(account);
	return account;
}

void account_free(struct account *account)
{
	if (!account)
		return;
	lives_free(account);
	selection_free(account);
	switches_free(account);
	rows_free(&account->rows);
	cells_free(&account->cells);
	output_free(&account->output);
	free(account->scratch);
	kvm_free(account);
	free(account->cpus);
	free(account->proof);
	free(account->totals);
	free(account);
}

void account_allow(struct account *account, uint64_t splits)
{
	if (account->options.splits_max)
		account->splits_left += splits;
}

void account_counters(const struct account *account, struct account_counters *counters)
{
	*counters = (struct account_counters){
		.tasks = account->task_count + account->without_key + account->part.tasks_before,
		.renumbered = account->part.renumbered,
		.bucket_ns = grid_bucket_ns(&account->grid),
		.lost_switches = account->losses[LOSS_RING_FULL].switches,
		.lost_run_ns = account->losses[LOSS_RING_FULL].run_ns,
		.rows_pending = account->rows.count + account->cells.older_count +
				account->cells.count + kvm_rows_pending(&account->kvm.rows),
		.kvm_exits = account->kvm.exits,
		.kvm_paired = account->kvm.paired,
		.kvm_totals = account->kvm.total,
	};
	for (uint32_t i = 0; i < account->options.cpu_count; i++)
		counters->switches += account->cpus[i].sums.switches;
	for (int i = 0; i < LOSS_CAUSES; i++)
		counters->losses[i] = account->losses[i].count;
}

uint64_t account_latest_ns(const struct account *account)
{
	uint64_t latest_ns = 0;

	for (uint32_t i = 0; i < account->options.cpu_count; i++)
		if (account->cpus[i].filled_ns > latest_ns)
			latest_ns = account->cpus[i].filled_ns;
	return latest_ns;
}
