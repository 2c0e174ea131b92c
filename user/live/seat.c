/* SPDX-License-Identifier: Apache-2.0 */
#include "live/seat.h"

#include <errno.h>
#include <stdlib.h>

int seat_init(struct seat *seat, uint32_t cpu_count)
{
	seat->cpu_count = cpu_count;
	seat->displaced_looks = 0;
	seat->idle_looks = calloc(cpu_count, sizeof(*seat->idle_looks));
	return seat->idle_looks ? 0 : -ENOMEM;
}

void seat_free(struct seat *seat)
{
	free(seat->idle_looks);
}

/* How many samples it has. Its CPU may go on meanwhile: then a look is wrong for once. */
static uint32_t samples_of(const struct pft_block *block)
{
	uint32_t count = PFT_WORD_COUNT(__atomic_load_n(&block->word, __ATOMIC_ACQUIRE));

	return count < PFT_BLOCK_SAMPLES ? count : PFT_BLOCK_SAMPLES;
}

/* Who ran behind so many of its samples; 0 is idle. */
static uint32_t tid_behind(const struct pft_block *block, uint32_t count)
{
	return count ? block->samples[count - 1].next & PFT_TID_MASK : block->running_tid;
}

static bool is_idle(const struct pft_block *block)
{
	return block->seeded_mono_ns && !tid_behind(block, samples_of(block));
}

/* The last switch on this CPU is the recorder's own: did it leave somebody runnable behind? */
static bool has_displaced(const struct pft_block *block)
{
	uint32_t count = samples_of(block);
	uint32_t next;

	if (!count)
		return false;
	next = block->samples[count - 1].next;
	return !(next & (PFT_SAMPLE_MARKER | PFT_SAMPLE_STATE_MASK)) &&
	       tid_behind(block, count - 1);
}

void seat_look(struct seat *seat, const struct pft_block *blocks, uint32_t own)
{
	if (own >= seat->cpu_count || !has_displaced(&blocks[own]))
		seat->displaced_looks = 0;
	else if (seat->displaced_looks < SEAT_DISPLACED_LOOKS)
		seat->displaced_looks++;
	for (uint32_t cpu = 0; cpu < seat->cpu_count; cpu++) {
		if (cpu == own || !is_idle(&blocks[cpu]))
			seat->idle_looks[cpu] = 0;
		else if (seat->idle_looks[cpu] < SEAT_IDLE_LOOKS)
			seat->idle_looks[cpu]++;
	}
}

bool seat_displaces(const struct seat *seat)
{
	return seat->displaced_looks == SEAT_DISPLACED_LOOKS;
}

uint32_t seat_choose(const struct seat *seat, const cpu_set_t *allowed, size_t allowed_bytes)
{
	for (uint32_t cpu = 0; seat_displaces(seat) && cpu < seat->cpu_count; cpu++)
		if (seat->idle_looks[cpu] == SEAT_IDLE_LOOKS &&
		    CPU_ISSET_S(cpu, allowed_bytes, allowed))
			return cpu;
	return SEAT_STAY;
}
