/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What changed between two runs, by name and value, and what of it is more than noise. Values are
 * rates, shares and lengths, which do not depend on how long a run was.
 */
#ifndef CHART_COMPARE_H
#define CHART_COMPARE_H

#include "chart/run_blocks.h"

/* Of all findings, this share is false at most. */
#define COMPARE_FALSE_SHARE 0.05

enum compare_metric {
	COMPARE_RUN,
	COMPARE_SWITCHES,
	COMPARE_MIGRATIONS,
	COMPARE_WAIT_AVG,
	COMPARE_WAIT_P50,
	COMPARE_WAIT_P90,
	COMPARE_WAIT_P99,
	COMPARE_GUEST,
	COMPARE_HALTED,
	COMPARE_BLOCKED,
	COMPARE_WAITING,
	COMPARE_EXITS, /* this and the next also by reason */
	COMPARE_HOST,
	COMPARE_METRICS,
};

enum compare_unit {
	COMPARE_SHARE, /* of one core: 1 is all of it */
	COMPARE_RATE,  /* a second */
	COMPARE_NS,
};

/* "run", "wait_p99" ... */
const char *compare_metric_word(enum compare_metric metric);
enum compare_unit compare_metric_unit(enum compare_metric metric);
/* The metric of this word, or -ENOENT. */
int compare_metric_find(const char *word);

enum compare_verdict {
	COMPARE_SAME,	/* no difference seen: what there is may be noise */
	COMPARE_MORE,	/* more in b, beyond noise */
	COMPARE_LESS,	/* less in b, beyond noise */
	COMPARE_ONLY_A, /* the task is in one run only */
	COMPARE_ONLY_B,
	COMPARE_NOT_KNOWN,  /* a run does not tell this value */
	COMPARE_NOT_JUDGED, /* too few blocks or events to tell difference from noise */
	COMPARE_VERDICTS,
};

const char *compare_verdict_word(enum compare_verdict verdict);

#define COMPARE_ALL_KINDS UINT64_MAX

struct compare_row {
	enum compare_metric metric;
	uint64_t kind; /* of exits; COMPARE_ALL_KINDS: of all together, or no exits */
	double a, b;   /* not a number: not known, or the task is not there */
	double low;    /* the interval of b - a; not a number when it was not judged */
	double high;
	double chance; /* that noise alone differs so much */
	double sure;   /* how much of the larger value the change is at least, 0 to 1 */
	enum compare_verdict verdict;
};

/* All rows of one name, what changed most first. */
struct compare_name {
	size_t name; /* place in runs->names; runs->name_count: all tasks together */
	size_t first_row;
	size_t rows;
	size_t findings;
	double sure;		      /* of its first row */
	enum compare_verdict verdict; /* MORE: some finding */
};

struct compare {
	const struct view_runs *runs; /* borrowed, like the next */
	const struct exit_kinds *kinds;
	struct compare_row *rows;
	size_t row_count;
	size_t row_capacity;
	struct compare_name *names; /* all together first, then what changed most */
	size_t name_count;
	size_t name_capacity;
	size_t judged; /* rows that could have been findings */
	size_t findings;
	double least; /* see below */
	double limit; /* findings have a chance up to this; intervals hold with 1 - limit */
};

struct compare_options {
	bool all;     /* all tasks together, too */
	double least; /* a difference up to this share of the larger value is none: 0 to below 1 */
};

/* Compares two runs of `runs`, folded and finished. 0 or -ENOMEM. */
int compare_make(struct compare *compare, const struct view_runs *runs,
		 const struct run_blocks *const blocks[2], const struct exit_kinds *kinds,
		 const struct compare_options *options);
/*
 * `other` compares another run of a's load with the same b: what is no finding there, in the same
 * direction, is none here, and what cannot be judged there is not judged here. Some things stay as
 * they are during a run and not from run to run (which core a task settles on, how two timers fall
 * together): blocks of one run do not tell of them. 0 or -ENOMEM.
 */
int compare_confirm(struct compare *compare, const struct compare *other);
void compare_free(struct compare *compare);

#endif
