/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "live/seat.h"

#define CPUS 3
#define OWN_TID 700
#define PREEMPTED PFT_SAMPLE_PREEMPTED
#define SLEPT ((uint32_t)PFT_STATE_INTERRUPTIBLE << PFT_SAMPLE_STATE_SHIFT)

struct machine {
	struct pft_block blocks[CPUS];
	struct seat seat;
	cpu_set_t allowed;
};

/* All CPUs are seeded, idle, and allowed. */
static struct machine *machine_new(void)
{
	struct machine *machine = calloc(1, sizeof(*machine));

	assert_non_null(machine);
	assert_int_equal(seat_init(&machine->seat, CPUS), 0);
	for (size_t cpu = 0; cpu < CPUS; cpu++) {
		machine->blocks[cpu].seeded_mono_ns = 1;
		CPU_SET(cpu, &machine->allowed);
	}
	return machine;
}

static void machine_free(struct machine *machine)
{
	seat_free(&machine->seat);
	free(machine);
}

static void add(struct machine *machine, uint32_t cpu, uint32_t next)
{
	struct pft_block *block = &machine->blocks[cpu];

	block->samples[block->word++].next = next;
}

static uint32_t look(struct machine *machine, uint32_t own, unsigned int times)
{
	for (unsigned int i = 0; i < times; i++)
		seat_look(&machine->seat, machine->blocks, own);
	return seat_choose(&machine->seat, &machine->allowed, sizeof(machine->allowed));
}

static void displace(struct machine *machine, uint32_t cpu, uint32_t flags)
{
	add(machine, cpu, 31);
	add(machine, cpu, OWN_TID | flags);
}

static void who_displaces_others_moves_to_an_idle_cpu(void **state)
{
	struct machine *machine = machine_new();

	(void)state;
	add(machine, 0, 30);
	displace(machine, 1, PREEMPTED);
	assert_int_equal(look(machine, 1, SEAT_IDLE_LOOKS - 1), SEAT_STAY);
	assert_true(seat_displaces(&machine->seat));
	assert_int_equal(look(machine, 1, 1), 2);
	machine_free(machine);
}

static void once_is_not_again_and_again(void **state)
{
	struct machine *machine = machine_new();

	(void)state;
	assert_int_equal(look(machine, 1, SEAT_IDLE_LOOKS), SEAT_STAY);
	displace(machine, 1, PREEMPTED);
	assert_int_equal(look(machine, 1, SEAT_DISPLACED_LOOKS - 1), SEAT_STAY);
	assert_int_equal(look(machine, 1, 1), 0);
	add(machine, 1, 31);
	add(machine, 1, OWN_TID | SLEPT);
	assert_int_equal(look(machine, 1, 1), SEAT_STAY);
	assert_false(seat_displaces(&machine->seat));
	machine_free(machine);
}

static void who_displaces_nobody_stays(void **state)
{
	struct machine *machine = machine_new();

	(void)state;
	assert_int_equal(look(machine, 1, 9), SEAT_STAY); /* not one sample */
	add(machine, 1, OWN_TID);
	assert_int_equal(look(machine, 1, 9), SEAT_STAY); /* idle was there */
	displace(machine, 1, SLEPT);
	assert_int_equal(look(machine, 1, 9), SEAT_STAY); /* it slept */
	displace(machine, 1, PREEMPTED | PFT_SAMPLE_MARKER);
	assert_int_equal(look(machine, 1, 9), SEAT_STAY); /* no switch */
	machine_free(machine);
}

static void the_first_sample_of_a_block_displaces_its_runner(void **state)
{
	struct machine *machine = machine_new();

	(void)state;
	machine->blocks[1].running_tid = 31;
	add(machine, 1, OWN_TID | PREEMPTED);
	assert_int_equal(look(machine, 1, SEAT_IDLE_LOOKS), 0);
	machine_free(machine);
}

static void only_allowed_and_seeded_cpus_are_moved_to(void **state)
{
	struct machine *machine = machine_new();

	(void)state;
	displace(machine, 1, PREEMPTED);
	CPU_CLR(0, &machine->allowed);
	assert_int_equal(look(machine, 1, SEAT_IDLE_LOOKS), 2);
	machine->blocks[2].seeded_mono_ns = 0; /* it is offline */
	assert_int_equal(look(machine, 1, SEAT_IDLE_LOOKS), SEAT_STAY);
	CPU_SET(0, &machine->allowed);
	assert_int_equal(look(machine, 1, 1), 0);
	add(machine, 0, 30);
	assert_int_equal(look(machine, 1, 1), SEAT_STAY);
	add(machine, 0, 0);
	assert_int_equal(look(machine, 1, SEAT_IDLE_LOOKS - 1), SEAT_STAY);
	assert_int_equal(look(machine, 1, 1), 0);
	machine_free(machine);
}

static void a_cpu_beyond_the_known_ones_is_no_harm(void **state)
{
	struct machine *machine = machine_new();

	(void)state;
	displace(machine, 1, PREEMPTED);
	assert_int_equal(look(machine, CPUS, 9), SEAT_STAY);
	assert_int_equal(look(machine, UINT32_MAX, 9), SEAT_STAY);
	machine_free(machine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_displaces_others_moves_to_an_idle_cpu),
		cmocka_unit_test(once_is_not_again_and_again),
		cmocka_unit_test(who_displaces_nobody_stays),
		cmocka_unit_test(the_first_sample_of_a_block_displaces_its_runner),
		cmocka_unit_test(only_allowed_and_seeded_cpus_are_moved_to),
		cmocka_unit_test(a_cpu_beyond_the_known_ones_is_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
