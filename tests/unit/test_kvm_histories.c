/* SPDX-License-Identifier: Apache-2.0 */
/* Made-up lives of a vCPU, booked here in the plainest way, and by account: both say the same. */
#include "account_bench.h"

#define CPUS 2
#define TID 7
#define BUCKET_NS (10 * MS)
#define BUCKETS 4096
#define STEPS 600
#define STATES 5
#define REASONS 4

static const uint64_t reasons[REASONS] = { 12, 30, 48, 1 }; /* the first is HLT */

enum { GUEST, HOST, HALTED, BLOCKED, WAITING };
enum { COUNT, UNPAIRED, HOST_NS, OFF_NS, GUEST_NS, SUMS };

struct history {
	struct bench *bench;
	uint64_t seed;
	uint64_t at_ns;
	uint64_t since_ns[CPUS]; /* its run began */
	uint64_t wait_total_ns;
	uint32_t cpu;
	bool known; /* to be a vCPU: before its first KVM event nothing is booked but the run that it was in */
	bool in_guest;
	bool paired;   /* an entry was seen */
	size_t reason; /* of the open exit; REASONS: none */
	uint64_t exit_ns, off_ns, entry_ns, guest_ns;
	uint64_t states[BUCKETS][STATES];
	uint64_t exits[BUCKETS][REASONS][SUMS];
};

static uint64_t draw(struct history *history, uint64_t below)
{
	history->seed ^= history->seed << 13;
	history->seed ^= history->seed >> 7;
	history->seed ^= history->seed << 17;
	return history->seed % below;
}

/* Mostly short, now and then over some buckets. */
static uint64_t length_of(struct history *history)
{
	return 1 + draw(history, draw(history, 8) ? 2 * MS : 40 * MS);
}

static void spend(struct history *history, int state, uint64_t ns)
{
	while (ns) {
		uint64_t rest_ns = BUCKET_NS - history->at_ns % BUCKET_NS;
		uint64_t part_ns = ns < rest_ns ? ns : rest_ns;

		history->states[history->at_ns / BUCKET_NS][state] += part_ns;
		history->at_ns += part_ns;
		ns -= part_ns;
	}
}

static void book(struct history *history, int sum, uint64_t value)
{
	history->exits[history->at_ns / BUCKET_NS][history->reason][sum] += value;
}

static void enter(struct history *history)
{
	assert_int_equal(
		account_kvm_entry(history->bench->account, history->cpu, TID, history->at_ns, 0),
		0);
	if (history->reason < REASONS) {
		book(history, COUNT, 1);
		book(history, HOST_NS, history->at_ns - history->exit_ns);
		book(history, OFF_NS, history->off_ns);
		book(history, GUEST_NS, history->guest_ns);
	}
	history->reason = REASONS;
	history->in_guest = true;
	history->paired = true;
	history->entry_ns = history->at_ns;
}

static void leave(struct history *history)
{
	struct account_kvm_exit event = {
		.at_ns = history->at_ns, .cpu = history->cpu, .tid = TID, .isa = ACCOUNT_VMX
	};

	history->reason = draw(history, REASONS);
	event.reason = reasons[history->reason];
	assert_int_equal(account_kvm_exit(history->bench->account, &event), 0);
	history->guest_ns = history->paired ? history->at_ns - history->entry_ns : 0;
	history->exit_ns = history->at_ns;
	history->off_ns = 0;
	history->in_guest = false;
}

static void switch_on(struct history *history, uint32_t cpu, uint32_t next,
		      enum account_state state)
{
	struct account_switch change = event(cpu, history->since_ns[cpu], history->at_ns, next);

	change.prev_state = state;
	change.wait_total_ns = history->wait_total_ns;
	feed(history->bench, change);
	history->since_ns[cpu] = history->at_ns;
}

/* Off the CPU, asleep or preempted, and back, perhaps on the other one. */
static void go_away(struct history *history)
{
	bool preempted = draw(history, 2);
	int asleep = history->reason == 0 ? HALTED : BLOCKED;
	uint64_t wait_ns = length_of(history);

	switch_on(history, history->cpu, 0, preempted ? ACCOUNT_RUNNING : ACCOUNT_SLEEPING);
	history->off_ns += wait_ns;
	if (!preempted) {
		uint64_t asleep_ns = length_of(history);

		history->off_ns += asleep_ns;
		spend(history, asleep, asleep_ns);
	}
	spend(history, WAITING, wait_ns);
	history->wait_total_ns += wait_ns;
	history->cpu = (uint32_t)draw(history, CPUS);
	switch_on(history, history->cpu, TID, ACCOUNT_SLEEPING);
}

static void step(struct history *history)
{
	spend(history, history->in_guest ? GUEST : HOST, length_of(history));
	if (!draw(history, 20))
		assert_int_equal(account_flush(history->bench->account, history->at_ns), 0);
	if (history->in_guest)
		leave(history);
	else if (!history->known || draw(history, 3))
		enter(history);
	else
		go_away(history);
	history->known = true;
}

static void begin_history(struct history *history, uint64_t seed)
{
	struct account_switch change = event(0, 0, 0, TID);

	*history = (struct history){ .seed = seed * 0x9e3779b97f4a7c15ULL + 1, .reason = REASONS };
	history->bench = begin_with(&(struct account_options){ .cpu_count = CPUS,
							       .bucket_ns = BUCKET_NS,
							       .wait_offered = true,
							       .kvm = true,
							       .sched_recorded = true });
	for (uint32_t cpu = 0; cpu < CPUS; cpu++)
		found(history->bench, cpu, 0, 0);
	change.first = true;
	feed(history->bench, change);
	history->in_guest = draw(history, 2);
}

/* What account booked is taken away from what was booked here. */
static void take_away(struct history *history)
{
	const struct tallied_table *states = &history->bench->tally.tables[CAPTURE_VCPU_SAMPLES];
	const struct tallied_table *exits = &history->bench->tally.tables[CAPTURE_EXITS];

	for (size_t i = 0; i < states->count; i++)
		for (int state = 0; state < STATES; state++)
			history->states[states->rows[i].values[VCPU_SAMPLES_BUCKET]][state] -=
				states->rows[i].values[VCPU_SAMPLES_GUEST_NS + state];
	for (size_t i = 0; i < exits->count; i++) {
		const uint64_t *values = exits->rows[i].values;
		size_t reason = 0;

		while (reasons[reason] != values[EXITS_REASON])
			reason++;
		for (int sum = 0; sum < SUMS; sum++) {
			static const int columns[SUMS] = { EXITS_COUNT, EXITS_UNPAIRED,
							   EXITS_HOST_NS, EXITS_OFF_NS,
							   EXITS_GUEST_NS };

			history->exits[values[EXITS_BUCKET]][reason][sum] -= values[columns[sum]];
		}
	}
}

static void check_history(struct history *history)
{
	static const struct history zero;

	assert_true(history->at_ns < BUCKETS * BUCKET_NS);
	if (history->reason < REASONS) {
		book(history, UNPAIRED, 1);
		book(history, GUEST_NS, history->guest_ns);
	}
	end_at(history->bench, history->at_ns);
	assert_true(history->bench->tally.tables[CAPTURE_VCPU_SAMPLES].count > 100);
	take_away(history);
	assert_memory_equal(history->states, zero.states, sizeof(zero.states));
	assert_memory_equal(history->exits, zero.exits, sizeof(zero.exits));
	finish(history->bench);
}

static void account_books_as_the_plainest_way_does(void **state)
{
	static struct history history;

	(void)state;
	for (uint64_t seed = 1; seed <= 60; seed++) {
		begin_history(&history, seed);
		for (int i = 0; i < STEPS; i++)
			step(&history);
		check_history(&history);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(account_books_as_the_plainest_way_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
