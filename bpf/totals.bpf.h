/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Totals per task and core: the witness for the samples. Each CPU has slots of its own, two ways a
 * set; what does not fit is moved to a hash map, where only its CPU adds to it.
 */
#ifndef PFT_TOTALS_BPF_H
#define PFT_TOTALS_BPF_H

#define TOTAL_COUNT_LIMIT 0x80000000U /* long before a u32 wraps */

static __always_inline void total_evict(struct pft_cpu *cpu, const struct pft_total *total)
{
	struct pft_evicted_key key = {
		.start_ns = total->start_ns,
		.tid = total->tid,
		.cpu = bpf_get_smp_processor_id(),
	};
	struct pft_evicted value = {
		.run_ns = total->run_ns,
		.voluntary = total->voluntary,
		.involuntary = total->involuntary,
	};
	struct pft_evicted *known;

	if (!total->tid)
		return;
	cpu->evicted_run_ns += value.run_ns;
	cpu->evicted_switches += value.voluntary + value.involuntary;
	known = bpf_map_lookup_elem(&evicted, &key);
	if (known) {
		/* in place: updating an existing key would take the bucket's lock */
		known->run_ns += value.run_ns;
		known->voluntary += value.voluntary;
		known->involuntary += value.involuntary;
		return;
	}
	if (bpf_map_update_elem(&evicted, &key, &value, BPF_NOEXIST))
		cpu->evictions_failed++;
	else
		cpu->evictions++;
}

static __always_inline bool total_is(const struct pft_total *total, __u32 tid, __u64 start_ns)
{
	return total->tid == tid && total->start_ns == start_ns;
}

static __noinline int total_make_room(struct pft_cpu *cpu, __u32 tid, __u64 start_ns)
{
	struct pft_total *ways = cpu->totals[tid % PFT_TOTAL_SETS];

	total_evict(cpu, &ways[1]);
	ways[1] = ways[0];
	__builtin_memset(&ways[0], 0, sizeof(ways[0]));
	ways[0].tid = tid;
	ways[0].start_ns = start_ns;
	return 0;
}

/* Makes room in the first way when neither is the task's. */
static __always_inline struct pft_total *total_find(struct pft_cpu *cpu, __u32 tid, __u64 start_ns)
{
	struct pft_total *ways = cpu->totals[tid % PFT_TOTAL_SETS];

	if (total_is(&ways[0], tid, start_ns))
		return &ways[0];
	if (total_is(&ways[1], tid, start_ns))
		return &ways[1];
	total_make_room(cpu, tid, start_ns);
	return &ways[0];
}

static __noinline int total_flush(struct pft_cpu *cpu, struct pft_total *total)
{
	total_evict(cpu, total);
	total->run_ns = 0;
	total->voluntary = 0;
	total->involuntary = 0;
	return 0;
}

static __always_inline void total_add(struct pft_cpu *cpu, __u32 tid, __u64 start_ns, __u64 run_ns,
				      bool involuntary)
{
	struct pft_total *total = total_find(cpu, tid, start_ns);

	total->run_ns += run_ns;
	if (involuntary)
		total->involuntary++;
	else
		total->voluntary++;
	if ((total->voluntary | total->involuntary) & TOTAL_COUNT_LIMIT)
		total_flush(cpu, total);
}

/*
 * Runs as the seed does, in an interrupt on its CPU: no switch is under way there, so the totals and
 * the number of the next sample belong together.
 */
static __always_inline void handle_sums(void)
{
	__u32 number = bpf_get_smp_processor_id();
	struct pft_block *block = block_of_cpu(number);
	struct pft_sums *sum = sums_of_cpu(number);
	struct pft_cpu *cpu = this_cpu_state();

	if (!cpu || !block || !sum)
		return;
	sum->number = cpu->first_number + PFT_WORD_COUNT(block->word);
	sum->switches = cpu->idle_switches + cpu->evicted_switches;
	sum->run_ns = cpu->idle_run_ns + cpu->unknown_run_ns + cpu->evicted_run_ns;
	for (int set = 0; set < PFT_TOTAL_SETS; set++)
		for (int way = 0; way < 2; way++) {
			const struct pft_total *total = &cpu->totals[set][way];

			sum->switches += total->voluntary + total->involuntary;
			sum->run_ns += total->run_ns;
		}
	sum->mono_ns = bpf_ktime_get_ns();
}

#endif
