/* SPDX-License-Identifier: Apache-2.0 */
#include "import/event_line.h"
#include "import/event_text.h"

#include "unit.h"

#include <string.h>

static bool parse(const char *line, struct event_line *event)
{
	return event_line_parse(line, strlen(line), event);
}

static struct span span(const char *text)
{
	return (struct span){ text, strlen(text) };
}

static void assert_span(struct span found, const char *expected)
{
	assert_int_equal(found.length, strlen(expected));
	assert_memory_equal(found.at, expected, found.length);
}

/* ---- lines ---- */

struct line_case {
	const char *line;
	uint32_t cpu, tid, tgid;
	uint64_t time_ns;
	const char *name, *text;
};

static void lines_of_every_tool_are_taken_apart(void **state)
{
	static const struct line_case cases[] = {
		{ "       CPU 0/KVM   156/161   [001]     6.686231123:    kvm:kvm_entry: vcpu 0, rip "
		  "0x1011",
		  1, 161, 156, 6686231123, "kvm_entry", "vcpu 0, rip 0x1011" },
		{ "perf   157 [000]     6.681246: sched:sched_stat_wait: comm=a pid=1 delay=0 [ns]",
		  0, 157, EVENT_LINE_NONE, 6681246000, "sched_stat_wait",
		  "comm=a pid=1 delay=0 [ns]" },
		{ "swapper     0 [002]  1.5: sched_switch: x", 2, 0, EVENT_LINE_NONE, 1500000000,
		  "sched_switch", "x" },
		{ "          <idle>-0     [003] 12345.678901: sched_wakeup:         bash:12 [120]",
		  3, 0, EVENT_LINE_NONE, 12345678901000, "sched_wakeup", "bash:12 [120]" },
		{ "            bash-1234  [001] d..2. 12345.678901: sched_waking: comm=a pid=1", 1,
		  1234, EVENT_LINE_NONE, 12345678901000, "sched_waking", "comm=a pid=1" },
		{ "            bash-1234  (   1200) [001] d..2. 2.000001: sched_waking: ", 1, 1234,
		  1200, 2000001000, "sched_waking", "" },
		{ "a b [7] c-d-99 [4095] 0.1: e", 4095, 99, EVENT_LINE_NONE, 100000000, "e", "" },
		{ "gone    -1/-1    [000]     6.1:   sched:sched_switch: x", 0, EVENT_LINE_NONE,
		  EVENT_LINE_NONE, 6100000000, "sched_switch", "x" },
		{ ":162   156/162   [000]     8.362383859:          1 sched:sched_wakeup: x", 0,
		  162, 156, 8362383859, "sched_wakeup", "x" },
		{ "perf 5 [000] 6.5: PERF_RECORD_LOST lost 12", 0, 5, EVENT_LINE_NONE, 6500000000,
		  "PERF_RECORD_LOST", "lost 12" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct event_line event;

		assert_true(parse(cases[i].line, &event));
		assert_int_equal(event.cpu, cases[i].cpu);
		assert_int_equal(event.tid, cases[i].tid);
		assert_int_equal(event.tgid, cases[i].tgid);
		assert_int_equal(event.time_ns, cases[i].time_ns);
		assert_span(event.name, cases[i].name);
		assert_span(event.text, cases[i].text);
	}
}

static void what_is_no_event_is_refused(void **state)
{
	static const char *const lines[] = {
		"",
		"\tffffffff8102 schedule+0x12 ([kernel.kallsyms])",
		"# hostname : box",
		"perf 1 [000]",
		"perf 1 [000] 6.5",
		"perf 1 [000] 6.5:",
		"perf 1 [000] 6.5: ",
		"perf 1 [000] 6.5: 12 ",
		"perf 1 [000] 6.:x",
		"perf 1 [000] 6: cycles",
		"perf 1 [4096] 6.5: cycles: ",
		"perf 1 [99999999999999999999] 6.5: cycles: ",
		"perf 1 [000] 99999999999999999999.5: cycles: ",
		"perf 1 [0x1] 6.5: cycles: ",
		"perf 1[000] 6.5: cycles: ",
		"[",
		"[[[[",
	};
	struct event_line event;

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		assert_false(parse(lines[i], &event));
}

static void a_notice_of_lost_events_names_cpu_and_count(void **state)
{
	uint32_t cpu;
	uint64_t count;

	(void)state;
	assert_true(event_line_lost("CPU:3 [LOST 57 EVENTS]", 22, &cpu, &count));
	assert_int_equal(cpu, 3);
	assert_int_equal(count, 57);
	assert_true(event_line_lost("  CPU:0 [232 EVENTS DROPPED]", 28, &cpu, &count));
	assert_int_equal(cpu, 0);
	assert_int_equal(count, 232);
	assert_true(event_line_lost("CPU:1 [EVENTS DROPPED]", 22, &cpu, &count));
	assert_int_equal(count, 1);
	assert_false(event_line_lost("CPU:1 [120]", 11, &cpu, &count));
	assert_false(event_line_lost("CPU:4096 [LOST 5 EVENTS]", 24, &cpu, &count));
}

/* ---- what events say ---- */

static void a_switch_is_read_in_both_spellings(void **state)
{
	static const char *const texts[] = {
		"prev_comm=my task prev_pid=12 prev_prio=120 prev_state=R+ ==> next_comm=a=b pid=3 "
		"next_pid=13 next_prio=120",
		"my task:12 [120] R+ ==> a=b pid=3:13 [120]",
	};

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct text_switch found;

		assert_true(text_switch(span(texts[i]), &found));
		assert_span(found.prev.comm, "my task");
		assert_int_equal(found.prev.tid, 12);
		assert_int_equal(found.state, 'R');
		assert_true(found.preempted);
		assert_span(found.next.comm, "a=b pid=3");
		assert_int_equal(found.next.tid, 13);
	}
}

static void states_of_old_and_new_kernels_are_read(void **state)
{
	struct text_switch found;

	(void)state;
	assert_true(text_switch(span("prev_comm=a prev_pid=1 prev_prio=1 prev_state=S|W ==> "
				     "next_comm=b next_pid=2 next_prio=1"),
				&found));
	assert_int_equal(found.state, 'S');
	assert_false(found.preempted);
	assert_true(text_switch(span("kworker/0:1:77 [120] Z ==> swapper/0:0 [120]"), &found));
	assert_int_equal(found.state, 'Z');
	assert_span(found.prev.comm, "kworker/0:1");
	assert_span(found.next.comm, "swapper/0");
	assert_int_equal(found.next.tid, 0);
}

static void a_broken_switch_is_refused(void **state)
{
	static const char *const texts[] = {
		"",
		"prev_comm=a",
		"prev_comm=a prev_pid=",
		"prev_comm=a prev_pid=4194304 prev_prio=1 prev_state=S ==> next_comm=b next_pid=2",
		"prev_comm=a prev_pid=1 prev_prio=1 prev_state=S ==> next_comm=b",
		"prev_comm=a prev_pid=1 prev_prio=1",
		"a:1 [120] S ==> b",
		"a:1 ==> b:2 [120]",
		"a [120] S ==> b:2 [120]",
		"a:x [120] S ==> b:2 [120]",
		" ==> ",
	};
	struct text_switch found;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_false(text_switch(span(texts[i]), &found));
}

static void the_task_of_a_wakeup_is_read_in_both_spellings(void **state)
{
	static const char *const texts[] = {
		"comm=kworker/1:2 pid=68 prio=120 success=1 target_cpu=001",
		"comm=kworker/1:2 pid=68 prio=120 target_cpu=001",
		"kworker/1:2:68 [120] success=1 CPU:001",
		"kworker/1:2:68 [120]<CANT FIND FIELD success> CPU:001",
		"kworker/1:2:68 [120] CPU:001",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct text_task task;

		assert_true(text_task(span(texts[i]), &task));
		assert_span(task.comm, "kworker/1:2");
		assert_int_equal(task.tid, 68);
	}
}

static void the_last_field_of_a_name_is_the_fields(void **state)
{
	uint64_t value;

	(void)state;
	assert_true(text_field(span("comm=x delay=5 pid=1 delay=77 [ns]"), " delay=", &value));
	assert_int_equal(value, 77);
	assert_false(text_field(span("comm=x pid=1"), " delay=", &value));
	assert_false(text_field(span("comm=x delay=-"), " delay=", &value));
}

static void numbers_beyond_64_bits_are_refused(void **state)
{
	const char *most = "18446744073709551615", *more = "18446744073709551616";
	uint64_t value;

	(void)state;
	assert_ptr_equal(text_number(most, most + 20, &value), most + 20);
	assert_true(value == UINT64_MAX);
	assert_null(text_number(more, more + 20, &value));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_of_every_tool_are_taken_apart),
		cmocka_unit_test(what_is_no_event_is_refused),
		cmocka_unit_test(a_notice_of_lost_events_names_cpu_and_count),
		cmocka_unit_test(a_switch_is_read_in_both_spellings),
		cmocka_unit_test(states_of_old_and_new_kernels_are_read),
		cmocka_unit_test(a_broken_switch_is_refused),
		cmocka_unit_test(the_task_of_a_wakeup_is_read_in_both_spellings),
		cmocka_unit_test(the_last_field_of_a_name_is_the_fields),
		cmocka_unit_test(numbers_beyond_64_bits_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
