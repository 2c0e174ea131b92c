/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which tasks and CPUs pftrace record writes. A task must be meant by every kind of filter that is
 * given, and by one of the filters of that kind.
 */
#ifndef CMD_RECORD_FILTER_H
#define CMD_RECORD_FILTER_H

#include "capture/capture.h"

#include <regex.h>
#include <stdbool.h>
#include <stdint.h>

struct account_task;

enum record_filter_kind { FILTER_TASK, FILTER_PID, FILTER_TID, FILTER_CGROUP, FILTER_KINDS };

struct record_filter_rule {
	enum record_filter_kind kind;
	const char *text;
	uint64_t number; /* FILTER_PID, FILTER_TID, and FILTER_TASK when it is a number */
	bool is_number;
	regex_t regex;
	char word[128]; /* as it stands in the header */
};

struct record_filter {
	struct record_filter_rule rules[CAPTURE_WORDS_MAX - 1];
	size_t rule_count;
	unsigned int kinds; /* 1 << kind of each that is given */
	const char *cpus;   /* as the user wrote it, or NULL */
	char cpus_word[128];
	bool *cpu_listed; /* by CPU number; NULL: all */
	uint32_t cpu_count;
	bool has_selected; /* some task, by now */
};

/* `text` is borrowed. 0, or -EINVAL after a line on stderr that names option and value. */
int record_filter_add(struct record_filter *filter, enum record_filter_kind kind,
		      const char *option, const char *text);
int record_filter_add_cpus(struct record_filter *filter, const char *text);

void record_filter_free(struct record_filter *filter);

/* `context` is the filter, which notes whether it ever did. Not for a filter without rules. */
bool record_filter_selects(void *context, const struct account_task *task);

/* Puts the list of CPUs into effect for CPUs below cpu_count. 0, -ENOMEM, or -EINVAL after a line
   on stderr when none of them is there. */
int record_filter_list_cpus(struct record_filter *filter, uint32_t cpu_count);

/* A line on stderr when no task that ran was meant: "other" alone in a file explains nothing. */
void record_filter_say_unmet(const struct record_filter *filter);

/* The filters as words for the capture's header. */
void record_filter_words(const struct record_filter *filter, struct capture_words *words);

#endif
