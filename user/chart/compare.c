/* SPDX-License-Identifier: Apache-2.0 */
#include "chart/compare.h"

#include "base/array.h"
#include "chart/compare_values.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const verdicts[COMPARE_VERDICTS] = {
	[COMPARE_SAME] = "no difference seen",
	[COMPARE_MORE] = "more",
	[COMPARE_LESS] = "less",
	[COMPARE_ONLY_A] = "only in A",
	[COMPARE_ONLY_B] = "only in B",
	[COMPARE_NOT_KNOWN] = "not known",
	[COMPARE_NOT_JUDGED] = "not judged",
};

const char *compare_verdict_word(enum compare_verdict verdict)
{
	return verdicts[verdict];
}

void compare_free(struct compare *compare)
{
	free(compare->rows);
	free(compare->names);
	memset(compare, 0, sizeof(*compare));
}

/* ---- rows ---- */

/* What is judged waits here until all chances are known, which set the limit. */
struct maker {
	struct compare *compare;
	const struct run_blocks *const *blocks;
	struct compare_values *values; /* a row each */
	size_t value_capacity;
};

static bool is_in(const struct maker *maker, size_t name, size_t run)
{
	const struct view_runs *runs = maker->compare->runs;

	return name == runs->name_count || runs->names[name].tasks[maker->blocks[run]->run];
}

/* The verdict before noise is looked at. */
static enum compare_verdict first_verdict(const struct maker *maker, size_t name,
					  const struct compare_values *values)
{
	if (!is_in(maker, name, 0))
		return COMPARE_ONLY_B;
	if (!is_in(maker, name, 1))
		return COMPARE_ONLY_A;
	if (isnan(values->a) || isnan(values->b))
		return COMPARE_NOT_KNOWN;
	if (values->a == 0 && values->b == 0)
		return COMPARE_SAME;
	return values->too_few || isnan(values->chance) ? COMPARE_NOT_JUDGED : COMPARE_SAME;
}

static bool is_judged(const struct compare_row *row)
{
	return row->verdict == COMPARE_SAME && !isnan(row->chance);
}

static int add_row(struct maker *maker, size_t name, enum compare_metric metric, uint64_t kind)
{
	struct compare *compare = maker->compare;
	struct compare_values values;
	struct compare_row row;
	int error = compare_values_of(&values, maker->blocks, name, metric, kind, compare->least);

	if (error || (isnan(values.a) && isnan(values.b)))
		return error;
	row = (struct compare_row){ metric, kind, values.a, values.b, NAN, NAN, NAN, 0, 0 };
	row.a = is_in(maker, name, 0) ? row.a : NAN;
	row.b = is_in(maker, name, 1) ? row.b : NAN;
	row.verdict = first_verdict(maker, name, &values);
	if (row.verdict == COMPARE_SAME && (row.a || row.b))
		row.chance = values.chance;
	if (ARRAY_RESERVE(compare->rows, compare->row_capacity, compare->row_count + 1) ||
	    ARRAY_RESERVE(maker->values, maker->value_capacity, compare->row_count + 1))
		return -ENOMEM;
	maker->values[compare->row_count] = values;
	compare->rows[compare->row_count++] = row;
	return 0;
}

static int add_exits(struct maker *maker, size_t name, enum compare_metric metric)
{
	int error = 0;

	for (uint64_t kind = 0; kind < maker->compare->kinds->count && !error; kind++)
		if (run_blocks_exits_of(maker->blocks[0], name, kind) ||
		    run_blocks_exits_of(maker->blocks[1], name, kind))
			error = add_row(maker, name, metric, kind);
	return error;
}

static int add_name(struct maker *maker, size_t name)
{
	struct compare *compare = maker->compare;
	struct compare_name *added;
	int error = 0;

	if (!maker->blocks[0]->names[name] && !maker->blocks[1]->names[name])
		return 0;
	if (ARRAY_RESERVE(compare->names, compare->name_capacity, compare->name_count + 1))
		return -ENOMEM;
	added = &compare->names[compare->name_count++];
	*added = (struct compare_name){ .name = name, .first_row = compare->row_count };
	for (int metric = 0; metric < COMPARE_METRICS && !error; metric++) {
		if (!compare_values_told(maker->blocks, name, metric))
			continue;
		error = add_row(maker, name, metric, COMPARE_ALL_KINDS);
		if (!error && (metric == COMPARE_EXITS || metric == COMPARE_HOST))
			error = add_exits(maker, name, metric);
	}
	added->rows = compare->row_count - added->first_row;
	return error;
}

static int add_names(struct maker *maker, bool all)
{
	const struct view_runs *runs = maker->compare->runs;
	int error = all ? add_name(maker, runs->name_count) : 0;

	for (size_t name = 0; name < runs->name_count && !error; name++)
		if (!run_blocks_is_nobody(&runs->names[name]))
			error = add_name(maker, name);
	return error;
}

/* ---- what is more than noise ---- */

static int find_limit(struct compare *compare)
{
	double *chances = malloc((compare->row_count + 1) * sizeof(*chances));

	if (!chances)
		return -ENOMEM;
	for (size_t i = 0; i < compare->row_count; i++)
		if (is_judged(&compare->rows[i]))
			chances[compare->judged++] = compare->rows[i].chance;
	compare->limit = spread_limit(chances, compare->judged, COMPARE_FALSE_SHARE);
	free(chances);
	return 0;
}

/*
 * What of the larger value surely changed: between 0 and 1, so that a task that was idle before does
 * not come before all others whatever it does now.
 */
static double sure_change(const struct compare_row *row)
{
	double least = row->low > 0 ? row->low : -row->high;

	return least / fmax(row->a, row->b);
}

static int judge_row(struct maker *maker, size_t name, size_t i)
{
	struct compare *compare = maker->compare;
	struct compare_values *values = &maker->values[i];
	struct compare_row *row = &compare->rows[i];
	int error =
		compare_values_interval(values, maker->blocks, name, row->metric, compare->limit);

	if (error)
		return error;
	row->low = fmax(values->low, -row->a); /* nothing is below 0 */
	row->high = values->high;
	if (row->chance > compare->limit || !values->beyond)
		return 0;
	row->verdict = row->b > row->a ? COMPARE_MORE : COMPARE_LESS;
	row->sure = fmax(sure_change(row), 0);
	compare->findings++;
	return 0;
}

static int judge(struct maker *maker)
{
	struct compare *compare = maker->compare;
	int error = 0;

	for (size_t of = 0; of < compare->name_count; of++) {
		const struct compare_name *name = &compare->names[of];

		for (size_t i = 0; i < name->rows && !error; i++)
			if (is_judged(&compare->rows[name->first_row + i]))
				error = judge_row(maker, name->name, name->first_row + i);
	}
	return error;
}

/* ---- order ---- */

static bool is_finding(enum compare_verdict verdict)
{
	return verdict == COMPARE_MORE || verdict == COMPARE_LESS;
}

/* Findings come first, the surest first; all else stays in its order. */
static int compare_rows(const void *one, const void *other)
{
	const struct compare_row *a = one, *b = other;

	if (is_finding(a->verdict) != is_finding(b->verdict))
		return is_finding(b->verdict) - is_finding(a->verdict);
	if (is_finding(a->verdict) && a->sure != b->sure)
		return a->sure < b->sure ? 1 : -1;
	if (a->metric != b->metric)
		return (a->metric > b->metric) - (a->metric < b->metric);
	return (a->kind + 1 > b->kind + 1) - (a->kind + 1 < b->kind + 1); /* all kinds: first */
}

/* The verdict on a task: what its rows say at their strongest. */
static void sum_up(struct compare *compare, struct compare_name *name)
{
	struct compare_row *rows = compare->rows + name->first_row;
	bool judged = false;

	name->findings = 0;
	name->sure = 0;
	for (size_t i = 0; i < name->rows; i++) {
		name->findings += is_finding(rows[i].verdict);
		judged = judged || rows[i].verdict == COMPARE_SAME;
	}
	if (name->findings) {
		name->sure = rows[0].sure;
		name->verdict = COMPARE_MORE;
	} else {
		name->verdict = judged || !name->rows ? COMPARE_SAME : rows[0].verdict;
	}
}

/* Changed tasks, those of one run only, all others. */
static int rank_of(const struct compare_name *name)
{
	if (name->findings)
		return 0;
	return name->verdict == COMPARE_ONLY_A || name->verdict == COMPARE_ONLY_B ? 1 : 2;
}

static int compare_names(const void *one, const void *other, void *context)
{
	const struct compare_name *a = one, *b = other;
	size_t all = ((const struct compare *)context)->runs->name_count;

	if ((a->name == all) != (b->name == all))
		return (b->name == all) - (a->name == all);
	if (rank_of(a) != rank_of(b))
		return rank_of(a) - rank_of(b);
	if (a->sure != b->sure)
		return a->sure < b->sure ? 1 : -1;
	return (a->name > b->name) - (a->name < b->name);
}

static void sort(struct compare *compare)
{
	if (!compare->row_count) /* names without rows are in order */
		return;
	for (size_t i = 0; i < compare->name_count; i++) {
		struct compare_name *name = &compare->names[i];

		qsort(compare->rows + name->first_row, name->rows, sizeof(*compare->rows),
		      compare_rows);
		sum_up(compare, name);
	}
	qsort_r(compare->names, compare->name_count, sizeof(*compare->names), compare_names,
		compare);
}

/* ---- other runs of a's load ---- */

/* Names of `compare` by their places in runs->names, NULL for those it lacks; NULL without memory. */
static const struct compare_name **names_by_place(const struct compare *compare)
{
	const struct compare_name **names = calloc(compare->runs->name_count + 1, sizeof(*names));

	for (size_t i = 0; names && i < compare->name_count; i++)
		names[compare->names[i].name] = &compare->names[i];
	return names;
}

static const struct compare_row *find_row(const struct compare *compare,
					  const struct compare_name *name,
					  const struct compare_row *like)
{
	const struct compare_row *rows = name ? compare->rows + name->first_row : NULL;

	for (size_t i = 0; rows && i < name->rows; i++)
		if (rows[i].metric == like->metric && rows[i].kind == like->kind)
			return &rows[i];
	return NULL;
}

/* What the other comparison says of the same value; NULL when it cannot judge it. */
static const struct compare_row *find_word(const struct compare *compare,
					   const struct compare_name *name,
					   const struct compare_row *like)
{
	static const struct compare_row nothing = { .chance = 1, .verdict = COMPARE_SAME };
	const struct compare_row of_all = { .metric = like->metric, .kind = COMPARE_ALL_KINDS };
	const struct compare_row *row = find_row(compare, name, like);
	const struct compare_row *all = row ? row : find_row(compare, name, &of_all);

	if (row && !isnan(row->chance))
		return row;
	/* neither run has any of it, or exits, but none of this kind */
	return all && (all->verdict == COMPARE_SAME || (!row && !isnan(all->chance))) ? &nothing
										      : NULL;
}

/*
 * Where the other run lets nobody judge there cannot be a finding, so nothing is said of there being
 * none. An interval reaches as far as those against both runs.
 */
static void confirm_row(struct compare_row *row, const struct compare_row *again)
{
	if (!again) {
		row->verdict = COMPARE_NOT_JUDGED;
		row->low = row->high = row->chance = NAN;
		row->sure = 0;
		return;
	}
	if (again->verdict != row->verdict)
		row->verdict = COMPARE_SAME;
	row->sure = is_finding(row->verdict) ? fmin(row->sure, again->sure) : 0;
	row->chance = fmax(row->chance, again->chance);
	row->low = fmax(fmin(row->low, again->low), -row->a);
	row->high = fmax(row->high, again->high);
}

int compare_confirm(struct compare *compare, const struct compare *other)
{
	const struct compare_name **others = names_by_place(other);

	if (!others)
		return -ENOMEM;
	compare->findings = compare->judged = 0;
	for (size_t i = 0; i < compare->name_count; i++) {
		const struct compare_name *name = &compare->names[i];

		for (size_t of = 0; of < name->rows; of++) {
			struct compare_row *row = &compare->rows[name->first_row + of];

			if (isnan(row->chance))
				continue;
			confirm_row(row, find_word(other, others[name->name], row));
			compare->judged += !isnan(row->chance);
			compare->findings += is_finding(row->verdict);
		}
	}
	free(others);
	sort(compare);
	return 0;
}

int compare_make(struct compare *compare, const struct view_runs *runs,
		 const struct run_blocks *const blocks[2], const struct exit_kinds *kinds,
		 const struct compare_options *options)
{
	struct maker maker = { .compare = compare, .blocks = blocks };
	int error;

	*compare = (struct compare){ .runs = runs, .kinds = kinds, .least = options->least };
	error = add_names(&maker, options->all);
	if (!error)
		error = find_limit(compare);
	if (!error)
		error = judge(&maker);
	if (!error)
		sort(compare);
	free(maker.values);
	if (error)
		compare_free(compare);
	return error;
}
