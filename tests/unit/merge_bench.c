/* SPDX-License-Identifier: Apache-2.0 */
#include "merge_bench.h"

#include "unit.h"

struct bench *bench_begin(void)
{
	struct account_options options = {
		.cpu_count = CPUS,
		.bucket_ns = 10 * MS,
		.wait_offered = true,
		.kvm = true,
		.sched_recorded = true,
	};
	struct bench *bench = calloc(1, sizeof(*bench));

	assert_non_null(bench);
	tally_init(&bench->tally);
	bench->strings = string_pool_new();
	bench->account = account_new(&options, &bench->tally.sink, bench->strings);
	bench->merge = merge_new(CPUS, ZERO_NS, bench->account);
	for (uint32_t cpu = 0; cpu < CPUS; cpu++)
		bench->blocks[cpu] = (struct pft_block){ .cpu = cpu,
							 .since_ns = ZERO_NS,
							 .flags = PFT_BLOCK_SINCE_IS_MONO,
							 .seeded_mono_ns = ZERO_NS };
	return bench;
}

void bench_finish(struct bench *bench)
{
	merge_free(bench->merge);
	account_free(bench->account);
	string_pool_free(bench->strings);
	tally_free(&bench->tally);
	free(bench);
}

uint64_t bench_clock_at(uint64_t at_ns)
{
	return ZERO_NS + at_ns;
}

void bench_add(struct bench *bench, uint32_t cpu, uint64_t at_ns, uint32_t next)
{
	struct pft_block *block = &bench->blocks[cpu];
	uint32_t count = PFT_WORD_COUNT(block->word);

	if (!count) {
		block->rq_ns = bench_clock_at(at_ns);
		block->mono_ns = bench_clock_at(at_ns);
		block->closed_run_ns = bench->closed_ns[cpu];
	}
	block->samples[count].delta_ns = (uint32_t)(bench_clock_at(at_ns) - block->rq_ns);
	block->samples[count].next = next | PFT_STATE_INTERRUPTIBLE << PFT_SAMPLE_STATE_SHIFT;
	block->samples[count].wait_total_ns = 0;
	block->word++;
}

void bench_hand_over(struct bench *bench, uint32_t cpu, bool lost)
{
	struct pft_block *block = &bench->blocks[cpu];
	uint32_t count = PFT_WORD_COUNT(block->word);
	uint64_t last_ns = block->rq_ns + block->samples[count - 1].delta_ns;

	if (!lost)
		assert_int_equal(
			merge_block(bench->merge, block,
				    PFT_BLOCK_HEADER_BYTES + count * sizeof(struct pft_sample)),
			0);
	bench->closed_ns[cpu] = last_ns - ZERO_NS;
	block->first_number += count;
	block->since_ns = last_ns;
	block->running_tid = block->samples[count - 1].next & PFT_TID_MASK;
	block->flags = 0;
	block->word = ((block->word >> 32) + 1) << 32;
}

static struct pft_kvm_sample kvm_sample(struct bench_kvm event)
{
	return (struct pft_kvm_sample){
		.run_key = (uint32_t)bench_clock_at(event.run_at_ns),
		.who = event.tid | (event.entry ? PFT_KVM_ENTRY : PFT_ISA_SVM << PFT_KVM_ISA_SHIFT),
		.value = event.value,
	};
}

void bench_add_kvm(struct bench *bench, struct bench_kvm event)
{
	struct pft_kvm_block *block = &bench->kvm_blocks[event.cpu];
	uint32_t count = PFT_WORD_COUNT(block->word);

	block->cpu = event.cpu;
	if (!count)
		block->mono_ns = bench_clock_at(event.at_ns);
	block->samples[count] = kvm_sample(event);
	block->samples[count].delta_ns = (uint32_t)(bench_clock_at(event.at_ns) - block->mono_ns);
	block->word++;
}

void bench_add_kvm_alone(struct bench *bench, struct bench_kvm event)
{
	struct pft_kvm_alone alone = { .mono_ns = bench_clock_at(event.at_ns),
				       .cpu = event.cpu,
				       .sample = kvm_sample(event) };

	assert_int_equal(merge_kvm_record(bench->merge, &alone, sizeof(alone)), 0);
}

void bench_hand_over_kvm(struct bench *bench, uint32_t cpu, bool lost)
{
	struct pft_kvm_block *block = &bench->kvm_blocks[cpu];
	uint32_t count = PFT_WORD_COUNT(block->word);

	if (!lost)
		assert_int_equal(merge_kvm_record(bench->merge, block,
						  PFT_KVM_BLOCK_HEADER_BYTES +
							  count * sizeof(struct pft_kvm_sample)),
				 0);
	block->first_number += count;
	block->word = ((block->word >> 32) + 1) << 32;
}

void bench_look(struct bench *bench)
{
	for (uint32_t cpu = 0; cpu < CPUS; cpu++) {
		assert_int_equal(merge_kvm_look_at(bench->merge, cpu, &bench->kvm_blocks[cpu]), 0);
		assert_int_equal(merge_look(bench->merge, cpu, &bench->blocks[cpu]), 0);
	}
	assert_int_equal(merge_looked(bench->merge), 0);
}

void bench_advance(struct bench *bench, uint64_t at_ns)
{
	assert_int_equal(merge_advance(bench->merge, bench_clock_at(at_ns)), 0);
}

void bench_end_at(struct bench *bench, uint64_t at_ns)
{
	struct capture_end end = { .duration_ns = at_ns };

	merge_final(bench->merge);
	bench_look(bench);
	assert_int_equal(merge_advance(bench->merge, UINT64_MAX), 0);
	assert_int_equal(account_end(bench->account, &end, false, false), 0);
}
