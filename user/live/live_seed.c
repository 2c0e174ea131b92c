/* SPDX-License-Identifier: Apache-2.0 */
/* Programs that run on a CPU of our choice, in an interrupt there. */
#include "live/live_internal.h"

#include "pftrace.skel.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>

int live_run_on_cpu(const struct bpf_program *program, uint32_t cpu)
{
	LIBBPF_OPTS(bpf_test_run_opts, options, .flags = BPF_F_TEST_RUN_ON_CPU, .cpu = cpu);

	if (!bpf_prog_test_run_opts(bpf_program__fd(program), &options))
		return 0;
	return errno == ENXIO ? 0 : -errno; /* it is offline */
}

int live_seed_cpu(struct live *live, uint32_t cpu)
{
	return live_run_on_cpu(live->bpf->progs.seed, cpu);
}

/*
 * sched_switch runs with interrupts off, so an interrupt that ran on a CPU after the gate was
 * closed ran after the last program there that saw it open. (membarrier would do the same, but
 * is refused on CPUs with nohz_full.)
 */
void live_wait_for_cpus(struct live *live)
{
	for (uint32_t cpu = 0; cpu < live->cpu_count; cpu++)
		live_run_on_cpu(live->bpf->progs.empty, cpu);
}
