/* SPDX-License-Identifier: Apache-2.0 */
#include "load.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

void load_fail(const char *what)
{
	fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void usage(const struct load *load, const char *word)
{
	fprintf(stderr, "load: '%s' is no good\nusage: %s\n", word, load->usage);
	exit(2);
}

void load_begin(struct load *load, int argc, char **argv, const char *usage_line)
{
	*load = (struct load){ .usage = usage_line, .argc = argc, .argv = argv };
	setvbuf(stdout, NULL, _IOLBF, 0);
	load->wait = load_flag(load, "--wait");
	const char *name = load_text(load, "--name", NULL);
	if (name)
		prctl(PR_SET_NAME, name);
	int cpu = (int)load_number(load, "--cpu", -1);
	if (cpu >= 0)
		load_pin(cpu);
}

bool load_flag(struct load *load, const char *option)
{
	for (int i = 1; i < load->argc; i++) {
		if (load->argv[i] && strcmp(load->argv[i], option) == 0) {
			load->argv[i] = NULL;
			return true;
		}
	}
	return false;
}

const char *load_text(struct load *load, const char *option, const char *otherwise)
{
	for (int i = 1; i < load->argc; i++) {
		if (!load->argv[i] || strcmp(load->argv[i], option) != 0)
			continue;
		if (i + 1 == load->argc || !load->argv[i + 1])
			usage(load, option);
		const char *value = load->argv[i + 1];
		load->argv[i] = load->argv[i + 1] = NULL;
		return value;
	}
	return otherwise;
}

double load_number(struct load *load, const char *option, double otherwise)
{
	const char *text = load_text(load, option, NULL);
	if (!text)
		return otherwise;
	char *end;
	double value = strtod(text, &end);
	if (end == text || *end || value < 0)
		usage(load, text);
	return value;
}

void load_ready(struct load *load)
{
	char byte;
	for (int i = 1; i < load->argc; i++)
		if (load->argv[i])
			usage(load, load->argv[i]);
	if (!load->wait)
		return;
	printf("ready tid=%d", (int)gettid());
	if (load->partner)
		printf(" partner=%d", load->partner);
	putchar('\n');
	if (read(STDIN_FILENO, &byte, 1) != 1)
		exit(1); /* whoever was to start us is gone */
}

void load_done(struct load *load)
{
	char byte;
	puts("done");
	if (load->wait && read(STDIN_FILENO, &byte, 1) < 0)
		load_fail("stdin");
}

uint64_t load_now_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000ULL + (uint64_t)now.tv_nsec;
}

void load_sleep_until_ns(uint64_t at_ns)
{
	struct timespec at = { .tv_sec = (time_t)(at_ns / 1000000000ULL),
			       .tv_nsec = (long)(at_ns % 1000000000ULL) };
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL) == EINTR)
		;
}

void load_spin_until_ns(uint64_t at_ns)
{
	while (load_now_ns() < at_ns)
		;
}

void load_pin(int cpu)
{
	cpu_set_t set;
	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		load_fail("cannot run on that CPU");
}

void load_counters(struct load_counters *counters)
{
	struct rusage usage;
	unsigned long long run = 0, wait = 0, slices = 0;
	FILE *file = fopen("/proc/thread-self/schedstat", "r");
	if (file) { /* a kernel without SCHED_INFO has none: zeros */
		if (fscanf(file, "%llu %llu %llu", &run, &wait, &slices) != 3)
			run = wait = slices = 0;
		fclose(file);
	}
	getrusage(RUSAGE_THREAD, &usage);
	*counters = (struct load_counters){
		.run_ns = run,
		.wait_ns = wait,
		.slices = slices,
		.voluntary = (uint64_t)usage.ru_nvcsw,
		.involuntary = (uint64_t)usage.ru_nivcsw,
	};
}
