/* SPDX-License-Identifier: Apache-2.0 */
/* --fail-if: a condition on what changed, which makes pftrace diff a gate. */
#ifndef DIFF_GATE_H
#define DIFF_GATE_H

#include "chart/compare.h"
#include "command.h"

#include <regex.h>

#define DIFF_GATES_MAX 16

/* METRIC [REASON] >|< CHANGE [in all|in REGEX] */
struct diff_gate {
	const char *text; /* as the user wrote it */
	enum compare_metric metric;
	bool of_reason;
	char reason[EXIT_REASON_BYTES]; /* its name, or ISA:NUMBER */
	bool greater;
	bool relative; /* the limit is a share of a; else in the metric's own unit */
	double limit;
	bool in_all;  /* only all tasks together */
	bool in_some; /* only tasks in whose name `name` is found */
	regex_t name;
};

struct diff_gates {
	size_t count;
	struct diff_gate gates[DIFF_GATES_MAX];
	bool noise_too; /* differences count that may be noise */
};

/* Adds a condition; `text` is borrowed. 0, or -EINVAL after a line on stderr. */
int diff_gates_add(struct diff_gates *gates, const char *text);
void diff_gates_free(struct diff_gates *gates);

/*
 * EXIT_CHANGED when some condition holds, after a line on stderr for each value that makes it so;
 * EXIT_FAILED when none does and one could not be judged at all, after a line that tells why.
 */
enum exit_code diff_gates_judge(const struct diff_gates *gates, const struct compare *compare);

#endif
