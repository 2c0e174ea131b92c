/* SPDX-License-Identifier: Apache-2.0 */
#include "diff_gate.h"

#include "base/array.h"
#include "base/log.h"
#include "report/diff_report.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Values that are told of each condition that holds. */
#define TOLD_MAX 10

/* ---- parsing ---- */

static const struct {
	const char *word;
	enum compare_unit unit;
	double scale;
} units[] = {
	{ "ns", COMPARE_NS, 1 },  { "us", COMPARE_NS, 1e3 }, { "ms", COMPARE_NS, 1e6 },
	{ "s", COMPARE_NS, 1e9 }, { "/s", COMPARE_RATE, 1 }, { "pp", COMPARE_SHARE, 0.01 },
};

static const char *skip_spaces(const char *text)
{
	return text + strspn(text, " \t");
}

/* The word that `text` begins with; what follows it. NULL when it does not fit. */
static const char *take_word(const char *text, char *word, size_t size)
{
	size_t length = strcspn(text, " \t<>");

	if (length >= size)
		return NULL;
	memcpy(word, text, length);
	word[length] = '\0';
	return skip_spaces(text + length);
}

static const char *take_metric(struct diff_gate *gate, const char *text)
{
	char word[32];
	int metric;

	text = take_word(text, word, sizeof(word));
	metric = text ? compare_metric_find(word) : -ENOENT;
	if (metric < 0)
		return NULL;
	gate->metric = (enum compare_metric)metric;
	return text;
}

/* As the table shows it behind exits and host, or ISA:NUMBER. */
static const char *take_reason(struct diff_gate *gate, const char *text)
{
	bool has_reasons = gate->metric == COMPARE_EXITS || gate->metric == COMPARE_HOST;

	if (*text == '<' || *text == '>')
		return text;
	gate->of_reason = true;
	text = take_word(text, gate->reason, sizeof(gate->reason));
	return has_reasons && gate->reason[0] ? text : NULL;
}

static const char *take_sign(struct diff_gate *gate, const char *text)
{
	if (*text != '<' && *text != '>')
		return NULL;
	gate->greater = *text == '>';
	text = skip_spaces(text + 1);
	/*
	 * A limit without a sign would look like one of the value, not of its change; one with the
	 * other sign would hold for what did not change.
	 */
	return *text == (gate->greater ? '+' : '-') ? text : NULL;
}

static const char *take_limit(struct diff_gate *gate, const char *text)
{
	size_t length = strspn(text + 1, "0123456789.") + 1;
	char *end, word[8];
	size_t unit = 0;

	gate->limit = strtod(text, &end); /* the program runs in the C locale */
	if (end != text + length || length == 1)
		return NULL;
	gate->relative = *end == '%';
	if (gate->relative) {
		gate->limit /= 100;
		return skip_spaces(end + 1);
	}
	text = take_word(end, word, sizeof(word));
	while (text && unit < ARRAY_LENGTH(units) && strcmp(units[unit].word, word) != 0)
		unit++;
	if (!text || unit == ARRAY_LENGTH(units) ||
	    units[unit].unit != compare_metric_unit(gate->metric))
		return NULL;
	gate->limit *= units[unit].scale;
	return text;
}

/* Nothing falls by all of itself or by more, and a gate that never closes is none. */
static bool can_hold(const struct diff_gate *gate)
{
	return gate->greater || !gate->relative || gate->limit > -1;
}

/* 0, or -EINVAL; what is no regex is said here. */
static int take_scope(struct diff_gate *gate, const char *text, bool *said)
{
	char why[128];
	int error;

	if (!*text)
		return 0;
	if (strncmp(text, "in ", 3) != 0 || !*(text = skip_spaces(text + 3)))
		return -EINVAL;
	gate->in_all = strcmp(text, "all") == 0;
	if (gate->in_all)
		return 0;
	error = regcomp(&gate->name, text, REG_EXTENDED | REG_NOSUB);
	gate->in_some = !error;
	if (!error)
		return 0;
	regerror(error, &gate->name, why, sizeof(why));
	log_error("--fail-if '%s': '%s' is not a regular expression: %s", gate->text, text, why);
	*said = true;
	return -EINVAL;
}

static void say_grammar(const char *text)
{
	char words[256] = "";
	size_t used = 0;

	for (int metric = 0; metric < COMPARE_METRICS; metric++)
		used += (size_t)snprintf(words + used, sizeof(words) - used, "%s%s",
					 metric ? ", " : "", compare_metric_word(metric));
	log_error(
		"--fail-if '%s' is no condition: write METRIC > +CHANGE or METRIC < -CHANGE, such as "
		"'wait_p99 > +20%%', 'wait_avg > +50us', 'switches < -100/s', 'run > +5pp', and "
		"behind it 'in all' or 'in REGEX'; METRIC is one of %s",
		text, words);
}

static void free_gate(struct diff_gate *gate)
{
	if (gate->in_some)
		regfree(&gate->name);
}

int diff_gates_add(struct diff_gates *gates, const char *text)
{
	struct diff_gate *gate = &gates->gates[gates->count];
	const char *rest = skip_spaces(text);
	bool said = false;
	int error;

	if (gates->count == DIFF_GATES_MAX) {
		log_error("--fail-if '%s' is one too many: %d are taken", text, DIFF_GATES_MAX);
		return -EINVAL;
	}
	*gate = (struct diff_gate){ .text = text };
	rest = take_metric(gate, rest);
	rest = rest ? take_reason(gate, rest) : NULL;
	rest = rest ? take_sign(gate, rest) : NULL;
	rest = rest ? take_limit(gate, rest) : NULL;
	error = rest ? take_scope(gate, rest, &said) : -EINVAL;
	if (!error && !can_hold(gate)) {
		log_error("--fail-if '%s' can never hold: nothing falls by more than 100 %%", text);
		free_gate(gate);
		return -EINVAL;
	}
	if (!error)
		gates->count++;
	else if (!said)
		say_grammar(text);
	return error;
}

void diff_gates_free(struct diff_gates *gates)
{
	for (size_t i = 0; i < gates->count; i++)
		free_gate(&gates->gates[i]);
	gates->count = 0;
}

/* ---- judging ---- */

/* What was found for one condition. */
struct found {
	size_t holds;
	size_t judged;
	size_t seen; /* rows that the condition speaks of, in both runs */
};

static const char *name_of(const struct compare *compare, const struct compare_name *name)
{
	return name->name == compare->runs->name_count ? NULL
						       : compare->runs->names[name->name].name;
}

static bool is_meant(const struct diff_gate *gate, const struct compare *compare,
		     const struct compare_name *name)
{
	const char *text = name_of(compare, name);

	if (gate->in_all || gate->in_some)
		return text ? gate->in_some && regexec(&gate->name, text, 0, NULL, 0) == 0
			    : gate->in_all;
	return true;
}

static bool is_of_reason(const struct diff_gate *gate, const struct compare *compare,
			 const struct compare_row *row)
{
	char number[EXIT_KINDS_ISA_BYTES + 24];
	const struct exit_kind *kind;

	if (row->kind == COMPARE_ALL_KINDS || !gate->of_reason)
		return (row->kind == COMPARE_ALL_KINDS) == !gate->of_reason;
	kind = &compare->kinds->items[row->kind];
	snprintf(number, sizeof(number), "%s:%llu", kind->isa, (unsigned long long)kind->reason);
	return strcasecmp(kind->name, gate->reason) == 0 || strcmp(number, gate->reason) == 0;
}

static bool holds(const struct diff_gate *gate, const struct compare_row *row)
{
	double change = row->b - row->a;

	if (gate->relative) /* from nothing: infinitely more */
		change /= row->a;
	return gate->greater ? change > gate->limit : change < gate->limit;
}

static void tell(const struct diff_gate *gate, const struct compare *compare,
		 const struct compare_name *name, const struct compare_row *row)
{
	const char *task = name_of(compare, name);
	char a[DIFF_REPORT_VALUE_BYTES], b[DIFF_REPORT_VALUE_BYTES];

	diff_report_value(a, row->metric, row->a);
	diff_report_value(b, row->metric, row->b);
	log_warning("--fail-if '%s' holds: %s: %s from %s to %s", gate->text,
		    task ? task : "all tasks", compare_metric_word(row->metric), a, b);
}

static void judge_row(const struct diff_gates *gates, const struct diff_gate *gate,
		      const struct compare *compare, const struct compare_name *name,
		      const struct compare_row *row, struct found *found)
{
	bool finding = row->verdict == COMPARE_MORE || row->verdict == COMPARE_LESS;
	bool known = !isnan(row->a) && !isnan(row->b);

	if (row->metric != gate->metric || !is_of_reason(gate, compare, row))
		return;
	found->seen++;
	found->judged += finding || row->verdict == COMPARE_SAME || (known && gates->noise_too);
	if (!known || !(finding || gates->noise_too) || !holds(gate, row))
		return;
	if (found->holds++ < TOLD_MAX)
		tell(gate, compare, name, row);
}

static enum exit_code judge(const struct diff_gates *gates, const struct diff_gate *gate,
			    const struct compare *compare)
{
	struct found found = { 0 };

	for (size_t i = 0; i < compare->name_count; i++) {
		const struct compare_name *name = &compare->names[i];

		for (size_t row = 0; row < name->rows && is_meant(gate, compare, name); row++)
			judge_row(gates, gate, compare, name, &compare->rows[name->first_row + row],
				  &found);
	}
	if (found.holds > TOLD_MAX)
		log_warning("--fail-if '%s' holds for %zu more", gate->text,
			    found.holds - TOLD_MAX);
	if (found.holds)
		return EXIT_CHANGED;
	if (found.judged)
		return EXIT_OK;
	log_error("--fail-if '%s' cannot be judged: %s", gate->text,
		  found.seen ? "what it speaks of is in one run only, not known of one, or too "
			       "little to tell a difference from noise (record longer)"
			     : "neither run has such a value");
	return EXIT_FAILED;
}

enum exit_code diff_gates_judge(const struct diff_gates *gates, const struct compare *compare)
{
	bool failed = false, changed = false;

	for (size_t i = 0; i < gates->count; i++) {
		enum exit_code code = judge(gates, &gates->gates[i], compare);

		failed = failed || code == EXIT_FAILED;
		changed = changed || code == EXIT_CHANGED;
	}
	return changed ? EXIT_CHANGED : failed ? EXIT_FAILED : EXIT_OK;
}
