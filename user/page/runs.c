/* SPDX-License-Identifier: Apache-2.0 */
#include "page/runs.h"

static bool begins_core(const struct exact_runs *runs, size_t i)
{
	return i == 0 || runs->runs[i].cpu != runs->runs[i - 1].cpu;
}

static size_t next_core(const struct exact_runs *runs, size_t i)
{
	do
		i++;
	while (i < runs->count && !begins_core(runs, i));
	return i;
}

void page_runs(const struct exact_runs *runs, struct page_block *block)
{
	uint64_t cores = 0, before_ns = 0;

	for (size_t i = 0; i < runs->count; i = next_core(runs, i))
		cores++;
	block_varint(block, runs->left_out);
	block_varint(block, cores);
	for (size_t i = 0; i < runs->count; i = next_core(runs, i))
		block_varint(block, runs->runs[i].cpu);
	for (size_t i = 0, next; i < runs->count; i = next) {
		next = next_core(runs, i);
		block_varint(block, next - i);
	}
	for (size_t i = 0; i < runs->count; i++) {
		if (begins_core(runs, i))
			before_ns = 0;
		block_varint(block, runs->runs[i].at_ns - before_ns);
		before_ns = runs->runs[i].at_ns;
	}
	for (size_t i = 0; i < runs->count; i++)
		block_varint(block, runs->runs[i].task);
}
