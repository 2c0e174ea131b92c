/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel.h"

#include "base/array.h"

#include <stdlib.h>
#include <string.h>

/* ---- what the kernel offers to the code in bpf/ ---- */

static struct kernel *machine; /* a BPF program's maps are globals, too */

typedef uint32_t __u32;
typedef uint64_t __u64;

#ifndef __always_inline
#define __always_inline inline __attribute__((always_inline))
#endif
#define __noinline __attribute__((noinline))
#define barrier() __asm__ __volatile__("" ::: "memory")
#define BPF_RB_NO_WAKEUP 1
#define BPF_NOEXIST 1
#define BPF_CORE_READ(from, field) ((from)->field)
#define TASK_INTERRUPTIBLE 0x0001
#define TASK_UNINTERRUPTIBLE 0x0002
#define TASK_STOPPED 0x0004
#define TASK_TRACED 0x0008
#define TASK_PARKED 0x0040
#define TASK_DEAD 0x0080
#define TASK_NOLOAD 0x0400
#define compat_has_sched_info() true
#define compat_has_run_queue() true
#define barrier_var(variable) __asm__ __volatile__("" : "+r"(variable))
#define gate_open true

static int ring, evicted;

static struct pft_cpu *this_cpu_state(void)
{
	return &machine->states[machine->this_cpu];
}

static struct pft_block *block_of_cpu(uint32_t cpu)
{
	return &machine->blocks[cpu];
}

static struct pft_sums *sums_of_cpu(uint32_t cpu)
{
	return &machine->sums[cpu];
}

static uint32_t bpf_get_smp_processor_id(void)
{
	return machine->this_cpu;
}

static uint64_t bpf_ktime_get_ns(void)
{
	return machine->mono_ns;
}

static uint64_t bpf_get_current_task(void)
{
	return (uint64_t)machine->current;
}

static uint64_t clock_of_run_queue(struct task_struct *prev)
{
	(void)prev;
	return machine->rq_ns;
}

static int bpf_ringbuf_output(int *map, const void *data, uint64_t bytes, uint64_t flags)
{
	struct kernel_ring_record *record;

	(void)map;
	(void)flags;
	if (machine->ring_bytes + bytes > machine->ring_bytes_max)
		return -1;
	if (ARRAY_RESERVE(machine->ring, machine->ring_capacity, machine->ring_end + 1))
		abort();
	machine->ring_bytes += bytes;
	record = &machine->ring[machine->ring_end++];
	record->bytes = bytes;
	memcpy(record->data, data, bytes);
	return 0;
}

static struct pft_evicted *bpf_map_lookup_elem(int *map, const struct pft_evicted_key *key)
{
	(void)map;
	for (size_t i = 0; i < machine->evicted_count; i++)
		if (!memcmp(&machine->evicted[i].key, key, sizeof(*key)))
			return &machine->evicted[i].value;
	return NULL;
}

static int bpf_map_update_elem(int *map, const struct pft_evicted_key *key,
			       const struct pft_evicted *value, int flags)
{
	(void)map;
	(void)flags;
	if (ARRAY_RESERVE(machine->evicted, machine->evicted_capacity, machine->evicted_count + 1))
		abort();
	machine->evicted[machine->evicted_count++] = (struct kernel_evicted){ *key, *value };
	return 0;
}

/* Names are the machine's own business here. */
static void identity_emit(enum pft_identity_event event, struct task_struct *task)
{
	(void)event;
	(void)task;
}

#include "../../bpf/blocks.bpf.h"
#include "../../bpf/totals.bpf.h"
#include "../../bpf/sched.bpf.h"

/* ---- the machine's side ---- */

static const uint32_t state_bits[] = {
	[PFT_STATE_RUNNING] = 0,
	[PFT_STATE_INTERRUPTIBLE] = TASK_INTERRUPTIBLE,
	[PFT_STATE_UNINTERRUPTIBLE] = TASK_UNINTERRUPTIBLE,
	[PFT_STATE_STOPPED] = TASK_STOPPED,
	[PFT_STATE_TRACED] = TASK_TRACED,
	[PFT_STATE_DEAD] = TASK_DEAD,
	[PFT_STATE_IDLE] = TASK_UNINTERRUPTIBLE | TASK_NOLOAD,
	[PFT_STATE_PARKED] = TASK_PARKED,
};

struct kernel *kernel_new(uint32_t cpus, size_t ring_bytes)
{
	struct kernel *kernel = calloc(1, sizeof(*kernel));

	if (!kernel)
		abort();
	kernel->cpus = cpus;
	kernel->ring_bytes_max = ring_bytes;
	kernel->blocks = calloc(cpus, sizeof(*kernel->blocks));
	kernel->states = calloc(cpus, sizeof(*kernel->states));
	kernel->sums = calloc(cpus, sizeof(*kernel->sums));
	if (!kernel->blocks || !kernel->states || !kernel->sums)
		abort();
	return kernel;
}

void kernel_free(struct kernel *kernel)
{
	free(kernel->blocks);
	free(kernel->states);
	free(kernel->sums);
	free(kernel->ring);
	free(kernel->evicted);
	free(kernel);
}

void kernel_seed(struct kernel *kernel, uint32_t cpu, uint64_t mono_ns, struct task_struct *current)
{
	machine = kernel;
	kernel->this_cpu = cpu;
	kernel->mono_ns = mono_ns;
	kernel->current = current;
	handle_seed();
}

void kernel_sum(struct kernel *kernel, uint32_t cpu, uint64_t mono_ns)
{
	machine = kernel;
	kernel->this_cpu = cpu;
	kernel->mono_ns = mono_ns;
	handle_sums();
}

void kernel_switch(struct kernel *kernel, uint32_t cpu, uint64_t mono_ns, uint64_t rq_ns,
		   bool preempt, struct task_struct *prev, struct task_struct *next,
		   unsigned int state)
{
	struct pft_cpu *own = &kernel->states[cpu];
	uint64_t since_ns = own->since_ns;

	machine = kernel;
	kernel->this_cpu = cpu;
	kernel->mono_ns = mono_ns;
	kernel->rq_ns = rq_ns;
	handle_switch(preempt, prev, next, state_bits[state]);
	if (kernel->wrong_slot && own->since_ns != since_ns) {
		own->idle_run_ns += 1000;
		kernel->wrong_slot = false;
	}
}

uint64_t kernel_next_number(const struct kernel *kernel, uint32_t cpu)
{
	return kernel->states[cpu].first_number + PFT_WORD_COUNT(kernel->blocks[cpu].word);
}

uint64_t kernel_closed_ns(const struct kernel *kernel, uint32_t cpu)
{
	const struct pft_cpu *own = &kernel->states[cpu];

	if (!own->live || own->flags & PFT_BLOCK_SINCE_IS_MONO)
		return 0;
	return own->since_ns - own->base_ns;
}

void kernel_hand_over(struct kernel *kernel, uint32_t cpu)
{
	machine = kernel;
	kernel->this_cpu = cpu;
	block_submit(&kernel->blocks[cpu], &kernel->states[cpu]);
}
