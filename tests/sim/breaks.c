/* SPDX-License-Identifier: Apache-2.0 */
#include "breaks.h"

#include "account/switches.h"

#include <string.h>

/* Which break is on; wrapped functions have no other place to learn it from. */
static struct {
	enum sim_break broken;
	uint32_t cpus;
	uint64_t calls;
	struct pft_block *block;
} breaks;

int __real_account_switch(struct account *account, const struct account_switch *event);
int __wrap_account_switch(struct account *account, const struct account_switch *event);
bool __real_account_must_wait(const struct account *account, const struct account_switch *event);
bool __wrap_account_must_wait(const struct account *account, const struct account_switch *event);
int __real_account_lost(struct account *account, uint32_t cpu, uint64_t at_ns, uint64_t switches,
			uint64_t run_ns, uint64_t blocks);
int __wrap_account_lost(struct account *account, uint32_t cpu, uint64_t at_ns, uint64_t switches,
			uint64_t run_ns, uint64_t blocks);
int __real_account_found_running(struct account *account, uint32_t cpu, uint64_t at_ns,
				 uint32_t tid, uint64_t start_ns, bool after_loss);
int __wrap_account_found_running(struct account *account, uint32_t cpu, uint64_t at_ns,
				 uint32_t tid, uint64_t start_ns, bool after_loss);
int __real_account_missed_switch(struct account *account, uint32_t cpu, uint64_t at_ns,
				 uint32_t tid, uint64_t unknown_ns);
int __wrap_account_missed_switch(struct account *account, uint32_t cpu, uint64_t at_ns,
				 uint32_t tid, uint64_t unknown_ns);
int __real_switches_log(struct account *account, const struct switch_log_row *row);
int __wrap_switches_log(struct account *account, const struct switch_log_row *row);
int __real_successors_add_slow(struct account *account, uint32_t task, uint32_t next);
int __wrap_successors_add_slow(struct account *account, uint32_t task, uint32_t next);
void *__real_memcpy(void *to, const void *from, size_t bytes);
void *__wrap_memcpy(void *to, const void *from, size_t bytes);

void breaks_begin(enum sim_break broken, uint32_t cpus)
{
	breaks.broken = broken;
	breaks.cpus = cpus;
	breaks.calls = 0;
}

void breaks_overwrite(struct pft_block *block)
{
	breaks.block = block;
}

int __wrap_account_switch(struct account *account, const struct account_switch *event)
{
	struct account_switch changed = *event;
	bool now = ++breaks.calls % 500 == 0;

	if (breaks.broken == BREAK_WRONG_CPU && now)
		changed.cpu = (changed.cpu + 1) % breaks.cpus;
	if (breaks.broken == BREAK_NO_FIRST)
		changed.first = false;
	if (breaks.broken == BREAK_WAIT && now && changed.next_tid)
		changed.wait_total_ns += 5000;
	if (breaks.broken == BREAK_CELL && now)
		changed.run_ns *= 2;
	return __real_account_switch(account, &changed);
}

bool __wrap_account_must_wait(const struct account *account, const struct account_switch *event)
{
	return breaks.broken != BREAK_NO_WAITING && __real_account_must_wait(account, event);
}

int __wrap_account_lost(struct account *account, uint32_t cpu, uint64_t at_ns, uint64_t switches,
			uint64_t run_ns, uint64_t blocks)
{
	if (breaks.broken == BREAK_NO_LOSS)
		return 0;
	return __real_account_lost(account, cpu, at_ns, switches, run_ns, blocks);
}

int __wrap_account_found_running(struct account *account, uint32_t cpu, uint64_t at_ns,
				 uint32_t tid, uint64_t start_ns, bool after_loss)
{
	if (breaks.broken == BREAK_NO_RESYNC && after_loss)
		return 0;
	return __real_account_found_running(account, cpu, at_ns, tid, start_ns, after_loss);
}

int __wrap_account_missed_switch(struct account *account, uint32_t cpu, uint64_t at_ns,
				 uint32_t tid, uint64_t unknown_ns)
{
	if (breaks.broken == BREAK_NO_MARKER)
		return 0;
	return __real_account_missed_switch(account, cpu, at_ns, tid, unknown_ns);
}

int __wrap_switches_log(struct account *account, const struct switch_log_row *row)
{
	if (breaks.broken == BREAK_LOG && breaks.calls % 500 == 0)
		return 0;
	return __real_switches_log(account, row);
}

int __wrap_successors_add_slow(struct account *account, uint32_t task, uint32_t next)
{
	if (breaks.broken == BREAK_SUCCESSOR && next > 1)
		next--;
	return __real_successors_add_slow(account, task, next);
}

void *__wrap_memcpy(void *to, const void *from, size_t bytes)
{
	struct pft_block *block = breaks.block;

	if (block && from == block) {
		breaks.block = NULL;
		block->first_number += 50; /* so that it would be taken for new */
		for (int i = 0; i < PFT_BLOCK_SAMPLES; i++)
			block->samples[i].next = 1;
		if (breaks.broken != BREAK_NO_RECHECK)
			block->word += 1ULL << 32;
	}
	return __real_memcpy(to, from, bytes);
}
