/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "names/program.h"
#include "names/words.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define UUID "8f81e3a1-3ebd-4015-bbee-e291f0672d02"
#define NS_PER_S 1000000000ULL

struct taken {
	size_t rows;
	size_t complaints;
	char last[NAMES_NAME_BYTES];
	char uuid[NAMES_UUID_BYTES];
	char fault[256];
	uint64_t took_ns;
};

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

static int take(void *context, const struct map_row *row)
{
	struct taken *taken = context;

	taken->rows++;
	strcpy(taken->last, row->name);
	strcpy(taken->uuid, row->uuid);
	return 0;
}

static void complain(void *context, size_t line, const char *why)
{
	(void)line;
	(void)why;
	((struct taken *)context)->complaints++;
}

/* Runs `script` by a shell of its own choice. */
static struct taken run(const char *script, uint64_t limit_ns)
{
	struct taken taken = { 0 };
	char *argv[] = { (char *)"sh", (char *)"-c", (char *)script, NULL };
	const struct names_program_options options = { .argv = argv,
						       .row = take,
						       .complain = complain,
						       .context = &taken,
						       .limit_ns = limit_ns };
	struct names_program *program;
	uint64_t began_ns = now_ns();

	assert_int_equal(names_program_start(&options, began_ns, &program), 0);
	while (!names_program_is_done(program)) {
		poll(NULL, 0, 1);
		assert_int_equal(names_program_poll(program, now_ns()), 0);
	}
	taken.took_ns = now_ns() - began_ns;
	if (names_program_fault(program))
		strcpy(taken.fault, names_program_fault(program));
	names_program_free(program);
	return taken;
}

static void rows_of_both_kinds_are_taken(void **state)
{
	struct taken taken = run("printf 'uuid,name\\r\\n" UUID ",web\\n12,,vcpu0,,,1,fw'", 0);

	(void)state;
	assert_int_equal(taken.rows, 2);
	assert_string_equal(taken.last, "fw.01.vcpu0");
	assert_int_equal(taken.complaints, 0);
	assert_string_equal(taken.fault, "");
	assert_string_equal(run("echo " UUID ",web", 0).uuid, UUID);
}

static void a_program_that_fails_says_why_and_its_rows_count(void **state)
{
	struct taken taken = run("echo 12,a; echo first >&2; echo no cloud >&2; exit 3", 0);

	(void)state;
	assert_int_equal(taken.rows, 1);
	assert_string_equal(taken.fault, "ended with exit status 3: no cloud");
	assert_non_null(strstr(run("kill -9 $$", 0).fault, "signal 9"));
}

static void a_slow_program_is_killed_with_what_it_started(void **state)
{
	struct taken taken =
		run("echo 12,a; sleep 1000 & echo $! >/tmp/pftrace-slow.$PPID; wait", NS_PER_S / 2);
	char path[64], text[32] = "";
	FILE *file;
	int pid;

	(void)state;
	assert_non_null(strstr(taken.fault, "longer than its time"));
	assert_int_equal(taken.rows, 1);
	snprintf(path, sizeof(path), "/tmp/pftrace-slow.%d", getpid());
	file = fopen(path, "r");
	assert_non_null(file);
	assert_non_null(fgets(text, sizeof(text), file));
	fclose(file);
	unlink(path);
	pid = atoi(text);
	for (int i = 0; i < 1000 && kill(pid, 0) == 0; i++) { /* a zombie until it is reaped */
		char state_of[64], line[64] = "";
		FILE *stat;

		snprintf(state_of, sizeof(state_of), "/proc/%d/stat", pid);
		stat = fopen(state_of, "r");
		if (!stat)
			return;
		if (fgets(line, sizeof(line), stat) && strstr(line, ") Z")) {
			fclose(stat);
			return;
		}
		fclose(stat);
		poll(NULL, 0, 5);
	}
	assert_int_not_equal(kill(pid, 0), 0);
}

static void one_that_leaves_a_child_behind_is_not_waited_for(void **state)
{
	struct taken taken = run("echo 12,a; sleep 1000 &", 0);

	(void)state;
	assert_int_equal(taken.rows, 1);
	assert_string_equal(taken.fault, "");
	assert_true(taken.took_ns < 5 * NS_PER_S);
}

static void a_babbling_program_is_stopped(void **state)
{
	struct taken taken = run("yes 12,a", 0);

	(void)state;
	assert_non_null(strstr(taken.fault, "4 MiB"));
	assert_true(taken.rows <= NAMES_PROGRAM_BYTES / 5);
	taken = run("yes nonsense | head -n 5000; head -c 100000 /dev/zero", 0);
	assert_int_equal(taken.rows, 0);
	assert_int_equal(taken.complaints, 5001);
	assert_string_equal(taken.fault, "");
}

static void it_keeps_no_descriptor_of_ours(void **state)
{
	int fds[2];
	struct taken taken;

	(void)state;
	assert_int_equal(pipe(fds), 0);
	taken = run(
		"for fd in /proc/self/fd/*; do fd=${fd##*/}; [ $fd -gt 2 ] && [ -e /proc/$$/fd/$fd"
		" ] && [ $fd != 255 ] && echo $fd,open; done; true",
		0);
	assert_int_equal(taken.rows, 0);
	close(fds[0]);
	close(fds[1]);
}

static void what_is_not_there_is_said_at_once(void **state)
{
	char *argv[] = { (char *)"/none/such", NULL };
	const struct names_program_options options = { .argv = argv };
	struct names_program *program;

	(void)state;
	assert_int_equal(names_program_start(&options, 0, &program), -ENOENT);
	argv[0] = (char *)"/etc/passwd";
	assert_int_equal(names_program_start(&options, 0, &program), -EACCES);
}

static void assert_words(const char *text, size_t count, const char *last)
{
	const char *wrong;
	char **words = words_split(text, &wrong);
	size_t i = 0;

	assert_non_null(words);
	while (words[i])
		i++;
	assert_int_equal(i, count);
	assert_string_equal(words[count - 1], last);
	free(words);
}

static void assert_no_words(const char *text)
{
	const char *wrong;

	assert_null(words_split(text, &wrong));
	assert_non_null(wrong);
}

static void commands_are_split_without_a_shell(void **state)
{
	(void)state;
	assert_words("a", 1, "a");
	assert_words("  a  b ", 2, "b");
	assert_words("a 'b c'", 2, "b c");
	assert_words("a \"b c\"d", 2, "b cd");
	assert_words("a b\\ c", 2, "b c");
	assert_words("a ''", 2, "");
	assert_words("a $HOME;*|`x`", 2, "$HOME;*|`x`");
	assert_words("a \"\\\"\"", 2, "\"");
	assert_words("a '\\'", 2, "\\");
	assert_words("a b c d e f g h i j", 10, "j");
	assert_no_words("");
	assert_no_words("  ");
	assert_no_words("a 'b");
	assert_no_words("a \\");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_of_both_kinds_are_taken),
		cmocka_unit_test(a_program_that_fails_says_why_and_its_rows_count),
		cmocka_unit_test(a_slow_program_is_killed_with_what_it_started),
		cmocka_unit_test(one_that_leaves_a_child_behind_is_not_waited_for),
		cmocka_unit_test(a_babbling_program_is_stopped),
		cmocka_unit_test(it_keeps_no_descriptor_of_ours),
		cmocka_unit_test(what_is_not_there_is_said_at_once),
		cmocka_unit_test(commands_are_split_without_a_shell),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
