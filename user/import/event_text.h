/* SPDX-License-Identifier: Apache-2.0 */
/* What an event says of itself, read from left to right. */
#ifndef IMPORT_EVENT_TEXT_H
#define IMPORT_EVENT_TEXT_H

#include "import/event_line.h"

/* What is left to be read. */
struct text {
	const char *at;
	const char *end;
};

/* The decimal number at `at`: where it ends, or NULL when there is none, or none of 64 bits. */
const char *text_number(const char *at, const char *end, uint64_t *number);

/* Each moves on and returns true, or leaves all as it was. */
bool text_skip(struct text *text, const char *word);
bool text_take_number(struct text *text, uint64_t *number);
/* Up to and over `word`; what lies before goes to *before. */
bool text_until(struct text *text, const char *word, struct span *before);

/* The number behind the last " key=" of a text. */
bool text_field(struct span text, const char *key, uint64_t *number);

/* A task as an event names it. */
struct text_task {
	struct span comm;
	uint32_t tid;
};

struct text_switch {
	struct text_task prev;
	struct text_task next;
	char state;	/* letter; R, S, D ... */
	bool preempted; /* R+ */
};

/* "prev_comm=... ==> next_comm=...", or "bash:12 [120] S ==> swapper/0:0 [120]". */
bool text_switch(struct span text, struct text_switch *result);

/* "comm=bash pid=12 ...", or "bash:12 [120] ...". */
bool text_task(struct span text, struct text_task *task);

/* "comm=a pid=1 child_comm=b child_pid=2", or "a:1 child ...". */
bool text_fork(struct span text, struct text_task *parent, struct text_task *child);

#endif
