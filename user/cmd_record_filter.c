/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd_record_filter.h"

#include "account/account.h"
#include "base/array.h"
#include "base/log.h"
#include "base/options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TID_MAX (1u << 22) /* PID_MAX_LIMIT of 64-bit kernels */
#define CPU_MAX 65535

static const char *const kind_words[FILTER_KINDS] = {
	[FILTER_TASK] = "task",
	[FILTER_PID] = "pid",
	[FILTER_TID] = "tid",
	[FILTER_CGROUP] = "cgroup",
};

/* ---- from options ---- */

static int compile(struct record_filter_rule *rule, const char *option)
{
	/* "*foo" is no regex, but means the same as the search for "foo" */
	const char *pattern = rule->text[0] == '*' ? rule->text + 1 : rule->text;
	int error = regcomp(&rule->regex, pattern, REG_EXTENDED | REG_NOSUB);
	char why[128];

	if (!error)
		return 0;
	regerror(error, &rule->regex, why, sizeof(why));
	log_error("%s '%s' is not a regular expression: %s", option, rule->text, why);
	return -EINVAL;
}

static int parse_cgroup(const struct record_filter_rule *rule, const char *option)
{
	static const char mount[] = "/sys/fs/cgroup/";

	if (rule->text[0] == '/' && strncmp(rule->text, mount, sizeof(mount) - 1) != 0)
		return 0;
	log_error("%s '%s' is no path of a cgroup: give it as in /proc/PID/cgroup, beginning with "
		  "/, without the mount's own path",
		  option, rule->text);
	return -EINVAL;
}

static int parse(struct record_filter_rule *rule, const char *option)
{
	rule->is_number = rule->kind == FILTER_PID || rule->kind == FILTER_TID ||
			  (rule->kind == FILTER_TASK && options_is_number(rule->text));
	if (rule->is_number)
		return options_number(option, rule->text, 1, TID_MAX, &rule->number);
	return rule->kind == FILTER_CGROUP ? parse_cgroup(rule, option) : compile(rule, option);
}

int record_filter_add(struct record_filter *filter, enum record_filter_kind kind,
		      const char *option, const char *text)
{
	struct record_filter_rule *rule = &filter->rules[filter->rule_count];
	int error;

	if (filter->rule_count == ARRAY_LENGTH(filter->rules)) {
		log_error("%s '%s' is one filter too many: %zu are allowed", option, text,
			  ARRAY_LENGTH(filter->rules));
		return -EINVAL;
	}
	*rule = (struct record_filter_rule){ .kind = kind, .text = text };
	error = parse(rule, option);
	if (error)
		return error;
	snprintf(rule->word, sizeof(rule->word), "%s=%s", kind_words[kind], text);
	filter->kinds |= 1u << kind;
	filter->rule_count++;
	return 0;
}

void record_filter_free(struct record_filter *filter)
{
	for (size_t i = 0; i < filter->rule_count; i++)
		if (filter->rules[i].kind == FILTER_TASK && !filter->rules[i].is_number)
			regfree(&filter->rules[i].regex);
	free(filter->cpu_listed);
}

/* ---- CPUs: "0-3,8" ---- */

static int bad_cpus(const char *text)
{
	log_error("--cpus '%s' is no list of CPUs: give numbers and ranges, e.g. 0-3,8", text);
	return -EINVAL;
}

/* The number at *text, which goes on behind it; -1 when there is none. */
static long take_number(const char **text)
{
	char *end;
	unsigned long number;

	if (**text < '0' || **text > '9')
		return -1;
	number = strtoul(*text, &end, 10);
	*text = end;
	return number <= CPU_MAX ? (long)number : -1;
}

/* One "3" or "0-3", and the comma behind it. */
static bool take_range(const char **text, long *first, long *last)
{
	*first = take_number(text);
	*last = *first;
	if (**text == '-') {
		(*text)++;
		*last = take_number(text);
	}
	if (*first < 0 || *last < *first)
		return false;
	if (**text != ',')
		return !**text;
	(*text)++;
	return **text;
}

int record_filter_add_cpus(struct record_filter *filter, const char *text)
{
	const char *rest = text;
	long first, last;

	do {
		if (!take_range(&rest, &first, &last))
			return bad_cpus(text);
	} while (*rest);
	filter->cpus = text;
	snprintf(filter->cpus_word, sizeof(filter->cpus_word), "cpus=%s", text);
	return 0;
}

int record_filter_list_cpus(struct record_filter *filter, uint32_t cpu_count)
{
	const char *rest = filter->cpus;
	bool any = false;
	long first, last;

	if (!filter->cpus)
		return 0;
	filter->cpu_listed = calloc(cpu_count, sizeof(*filter->cpu_listed));
	if (!filter->cpu_listed)
		return -ENOMEM;
	while (*rest && take_range(&rest, &first, &last))
		for (long cpu = first; cpu <= last && cpu < (long)cpu_count; cpu++)
			any = filter->cpu_listed[cpu] = true;
	if (any)
		return 0;
	log_error("--cpus '%s': this machine has CPUs 0 to %u only", filter->cpus, cpu_count - 1);
	return -EINVAL;
}

/* ---- in use ---- */

/* The cgroup itself or one below it. */
static bool is_below(const char *path, const char *top)
{
	size_t length = strlen(top);

	while (length && top[length - 1] == '/')
		length--;
	return strncmp(path, top, length) == 0 && (!path[length] || path[length] == '/');
}

static bool is_found(const regex_t *regex, const char *text)
{
	return text && regexec(regex, text, 0, NULL, 0) == 0;
}

static bool is_meant(const struct record_filter_rule *rule, const struct account_task *task)
{
	switch (rule->kind) {
	case FILTER_PID:
		return task->tgid == rule->number;
	case FILTER_TID:
		return task->tid == rule->number;
	case FILTER_CGROUP:
		return task->cgroup && is_below(task->cgroup, rule->text);
	default:
		if (rule->is_number)
			return task->tid == rule->number;
		return is_found(&rule->regex, task->comm) || is_found(&rule->regex, task->name);
	}
}

bool record_filter_selects(void *context, const struct account_task *task)
{
	struct record_filter *filter = context;
	unsigned int meant = 0;

	for (size_t i = 0; i < filter->rule_count; i++)
		if (is_meant(&filter->rules[i], task))
			meant |= 1u << filter->rules[i].kind;
	if (meant == filter->kinds)
		filter->has_selected = true;
	return meant == filter->kinds;
}

void record_filter_say_unmet(const struct record_filter *filter)
{
	const struct record_filter_rule *rule = &filter->rules[0];
	size_t more = filter->rule_count - 1;

	if (!filter->rule_count || filter->has_selected)
		return;
	if (more)
		log_warning("no task that ran was meant by %s and %zu more: all are in \"other\"",
			    rule->word, more);
	else
		log_warning("no task that ran was meant by %s: all are in \"other\"", rule->word);
}

void record_filter_words(const struct record_filter *filter, struct capture_words *words)
{
	for (size_t i = 0; i < filter->rule_count; i++)
		words->words[words->count++] = filter->rules[i].word;
	if (filter->cpus)
		words->words[words->count++] = filter->cpus_word;
}
