/* SPDX-License-Identifier: Apache-2.0 */
/* Conditions on what is being recorded: a sink in front of another that looks at what passes. */
#ifndef WATCH_H
#define WATCH_H

#include "base/number_map.h"
#include "capture/capture.h"

#define WATCH_RULES_MAX 8
#define WATCH_TEXT_BYTES 160

enum watch_metric {
	WATCH_WAIT, /* one wait of a task for a core, in ns */
	WATCH_CPU,  /* a task's time on cores in about a second, in percent of one core */
};

struct watch_rule {
	enum watch_metric metric;
	double more_than;
	const char *text; /* as the user wrote it */
};

struct watch_task;

struct watch {
	struct capture_sink sink;
	struct capture_sink *out;
	const struct watch_rule *rules;
	size_t rule_count;
	struct number_map places; /* of tasks, by key */
	struct watch_task *tasks;
	size_t task_count;
	size_t task_capacity;
	size_t ended_count;	      /* of them, so many have ended */
	uint64_t counted_from_ns;     /* run time of tasks has been added up since then */
	char fired[WATCH_TEXT_BYTES]; /* what came true, with the task's name; empty: nothing */
};

/* "wait>50ms" or "cpu>95%". 0, or -EINVAL after a line on stderr. `text` must stay. */
int watch_parse(const char *option, const char *text, struct watch_rule *rule);

/* `rules` are borrowed. */
void watch_init(struct watch *watch, const struct watch_rule *rules, size_t count);
void watch_free(struct watch *watch);

/* What passes goes on to `out` from now on: a new part begins there. */
void watch_begin_part(struct watch *watch, struct capture_sink *out);

#endif
