/* SPDX-License-Identifier: Apache-2.0 */
#include "report/info_report.h"

static void add(uint64_t *sum, uint64_t part)
{
	*sum = capture_add_known(*sum, part);
}

/* Of no CPU at all nothing is known. */
static struct info_proof begin_of(size_t cpus)
{
	uint64_t begin = cpus ? 0 : CAPTURE_NIL;

	return (struct info_proof){ .samples_switches = begin,
				    .samples_run_ns = begin,
				    .lost_switches = begin,
				    .lost_run_ns = begin,
				    .totals_switches = begin,
				    .totals_run_ns = begin,
				    .cpus = cpus };
}

static bool is_different(const struct capture_proof_cpu *cpu)
{
	return cpu->totals_switches != CAPTURE_NIL &&
	       (cpu->samples_switches + cpu->lost_switches != cpu->totals_switches ||
		cpu->samples_run_ns + cpu->lost_run_ns != cpu->totals_run_ns);
}

void info_proof_sum(const struct capture_end *end, struct info_proof *proof)
{
	*proof = begin_of(end->proof_count);
	for (size_t i = 0; i < end->proof_count; i++) {
		const struct capture_proof_cpu *cpu = &end->proof[i];

		add(&proof->samples_switches, cpu->samples_switches);
		add(&proof->samples_run_ns, cpu->samples_run_ns);
		add(&proof->lost_switches, cpu->lost_switches);
		add(&proof->lost_run_ns, cpu->lost_run_ns);
		add(&proof->totals_switches, cpu->totals_switches);
		add(&proof->totals_run_ns, cpu->totals_run_ns);
		proof->cpus_different += is_different(cpu) ? 1 : 0;
	}
}

void info_topology_count(const struct capture_header *header, struct info_topology *topology)
{
	*topology = (struct info_topology){ 0 };
	for (size_t i = 0; i < header->cpu_count; i++) {
		const struct capture_cpu *cpu = &header->cpus[i];
		bool package = true, core = true, node = true;

		for (size_t j = 0; j < i; j++) {
			const struct capture_cpu *other = &header->cpus[j];

			package &= other->package != cpu->package;
			core &= other->package != cpu->package || other->core != cpu->core;
			node &= other->node != cpu->node;
		}
		topology->packages += package;
		topology->cores += core;
		topology->nodes += node;
	}
}
