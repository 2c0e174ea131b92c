/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program that does nothing at every switch: what kernel.bpf_stats_enabled reads for it is the
 * cost of measuring, and is taken off the readings of the others. No helper is called, so no
 * licence is declared to the kernel.
 */
__attribute__((section("tp_btf/sched_switch"), used)) int bench_empty(void *context)
{
	(void)context;
	return 0;
}
