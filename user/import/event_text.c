/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two spellings: the kernel's own ("comm=bash pid=12 prio=120", TP_printk in
 * include/trace/events/sched.h), and that of libtraceevent's sched plugin ("bash:12 [120]"), which
 * trace-cmd and some versions of perf use. A comm may hold blanks and nearly anything else.
 */
#include "import/event_text.h"

#include <string.h>

#define TID_MAX (1u << 22)

const char *text_number(const char *at, const char *end, uint64_t *number)
{
	const char *begin = at;
	uint64_t value = 0;

	for (; at < end && *at >= '0' && *at <= '9'; at++) {
		unsigned int digit = (unsigned int)(*at - '0');

		if (value > (UINT64_MAX - digit) / 10)
			return NULL;
		value = value * 10 + digit;
	}
	*number = value;
	return at == begin ? NULL : at;
}

bool text_skip(struct text *text, const char *word)
{
	size_t length = strlen(word);

	if ((size_t)(text->end - text->at) < length || memcmp(text->at, word, length) != 0)
		return false;
	text->at += length;
	return true;
}

bool text_take_number(struct text *text, uint64_t *number)
{
	const char *behind = text_number(text->at, text->end, number);

	if (behind)
		text->at = behind;
	return behind;
}

bool text_until(struct text *text, const char *word, struct span *before)
{
	const char *found = memmem(text->at, (size_t)(text->end - text->at), word, strlen(word));

	if (!found)
		return false;
	*before = (struct span){ text->at, (size_t)(found - text->at) };
	text->at = found + strlen(word);
	return true;
}

bool text_field(struct span text, const char *key, uint64_t *number)
{
	struct text rest = { text.at, text.at + text.length };
	bool found = false;
	struct span before;

	while (text_until(&rest, key, &before))
		found = text_take_number(&rest, number) || found;
	return found;
}

static bool take_tid(struct text *text, uint32_t *tid)
{
	uint64_t number;

	if (!text_take_number(text, &number) || number >= TID_MAX)
		return false;
	*tid = (uint32_t)number;
	return true;
}

/* ---- the kernel's spelling ---- */

static bool take_task(struct text *text, const char *comm, const char *pid, struct text_task *task)
{
	return text_skip(text, comm) && text_until(text, pid, &task->comm) &&
	       take_tid(text, &task->tid);
}

static void take_state(struct text *text, struct text_switch *result)
{
	const char *at = text->at;

	result->state = at < text->end ? *at : 'R';
	result->preempted = false;
	for (; at < text->end && *at != ' '; at++)
		result->preempted |= *at == '+';
	text->at = at;
}

static bool kernel_switch(struct text text, struct text_switch *result)
{
	struct span between;

	if (!take_task(&text, "prev_comm=", " prev_pid=", &result->prev) ||
	    !text_until(&text, " prev_state=", &between))
		return false;
	take_state(&text, result);
	text_skip(&text, " ==>");
	text_skip(&text, " ");
	return take_task(&text, "next_comm=", " next_pid=", &result->next);
}

/* ---- the plugin's spelling ---- */

/* "bash:12" out of "bash:12 [120] ..." */
static bool plugin_task(struct span text, struct text_task *task)
{
	struct text rest = { text.at, text.at + text.length };
	const char *bracket = NULL;
	const char *colon;
	struct span before;

	while (text_until(&rest, " [", &before))
		bracket = rest.at - 2;
	if (!bracket)
		return false;
	colon = memrchr(text.at, ':', (size_t)(bracket - text.at));
	if (!colon)
		return false;
	rest = (struct text){ colon + 1, bracket };
	task->comm = (struct span){ text.at, (size_t)(colon - text.at) };
	return take_tid(&rest, &task->tid) && rest.at == bracket;
}

static bool plugin_switch(struct text text, struct text_switch *result)
{
	struct span left, right, before;
	struct text rest;

	if (!text_until(&text, " ==> ", &left))
		return false;
	right = (struct span){ text.at, (size_t)(text.end - text.at) };
	if (!plugin_task(left, &result->prev) || !plugin_task(right, &result->next))
		return false;
	rest = (struct text){ result->prev.comm.at + result->prev.comm.length,
			      left.at + left.length };
	if (!text_until(&rest, "] ", &before))
		return false;
	take_state(&rest, result);
	return true;
}

/* ---- either ---- */

bool text_switch(struct span span, struct text_switch *result)
{
	struct text text = { span.at, span.at + span.length };

	return kernel_switch(text, result) || plugin_switch(text, result);
}

bool text_task(struct span span, struct text_task *task)
{
	struct text text = { span.at, span.at + span.length };

	return take_task(&text, "comm=", " pid=", task) || plugin_task(span, task);
}

bool text_fork(struct span span, struct text_task *parent, struct text_task *child)
{
	struct text text = { span.at, span.at + span.length };

	return take_task(&text, "comm=", " pid=", parent) &&
	       take_task(&text, " child_comm=", " child_pid=", child);
}
