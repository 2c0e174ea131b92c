/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What all loads share. A load is a small program that does one known thing, so that a test or a
 * benchmark knows what a capture must show. They speak one protocol:
 *
 *   - with --wait a load prints "ready tid=TID" (and partner=TID when it is two tasks), then waits
 *     for a byte on stdin, so that it is at rest when a capture begins; after its work it prints
 *     its results and "done" and rests until another byte or the end of stdin, so that /proc/TID
 *     can be read after the capture;
 *   - without --wait it works at once and ends;
 *   - results are lines of key=value words on stdout; times are CLOCK_MONOTONIC in ns;
 *   - --name TEXT gives the task a name of its own, --cpu N pins it.
 */
#ifndef LOAD_H
#define LOAD_H

#include <stdbool.h>
#include <stdint.h>

struct load {
	const char *usage;
	int argc;
	char **argv; /* words that were taken are NULL */
	bool wait;
	int partner; /* tid of a second task that works with this one; 0: none */
};

/* Takes the options that all loads share: --wait, --name, --cpu. */
void load_begin(struct load *load, int argc, char **argv, const char *usage);

/* The value after this option, or the default. A missing or malformed value ends the program. */
double load_number(struct load *load, const char *option, double otherwise);
const char *load_text(struct load *load, const char *option, const char *otherwise);
bool load_flag(struct load *load, const char *option);

/* All options are taken; a word that is left ends the program. With --wait: waits to be started. */
void load_ready(struct load *load);

/* Results are printed; with --wait: rests until told to end. */
void load_done(struct load *load);

/* Says what failed, with errno's text, and ends the program with exit code 1. */
void load_fail(const char *what) __attribute__((noreturn));

uint64_t load_now_ns(void);
void load_sleep_until_ns(uint64_t at_ns);
void load_spin_until_ns(uint64_t at_ns);
void load_pin(int cpu);

/* The calling thread's own numbers, as /proc has them. */
struct load_counters {
	uint64_t run_ns; /* /proc/thread-self/schedstat */
	uint64_t wait_ns;
	uint64_t slices;
	uint64_t voluntary; /* getrusage(RUSAGE_THREAD) */
	uint64_t involuntary;
};

void load_counters(struct load_counters *counters);

#endif
